import { getLocally, type LocalResponse } from "../system/local-http.ts";
import { defineCheck, fail, pass, type Words } from "./check.ts";
import { readable } from "./pattern.ts";

interface Args {
  /** An answer that is a number takes its place: another port was chosen. */
  port: number;
  path: string;
  status?: number;
  /** Multi-line. */
  matches?: string;
  tries?: number;
  /** How many different answers there must be, no more and no less: by group 1 of `matches`, else by the whole body. */
  distinct?: number;
}

export const httpLocal = defineCheck({
  type: "http-local",
  expected: { en: "{want} from {address}", ja: "{address} から {want}" },
  async run({ answer }, args: Args) {
    const port = /^\d{1,5}$/.test(answer?.trim() ?? "") ? Number(answer) : args.port;
    const fields = { address: `127.0.0.1:${port}${args.path}`, port, want: wanted(args), got: "" };
    const seen = new Set<string>();
    for (let tried = 0; tried < (args.tries ?? 1); tried++) {
      const response = await getLocally(port, args.path);
      if (!response) return fail("nothing", fields);
      const { status, body } = response;
      if (!isRight(response, args))
        return fail("other", { ...fields, status, got: said(response) }, { settling: status >= 500 ? "second-look" : undefined });
      seen.add(new RegExp(args.matches ?? "^[\\s\\S]*$", "m").exec(body)?.[1] ?? body);
    }
    const got = [...seen].join(", ");
    return args.distinct !== undefined && seen.size !== args.distinct
      ? fail("distinct", { ...fields, want: args.distinct, got })
      : pass({ ...fields, got: firstLine(got) });
  },
  words: {
    nothing: {
      actual: { en: "nothing listens on 127.0.0.1:{port}", ja: "127.0.0.1:{port} では何も待ち受けていません" },
      why: { en: "the tunnel is closed, or has another port", ja: "トンネルが閉じているか、別のポートです" },
      try: { en: "start it in a second terminal, and leave it open", ja: "別の端末で始めて、開いたままにしてください" },
    },
    other: {
      actual: { en: "something else answers: {got}", ja: "別のものが答えています: {got}" },
      why: { en: "another program has this port, or the path is another", ja: "別のプログラムのポートか、パスが違います" },
      try: { en: "end that program, or choose another port", ja: "そのプログラムを終えるか、別のポートを選んでください" },
    },
    distinct: {
      actual: { en: "answers came from {got}", ja: "答えたのは {got} です" },
      why: { en: "another way leads to the Pods than the one asked for", ja: "課題とは別の道で Pod につながっています" },
      try: { en: "read the task again", ja: "課題をもう一度読んでください" },
    },
  },
});

const isRight = ({ status, body }: LocalResponse, args: Args): boolean =>
  status === (args.status ?? 200) && (args.matches === undefined || new RegExp(args.matches, "m").test(body));

/** What an API server or a program says, in one line. */
function said({ status, body }: LocalResponse): string {
  const message = /"message": ?"((?:[^"\\]|\\.)*)"/.exec(body)?.[1]?.replaceAll("\\", "");
  return [status === 200 ? "" : `HTTP ${status}`, message ?? firstLine(body)].filter(Boolean).join(": ");
}

function wanted({ status = 200, matches }: Args): Words {
  const text = [`HTTP ${status}`, matches === undefined ? "" : readable(matches)].filter(Boolean).join(", ");
  return { en: text, ja: text };
}

const firstLine = (text: string): string => text.trim().split(/\r?\n/)[0] ?? "";
