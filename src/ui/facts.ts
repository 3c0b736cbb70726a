import { renderTable } from "./table.ts";
import type { Theme } from "./theme.ts";

/** Names and values, one a line. */
export const renderFacts = (facts: readonly (readonly [name: string, value: string])[], theme: Theme): string =>
  renderTable(facts.map(([name, value]) => [{ text: name, style: theme.faint }, value]));
