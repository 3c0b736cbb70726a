const TYPES: Record<string, string> = {
  css: "text/css",
  gif: "image/gif",
  htm: "text/html",
  html: "text/html",
  ico: "image/x-icon",
  jpg: "image/jpeg",
  js: "application/javascript",
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  xml: "text/xml",
};

/** A file's media type by its ending. */
export const contentType = (path: string): string => TYPES[path.split(".").at(-1)!.toLowerCase()] ?? "application/octet-stream";
