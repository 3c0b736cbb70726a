import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { chmod, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Clock } from "./clock.ts";
import { makeFolder } from "./files.ts";

/** Why a download failed, as data. */
export type DownloadFailure =
  /** Nobody answered; `reason` is the code of the system, of TLS, or of Node's client. */
  | { why: "unreachable"; url: string; reason: string }
  | { why: "refused"; url: string; status: number }
  /** What came is kept: the next try goes on from there. */
  | { why: "broken-off"; url: string; received: number; total?: number }
  | { why: "no-checksum"; url: string }
  | { why: "wrong-checksum"; url: string; expected: string; actual: string }
  | { why: "unwritable"; file: string; reason: string };

export class DownloadError extends Error {
  override readonly name = "DownloadError";
  readonly failure: DownloadFailure;

  constructor(failure: DownloadFailure, options?: ErrorOptions) {
    super(failure.why, options);
    this.failure = failure;
  }
}

export interface Download {
  url: string;
  /** A text that names the SHA-256 of what is at `url`. */
  checksumUrl: string;
  /** Absolute. */
  file: string;
  clock: Clock;
  signal: AbortSignal;
  /** Bytes so far, and of how many if the server says. */
  onProgress(received: number, total: number | undefined): void;
}

/** A connection that brings bytes before it breaks off is worth another one, so many times in a row. */
const CONNECTIONS = 5;

/** Milliseconds without a byte, after which a connection is given up. */
const IDLE = 30_000;

/**
 * Fetches a program: whole, executable and as its checksum says, or not at all. What an earlier try brought is kept beside the
 * file and not fetched again. @throws DownloadError
 */
export async function downloadProgram(download: Download): Promise<void> {
  const { file, url } = download;
  const expected = await publishedChecksum(download);
  // Named after what it is a part of: one of another release is never continued.
  const part = `${file}.${expected.slice(0, 12)}.part`;
  await onDisk(file, async () => makeFolder(dirname(file), 0o700));
  await fetchAll(download, part);
  const actual = await onDisk(part, () => sha256(part));
  if (actual !== expected) {
    await rm(part, { force: true });
    throw new DownloadError({ why: "wrong-checksum", url, expected, actual });
  }
  await onDisk(file, async () => {
    await chmod(part, 0o755);
    await rename(part, file);
    await removeOtherParts(file);
  });
}

async function publishedChecksum({ checksumUrl: url, signal }: Download): Promise<string> {
  const text = await (await request(url, { signal })).text().catch((error: unknown) => {
    throw new DownloadError({ why: "broken-off", url, received: 0 }, { cause: error });
  });
  const [checksum] = /\b[0-9a-f]{64}\b/i.exec(text) ?? [];
  if (checksum === undefined) throw new DownloadError({ why: "no-checksum", url });
  return checksum.toLowerCase();
}

async function fetchAll(download: Download, part: string): Promise<void> {
  for (let left = CONNECTIONS, before = sizeOf(part); ; left--, before = sizeOf(part)) {
    try {
      return await fetchMore(download, part);
    } catch (error) {
      const isWorthMore = error instanceof DownloadError && error.failure.why === "broken-off" && sizeOf(part) > before;
      if (!isWorthMore || left === 1) throw error;
    }
  }
}

/** One connection's worth: to the end, or to where it breaks off. */
async function fetchMore(download: Download, part: string): Promise<void> {
  const { url, clock, signal, onProgress } = download;
  const done = new AbortController();
  const stalled = new AbortController();
  let received = sizeOf(part);
  const watch = async (): Promise<void> => {
    for (let seen = -1; seen !== received; await clock.sleep(IDLE, done.signal)) seen = received;
    stalled.abort();
  };
  watch().catch(() => "the download is over, and the watch with it");
  try {
    const headers = received > 0 ? { range: `bytes=${received}-` } : undefined;
    const response = await request(url, { signal, stalled: stalled.signal, headers });
    if (response.status === 416) return await startAnewUnlessWhole(download, part, response.headers, received);
    const isMore = response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${received}-`) === true;
    if (!isMore) received = 0;
    const length = Number(response.headers.get("content-length"));
    const total = length > 0 ? received + length : undefined;
    const handle = await onDisk(part, () => open(part, isMore ? "a" : "w", 0o600));
    try {
      onProgress(received, total);
      for await (const chunk of chunksOf(response)) {
        await onDisk(part, () => handle.writeFile(chunk));
        onProgress((received += chunk.length), total);
      }
      await onDisk(part, () => handle.sync());
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DownloadError) throw error;
      throw new DownloadError({ why: "broken-off", url, received, ...(total !== undefined && { total }) }, { cause: error });
    } finally {
      await handle.close();
    }
  } finally {
    done.abort();
  }
}

/** Typed without being iterable, which it is. */
const chunksOf = ({ body }: Response): AsyncIterable<Uint8Array> => body as unknown as AsyncIterable<Uint8Array>;

/** The server has nothing from there on: because all of it is here, or because what is here is no part of it. */
async function startAnewUnlessWhole(download: Download, part: string, headers: Headers, received: number): Promise<void> {
  if (headers.get("content-range") === `bytes */${received}`) return;
  await rm(part, { force: true });
  await fetchMore(download, part);
}

interface Request {
  signal: AbortSignal;
  stalled?: AbortSignal;
  headers?: Record<string, string> | undefined;
}

async function request(url: string, { signal, stalled, headers }: Request): Promise<Response> {
  const either = stalled ? AbortSignal.any([signal, stalled]) : signal;
  // Without compression: bytes of a compressed answer could not be continued.
  const response = await fetch(url, { headers: { "accept-encoding": "identity", ...headers }, signal: either }).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      throw new DownloadError(
        { why: "unreachable", url, reason: stalled?.aborted ? "ETIMEDOUT" : reasonOf(error) },
        { cause: error },
      );
    },
  );
  if (response.ok || (headers?.["range"] && response.status === 416)) return response;
  await response.body?.cancel();
  throw new DownloadError({ why: "refused", url, status: response.status });
}

/** Node's fetch puts the cause below an error that says nothing. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  if (!(cause instanceof Error)) return message;
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Of releases that nobody wants any more. */
async function removeOtherParts(file: string): Promise<void> {
  const folder = dirname(file);
  const isPart = (name: string): boolean => name.startsWith(`${basename(file)}.`) && name.endsWith(".part");
  for (const name of (await readdir(folder)).filter(isPart)) await rm(join(folder, name));
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

async function onDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new DownloadError({ why: "unwritable", file, reason: code }, { cause: error });
  }
}
