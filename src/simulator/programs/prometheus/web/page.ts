/** HTML that is put together and not escaped again. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

type Part = string | number | Html | undefined | false | readonly Part[];

const inserted = (part: Part): string => {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(inserted).join("");
  return String(part).replace(/[&<>"']/g, (char) => ENTITIES[char]!);
};

/** A template whose values are escaped. */
export const html = (strings: TemplateStringsArray, ...values: Part[]): Html =>
  new Html(strings.reduce((text, piece, index) => text + inserted(values[index - 1]) + piece));

const STYLE = `
*{box-sizing:border-box}
body{margin:0;font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#1d232b;background:#f6f7f9}
header{background:#41454b;color:#fff;display:flex;gap:1.4rem;align-items:center;padding:.6rem 1.2rem;flex-wrap:wrap}
header b{font-size:1.1rem;color:#ff8a5c}
header a{color:#e6e9ed;text-decoration:none}header span{color:#aeb5be;margin-right:-.6rem}header a.on,header a:hover{color:#fff;border-bottom:2px solid #ff8a5c}
main{padding:1.2rem;max-width:1240px;margin:0 auto}
h1{font-size:1.25rem;margin:.2rem 0 1rem}h2{font-size:1.05rem;margin:0;display:flex;gap:.6rem;align-items:center}
section{background:#fff;border:1px solid #dde2e8;border-radius:6px;margin:0 0 1rem;padding:.9rem 1rem;overflow-x:auto}
form.query{display:flex;gap:.5rem;flex-wrap:wrap}
input[type=text]{flex:1 1 28rem;font:15px ui-monospace,Menlo,Consolas,monospace;padding:.5rem .6rem;border:1px solid #c3cad3;border-radius:5px}
button,select{font:inherit;padding:.45rem .9rem;border:1px solid #c3cad3;border-radius:5px;background:#fff;cursor:pointer}
button.go{background:#e6522c;border-color:#e6522c;color:#fff}
.tabs{display:flex;gap:.4rem;margin:.9rem 0 .6rem;align-items:center}.tabs button.on{background:#41454b;color:#fff;border-color:#41454b}
table{border-collapse:collapse;width:100%;font-size:14px}th{text-align:left;color:#5b6673;font-weight:600}
th,td{padding:.35rem .6rem;border-bottom:1px solid #eceff3;vertical-align:top}td.value{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
code,pre{font:13px/1.5 ui-monospace,Menlo,Consolas,monospace}pre{margin:0;white-space:pre-wrap}
.label{display:inline-block;background:#eef1f5;border-radius:4px;padding:0 .4rem;margin:0 .25rem .2rem 0;font:12.5px/1.6 ui-monospace,Menlo,Consolas,monospace}
.state{border-radius:4px;padding:.05rem .5rem;font-size:12.5px;font-weight:600;text-transform:uppercase}
.up{background:#d9f2df;color:#145c2b}.down{background:#fbdcd9;color:#8c1d13}.unknown{background:#e5e8ec;color:#4b5561}
.error,.warning,.info{border-radius:5px;padding:.5rem .7rem;margin:.6rem 0;font:13px/1.5 ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.error{background:#fbdcd9;color:#8c1d13}.warning{background:#fdf0d0;color:#6b4a00}.info{background:#dfeaf8;color:#1b3f6e}
.muted{color:#6b7682}
`;

/** A menu's own name has no path. */
const PAGES: readonly (readonly [path: string, name: string])[] = [
  ["query", "Query"],
  ["", "Status:"],
  ["targets", "Target health"],
  ["service-discovery", "Service discovery"],
  ["config", "Configuration"],
];

/** A whole page. Links are relative, so that it works behind a proxy's path. */
export const page = (path: string, content: Html): string =>
  `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>Prometheus Time Series Collection and Processing Server</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <b>Prometheus</b
          >${PAGES.map(([to, name]) => (to ? html`<a href="${to}" class="${to === path && "on"}">${name}</a>` : html`<span>${name}</span>`))}
        </header>
        <main>${content}</main>
      </body>
    </html>`.text
  }\n`;

export const labelList = (labels: Readonly<Record<string, string>>): Html =>
  html`${Object.entries(labels).map(([name, value]) => html`<span class="label">${name}=&quot;${value}&quot;</span>`)}`;
