import type { ScrapeLoop } from "../scrape/scrape-loop.ts";
import type { Server } from "../server.ts";
import { html, labelList, page, type Html } from "./page.ts";

/** Target health: each job's targets, whether they could be scraped, and why not. */
export function targetsPage(server: Server): string {
  const now = server.context.clock.now();
  const pools = server.scrapes.pools();
  const row = (loop: ScrapeLoop): Html =>
    html`<tr>
      <td>
        <a href="${loop.url}"><code>${loop.url}</code></a
        >${loop.lastError && html`<div class="error">Error scraping target: ${loop.lastError}</div>`}
      </td>
      <td>${labelList(loop.labels)}</td>
      <td>
        ${loop.lastScrape ? `${seconds(now - loop.lastScrape)} ago` : "never"}<br /><span class="muted"
          >${loop.lastScrape ? seconds(loop.lastDuration * 1000) : ""}</span
        >
      </td>
      <td><span class="state ${loop.health}">${loop.health}</span></td>
    </tr>`;
  const section = ({ name, active }: (typeof pools)[number]): Html => {
    const up = active.filter(({ health }) => health === "up").length;
    const state = active.length === 0 ? "unknown" : up === active.length ? "up" : "down";
    return html`<section>
      <h2>${name} <span class="state ${state}">${up} / ${active.length} up</span></h2>
      ${
        active.length === 0
          ? html`<p class="muted">No targets. Service discovery found none, or relabeling dropped them all.</p>`
          : html`<table>
              <tr>
                <th>Endpoint</th>
                <th>Labels</th>
                <th>Last scrape</th>
                <th>State</th>
              </tr>
              ${active.map(row)}
            </table>`
      }
    </section>`;
  };
  return page(
    "targets",
    html`<h1>Target health</h1>
      ${pools.length === 0 ? html`<section class="muted">No scrape pools found.</section>` : pools.map(section)}`,
  );
}

/** What discovery found for each job, before and after relabeling. */
export function discoveryPage(server: Server): string {
  const section = ({ name, active, dropped }: ReturnType<Server["scrapes"]["pools"]>[number]): Html =>
    html`<section>
      <h2>${name} <span class="muted">${active.length} / ${active.length + dropped.length} active</span></h2>
      <table>
        <tr>
          <th>Discovered labels</th>
          <th>Target labels</th>
        </tr>
        ${active.map(
          ({ discoveredLabels, labels }) =>
            html`<tr>
              <td>${labelList(discoveredLabels)}</td>
              <td>${labelList(labels)}</td>
            </tr>`,
        )}
        ${dropped.map(
          (labels) =>
            html`<tr>
              <td>${labelList(labels)}</td>
              <td class="muted">dropped due to relabeling rules</td>
            </tr>`,
        )}
      </table>
    </section>`;
  return page(
    "service-discovery",
    html`<h1>Service discovery</h1>
      ${server.scrapes.pools().map(section)}`,
  );
}

export const configPage = (server: Server): string =>
  page(
    "config",
    html`<h1>Configuration</h1>
      <section><pre>${server.configText}</pre></section>`,
  );

/** `1.234s`, `12.3ms`. */
const seconds = (ms: number): string =>
  ms < 1000 ? `${Number(ms.toPrecision(3))}ms` : `${(ms / 1000).toFixed(ms < 100_000 ? 1 : 0)}s`;
