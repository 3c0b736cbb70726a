/** What the two targets of the PromQL fixture expose at their nth scrape. Undefined: the target fails. */
export function sampleExposition(target: "one" | "two", n: number): string | undefined {
  if (target === "two" && n >= 20 && n < 26) return undefined;
  const two = target === "two" ? 1 : 0;
  const counter = (perScrape: number) => Math.floor((n < 33 ? n + 4 : n - 33) * perScrape * (1 + two / 4) * 100) / 100;
  const wave = (height: number, length: number, shift = 0) =>
    (Math.round((20 + height * Math.sin((n + shift) / length)) * 1000) / 1000 + two).toString();
  const bounds = ["0.1", "0.25", "0.5", "1", "2.5", "5", "+Inf"];
  const buckets = bounds.map((le, index) => `latency_seconds_bucket{path="/",le="${le}"} ${n * (index + 1) * (index + 1 + two)}`);
  const slow = bounds.map((le, index) => `latency_seconds_bucket{path="/slow",le="${le}"} ${Math.floor((n * index ** 2) / 3)}`);
  const lines = [
    "# HELP requests_total Requests by what became of them.",
    "# TYPE requests_total counter",
    ...["200", "404", "500"].flatMap((code, index) =>
      ["get", "post"].map(
        (method) => `requests_total{code="${code}",method="${method}"} ${counter((3.7 - index) * (method === "get" ? 2 : 1))}`,
      ),
    ),
    "# TYPE temperature_celsius gauge",
    ...["attic", "cellar", "hall"].map(
      (room, index) => `temperature_celsius{room="${room}"} ${wave(3 * (index + 1), 5 + index, index)}`,
    ),
    `temperature_celsius{room="nowhere"} ${n % 9 === 4 ? "NaN" : n % 9 === 5 ? "+Inf" : "-1.5"}`,
    "# TYPE latency_seconds histogram",
    ...buckets,
    `latency_seconds_sum{path="/"} ${n * 3.25}`,
    `latency_seconds_count{path="/"} ${n * 7 * (7 + two)}`,
    ...slow,
    "# TYPE rpc_seconds summary",
    ...["0.5", "0.9", "1"].map((q) => `rpc_seconds{quantile="${q}"} ${Number(q) * (1 + (n % 5) / 7)}`),
    "# TYPE memory_bytes gauge",
    `memory_bytes ${8_341_331_968 + n * 4096}`,
    `memory_limit_bytes 16777216000`,
    `drift_seconds ${((n % 13) - 6) * 1e-9}`,
    `build_info{version="1.${2 + two}.0",revision="abc"} 1`,
    ...(n % 7 < 4 ? [`flapping{kind="a"} ${n}`, `flapping{kind="b"} 1`] : []),
    `quoted{text="a \\"b\\" \\\\ c\\nd"} 1`,
  ];
  return `${lines.join("\n")}\n`;
}

/** Scrapes per target. */
export const SCRAPES = 80;

/** Labels of the targets beside `job="sample"`. */
export const TARGETS = ["one", "two"] as const;
