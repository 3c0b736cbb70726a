#!/usr/bin/env node
// through PATH[,PATH...] COMMAND...: starts `kubectl port-forward … :80` or `kubectl proxy --port=0`, waits for the port it
// names, GETs the paths, prints what the command said and every reply, and stops the command.
import { spawn } from "node:child_process";

const [paths, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
let said = "",
  asked = false;
child.on("exit", (code) => process.exit(code ?? 0));
child.stdout.setEncoding("utf8").on("data", async (chunk) => {
  const port = /127\.0\.0\.1:(\d+)/.exec((said += chunk))?.[1];
  if (!port || asked) return;
  asked = true;
  const replies = [];
  for (const path of paths.split(",")) replies.push(await get(`http://127.0.0.1:${port}${path}`));
  process.stdout.write(
    said
      .split("\n")
      .filter((line) => !line.includes("[::1]") && !line.startsWith("Handling"))
      .join("\n") + replies.join(""),
  );
  child.kill();
  process.exit(0);
});

async function get(url) {
  try {
    const reply = await fetch(url, {
      redirect: "manual",
      headers: { "User-Agent": "parity" },
      signal: AbortSignal.timeout(10_000),
    });
    return `HTTP ${reply.status} ${reply.headers.get("location") ?? ""}\n${(await reply.text()).trimEnd()}\n`;
  } catch {
    return "no reply\n";
  }
}
