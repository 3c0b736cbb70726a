import { defineCheck, fail, type Outcome, pass } from "./check.ts";
import { hasJob, lastRefusal, type PrometheusAddress, type Target, targetsOf } from "./prometheus.ts";

interface Args {
  service: string;
  port?: number;
  /** By job: how many are up, of how many; `3/4`. */
  jobs: Readonly<Record<string, string>>;
}

type Code = "unreachable" | "no-targets" | "no-job" | "unscraped" | "down" | "count";

export const prometheusTargets = defineCheck({
  type: "prometheus-targets",
  expected: { en: "{job} {want} up", ja: "{job} は {want} が up" },
  async run({ cluster, namespace }, { service, port = 9090, jobs }: Args) {
    const address: PrometheusAddress = { service, port, namespace };
    const answer = await targetsOf(cluster, address);
    const all = Object.entries(jobs);
    const fields = { service, job: all.map(([job]) => job).join(", "), want: all.map(([, want]) => want).join(", "), got: "" };
    if (!answer.ok) return fail("unreachable", { ...fields, got: answer.message }, { settling: "moments" });
    const judged = all.map(([job, want]) => judge(job, want, answer.data));
    const index = judged.findIndex((one) => !one.passed);
    const worst = judged[index];
    if (!worst) return pass({ ...fields, got: all.map(([job, want]) => `${job} ${want}`).join(", ") });
    if (answer.data.length > 0) {
      const isFinal = !worst.passed && worst.code === "no-job" && !(await hasJob(cluster, address, all[index]![0]));
      return isFinal ? { ...worst, settling: undefined } : worst;
    }
    const refusal = await lastRefusal(cluster, address);
    return fail("no-targets", { ...fields, got: refusal ?? "" }, { settling: refusal === undefined ? "moments" : undefined });
  },
  words: {
    unreachable: {
      actual: { en: "no answer from {service}: {got}", ja: "{service} から返事がありません: {got}" },
      why: {
        en: "Prometheus is not running, or its Service doesn't lead to it",
        ja: "Prometheus が動いていないか、Service がつながっていません",
      },
      try: { en: "`kubectl get pods,svc`", ja: "`kubectl get pods,svc`" },
    },
    "no-targets": {
      actual: { en: "0 targets: {got}", ja: "target が 0 個: {got}" },
      why: { en: "Prometheus may not list what it shall find", ja: "Prometheus に、探すものを一覧する権限がありません" },
      try: {
        en: "`kubectl logs deploy/{service}`: it names the user and the right",
        ja: "`kubectl logs deploy/{service}` に、ユーザーと足りない権限が出ています",
      },
    },
    "no-job": {
      actual: { en: "no target of job {job}; there are jobs {got}", ja: "job {job} の target がありません。あるのは {got} です" },
      why: {
        en: "the job is not in the configuration that runs, or finds nothing",
        ja: "動いている設定にその job がないか、何も見つけていません",
      },
      try: {
        en: "compare /config and /service-discovery in the browser",
        ja: "ブラウザーで /config と /service-discovery を見てください",
      },
    },
    unscraped: {
      actual: { en: "{job} {got}; not scraped yet", ja: "{job} {got}。まだ収集していません" },
      why: { en: "a new target waits for its first scrape", ja: "新しい target は、最初の収集を待っています" },
      try: { en: "wait one scrape interval", ja: "scrape_interval 1 回分待ってください" },
    },
    down: {
      actual: { en: "{job} {got}; {instance}: {error}", ja: "{job} {got}。{instance}: {error}" },
      why: {
        en: "refused: nothing listens there; 401 or 403: who asks, and what they may",
        ja: "refused なら、そこで何も待ち受けていません。401 や 403 なら、認証か権限です",
      },
      try: { en: "read Last Error on /targets", ja: "/targets の Last Error を読んでください" },
    },
    count: {
      actual: { en: "{job} {got}", ja: "{job} {got}" },
      why: { en: "discovery found another number of them", ja: "見つけた数が違います" },
      try: {
        en: "read /service-discovery: what was found, and what was dropped",
        ja: "/service-discovery で、見つけたものと捨てたものを見てください",
      },
    },
  },
});

function judge(job: string, want: string, all: readonly Target[]): Outcome<Code> {
  const targets = all.filter((target) => target.job === job);
  const up = targets.filter(({ health }) => health === "up").length;
  const got = `${up}/${targets.length}`;
  const fields = { job, want, got, instance: "", error: "" };
  if (got === want) return pass(fields);
  if (targets.length === 0) {
    const jobs = [...new Set(all.map((target) => target.job))].join(", ");
    return fail("no-job", { ...fields, got: jobs }, { settling: "moments" });
  }
  const isWaiting = targets.some(({ health }) => health === "unknown");
  if (isWaiting) return fail("unscraped", fields, { settling: "moments" });
  // A target that came or went is seen at the next scrape.
  const settling = "moments";
  const down = targets.find(({ health }) => health === "down");
  if (!down || targets.length !== Number(want.split("/")[1])) return fail("count", fields, { settling });
  return fail("down", { ...fields, instance: down.instance, error: down.lastError }, { settling });
}
