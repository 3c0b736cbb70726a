import type http from "node:http";
import { debianCommands } from "./commands/debian-commands.ts";
import { serveHTTP, untilSignal } from "./http-program.ts";
import { defineImage, type ProgramContext } from "./program.ts";
import { contentType } from "./static-files.ts";

const ROOT = "/usr/local/apache2/htdocs";
const MEMORY = 12 * 1024 * 1024;

/** Apache's own image: static files. */
export const httpd = defineImage({
  repositories: ["docker.io/library/httpd", "registry.k8s.io/e2e-test-images/httpd"],
  tags: ["latest", "2", "2.4", "2.4.65", "2.4.38-4", "2.4.39-4", "2.4-alpine", "alpine"],
  size: 45_187_116,
  entrypoint: [],
  cmd: ["httpd-foreground"],
  env: { PATH: "/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HTTPD_VERSION: "2.4.65" },
  workingDir: "/usr/local/apache2",
  stopSignal: "SIGTERM",
  memory: MEMORY,
  files: {
    [`${ROOT}/index.html`]: "<html><body><h1>It works!</h1></body></html>\n",
    "/usr/local/apache2/conf/httpd.conf": "Listen 80\n",
  },
  programs: {
    ...debianCommands,
    "/usr/local/apache2/bin/httpd-foreground": (context) => serveApache(context, "Apache/2.4.65 (Unix)", files),
    "/usr/local/apache2/bin/httpd": (context) => serveApache(context, "Apache/2.4.65 (Unix)", files),
  },
});

/** The server of the HorizontalPodAutoscaler walkthrough: each request keeps a CPU busy for a while. */
export const hpaExample = defineImage({
  repositories: ["registry.k8s.io/hpa-example", "k8s.gcr.io/hpa-example"],
  tags: ["latest"],
  size: 182_521_300,
  entrypoint: [],
  cmd: ["apache2-foreground"],
  memory: MEMORY,
  programs: {
    ...debianCommands,
    "/usr/local/bin/apache2-foreground": (context) =>
      serveApache(context, "Apache/2.4.10 (Debian)", async () => {
        context.account({ cpuSeconds: 0.05 });
        return { code: 200, type: "text/html; charset=UTF-8", body: Buffer.from("OK!") };
      }),
  },
});

type Page = { code: number; type: string; body: Buffer };

async function serveApache(
  context: ProgramContext,
  name: string,
  page: (context: ProgramContext, path: string) => Promise<Page>,
): Promise<number> {
  const { ip } = context.host;
  const unnamed = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${ip}. Set the 'ServerName' directive globally to suppress this message\n`;
  const notice = (module: string, text: string) =>
    context.stderr(`[${errorTime(context)}] [${module}:notice] [pid 1:tid 1] ${text}\n`);
  try {
    serveHTTP(context, 80, async (request, response) => {
      const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
      const { code, type, body } = await page(context, path);
      response.writeHead(code, { Server: name, "Content-Type": type, "Content-Length": body.byteLength });
      response.end(request.method === "HEAD" ? undefined : body);
      context.stdout(accessLine(context, request, code, body.byteLength));
    });
  } catch {
    context.stderr(
      `${unnamed}(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:80\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`,
    );
    return 1;
  }
  context.stderr(unnamed + unnamed);
  notice("mpm_event", `AH00489: ${name} configured -- resuming normal operations`);
  notice("core", "AH00094: Command line: 'httpd -D FOREGROUND'");
  await untilSignal(context);
  notice("mpm_event", "AH00491: caught SIGTERM, shutting down");
  return 0;
}

async function files(context: ProgramContext, path: string): Promise<Page> {
  const isFolder = (await context.files.stat(ROOT + path))?.kind === "folder";
  const file = ROOT + (isFolder ? `${path.replace(/\/$/, "")}/index.html` : path);
  if ((await context.files.stat(file))?.kind === "file")
    return { code: 200, type: contentType(file), body: await context.files.read(file) };
  const body = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n`;
  return { code: 404, type: "text/html; charset=iso-8859-1", body: Buffer.from(body) };
}

/** `[01/Jan/2026:00:00:00 +0000]` and the rest of Apache's common log. */
function accessLine({ clock }: ProgramContext, request: http.IncomingMessage, code: number, size: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(clock.now()).toUTCString())!;
  const { method, url, httpVersion, socket } = request;
  return `${socket.remoteAddress} - - [${day}/${month}/${year}:${time} +0000] "${method} ${url} HTTP/${httpVersion}" ${code} ${size}\n`;
}

/** `Thu Jan 01 00:00:00.000000 2026` */
function errorTime({ clock }: ProgramContext): string {
  const now = new Date(clock.now());
  const [, weekday, day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(now.toUTCString())!;
  return `${weekday} ${month} ${day} ${time}.${String(now.getUTCMilliseconds()).padStart(3, "0")}000 ${year}`;
}
