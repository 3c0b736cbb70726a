import { defineCheck, fail, pass } from "./check.ts";
import { isBeginning, queryPrometheus } from "./prometheus.ts";

interface Args {
  service: string;
  port?: number;
  query: string;
  /** Of the one series it gives. */
  value?: string | number;
  /** How many series it gives, */
  series?: string | number;
  /** or how many at least. */
  atLeast?: number;
}

export const prometheusQuery = defineCheck({
  type: "prometheus-query",
  expected: { en: "{query}: {want}", ja: "{query}: {want}" },
  async run({ cluster, namespace }, { service, port = 9090, query, value, series, atLeast }: Args) {
    const address = { service, port, namespace };
    const answer = await queryPrometheus(cluster, address, query);
    const want =
      value !== undefined
        ? String(value)
        : series !== undefined
          ? { en: `${series} series`, ja: `${series} 系列` }
          : { en: `${atLeast ?? 1} series or more`, ja: `${atLeast ?? 1} 系列以上` };
    const fields = { service, query, want, got: "" };
    if (!answer.ok) return fail("unreachable", { ...fields, got: answer.message }, { settling: "moments" });
    const samples = answer.data;
    const settling = (await isBeginning(cluster, address)) ? "moments" : undefined;
    if (samples.length === 0) return fail("no-series", fields, { settling });
    if (value !== undefined) {
      const got = samples.map((sample) => sample.value).join(", ");
      return got === String(value) ? pass({ ...fields, got }) : fail("value", { ...fields, got }, { settling });
    }
    const got = { ...fields, got: samples.length };
    const isEnough = series === undefined ? samples.length >= (atLeast ?? 1) : samples.length === Number(series);
    return isEnough ? pass(got) : fail("series", got, { settling });
  },
  words: {
    unreachable: {
      actual: { en: "no answer from {service}: {got}", ja: "{service} から返事がありません: {got}" },
      why: {
        en: "Prometheus is not running, or the query is none",
        ja: "Prometheus が動いていないか、クエリーが正しくありません",
      },
      try: { en: "`kubectl get pods,svc`", ja: "`kubectl get pods,svc`" },
    },
    "no-series": {
      actual: { en: "no series", ja: "系列がありません" },
      why: { en: "a name or label is another one, or nothing was scraped yet", ja: "名前かラベルが違うか、まだ収集していません" },
      try: {
        en: "try shorter and shorter parts of the query in the browser",
        ja: "ブラウザーで、クエリーを少しずつ短くして試してください",
      },
    },
    value: {
      actual: { en: "{got}", ja: "{got}" },
      why: { en: "Prometheus saw something else at its last scrape", ja: "Prometheus が最後に収集した値は別のものです" },
      try: { en: "wait one scrape interval", ja: "scrape_interval 1 回分待ってください" },
    },
    series: {
      actual: { en: "{got} series", ja: "{got} 系列" },
      why: {
        en: "some targets have no data yet, or there are others",
        ja: "まだデータのない target があるか、余分な target があります",
      },
      try: { en: "look at /targets", ja: "/targets を見てください" },
    },
  },
});
