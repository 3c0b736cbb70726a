import type http from "node:http";
import { serveHTTP } from "../http-program.ts";
import type { ProgramContext } from "../program.ts";
import { contentType } from "../static-files.ts";
import { command, pathOf } from "./command.ts";

/** busybox' httpd: files of a folder. Without -f it goes on in the background. */
export const httpd = command(async (context, args) => {
  const options = { port: 80, home: context.workingDir, foreground: false };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const value = () => arg.slice(2) || (rest.shift() ?? "");
    if (arg.startsWith("-f")) options.foreground = true;
    else if (arg.startsWith("-p")) options.port = Number(value().split(":").at(-1));
    else if (arg.startsWith("-h")) options.home = pathOf(value(), context);
  }
  if (options.foreground) return serve(context, options);
  const { processes, env, workingDir } = context;
  processes.fork((child) => serve(child, options), { ...processes.inherited, env, workingDir });
  return 0;
});

async function serve(context: ProgramContext, { port, home }: { port: number; home: string }): Promise<number> {
  try {
    serveHTTP(context, port, (request, response) => answer(context, home, request, response));
  } catch {
    context.stderr("httpd: bind: Address already in use\n");
    return 1;
  }
  return new Promise(() => {});
}

async function answer(
  context: ProgramContext,
  home: string,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname).replace(/\.\.(\/|$)/g, "");
  const isFolder = (await context.files.stat(home + path))?.kind === "folder";
  const file = home + (isFolder ? `${path.replace(/\/$/, "")}/index.html` : path);
  const stat = await context.files.stat(file);
  if (stat?.kind !== "file") {
    response.writeHead(404, { "Content-Type": "text/html", Connection: "close" });
    response.end(
      "<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\nThe requested URL was not found\n</BODY></HTML>\n",
    );
    return;
  }
  const content = await context.files.read(file);
  response.writeHead(200, {
    "Content-type": contentType(file),
    Connection: "close",
    "Content-Length": content.byteLength,
    "Last-Modified": new Date(stat.mtime).toUTCString(),
  });
  response.end(request.method === "HEAD" ? undefined : content);
}
