#!/usr/bin/env node
// api METHOD PATH [BODY-FILE [CONTENT-TYPE]]: one raw request with the kubeconfig's credentials; prints status, type, body.
// ACCEPT=… and LINES=n (stop a watch after n lines) come from the environment.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import https from "node:https";

const [method, path, bodyFile, type = "application/json"] = process.argv.slice(2);
const config = JSON.parse(execFileSync("kubectl", ["config", "view", "--raw", "--minify", "-o", "json"]));
const { cluster } = config.clusters[0],
  { user } = config.users[0];
const pem = (data, file) => (data ? Buffer.from(data, "base64") : file && readFileSync(file));
const body = bodyFile && bodyFile !== "-" ? readFileSync(bodyFile) : undefined;

const request = https.request(
  new URL(cluster.server + path),
  {
    method,
    ca: pem(cluster["certificate-authority-data"], cluster["certificate-authority"]),
    cert: pem(user["client-certificate-data"], user["client-certificate"]),
    key: pem(user["client-key-data"], user["client-key"]),
    headers: {
      Accept: process.env.ACCEPT ?? "application/json",
      ...(user.token && { Authorization: `Bearer ${user.token}` }),
      ...(body && { "Content-Type": type, "Content-Length": body.length }),
    },
  },
  (response) => {
    const lines = Number(process.env.LINES ?? 0);
    let text = "";
    process.stderr.write(`HTTP ${response.statusCode} ${response.headers["content-type"] ?? ""}\n`);
    response
      .setEncoding("utf8")
      .on("data", (chunk) => {
        text += chunk;
        if (lines && text.split("\n").length > lines) {
          finish(text.split("\n").slice(0, lines).join("\n") + "\n");
        }
      })
      .on("end", () => finish(text));
  },
);
const finish = (text) => process.stdout.write(text, () => process.exit(0));
request
  .on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  })
  .end(body);
