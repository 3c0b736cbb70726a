/** Formats of `-o`. */
export const dataFormats = ["json", "yaml"] as const;
export type DataFormat = (typeof dataFormats)[number];

/** Data for programs: the same in every language. */
export async function renderData(data: unknown, format: DataFormat): Promise<string> {
  if (format === "json") return `${JSON.stringify(data, null, 2)}\n`;
  const { dump } = await import("js-yaml");
  return dump(data, { lineWidth: -1 });
}
