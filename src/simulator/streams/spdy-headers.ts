import { constants, createDeflate, createInflate } from "node:zlib";
import type { Zlib } from "node:zlib";
import type { Transform } from "node:stream";

/** Names and values of a SYN_STREAM, names in lower case. */
export type SpdyHeaders = Readonly<Record<string, string>>;

export interface HeaderCodec {
  /** Blocks must come in the order of their frames: both directions keep one compression state. */
  read(block: Uint8Array): Promise<SpdyHeaders>;
  write(headers: SpdyHeaders): Promise<Buffer>;
}

/** Name/value blocks of one connection, compressed as SPDY/3.1 says (section 2.6.10). */
export function headerCodec(): HeaderCodec {
  const inflate = createInflate({ dictionary: DICTIONARY });
  const deflate = createDeflate({ dictionary: DICTIONARY, flush: constants.Z_SYNC_FLUSH });
  return {
    read: async (block) => parse(await through(inflate, block)),
    write: async (headers) => through(deflate, serialise(headers)),
  };
}

/** All that comes out for what goes in. */
function through(transform: Transform & Zlib, input: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    transform.once("error", reject);
    transform.write(input, () => {
      transform.off("error", reject);
      resolve((transform.read() as Buffer | null) ?? Buffer.alloc(0));
    });
  });
}

function parse(block: Buffer): SpdyHeaders {
  let at = 0;
  const number = () => block.readUInt32BE((at += 4) - 4);
  const text = () => {
    const length = number();
    return block.toString("utf8", at, (at += length));
  };
  const headers: Record<string, string> = {};
  for (let left = number(); left > 0; left--) headers[text().toLowerCase()] = text();
  return headers;
}

function serialise(headers: SpdyHeaders): Buffer {
  const entries = Object.entries(headers);
  return Buffer.concat([uint32(entries.length), ...entries.flat().map(lengthAndText)]);
}

const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const lengthAndText = (text: string) => Buffer.concat([uint32(Buffer.byteLength(text)), Buffer.from(text)]);

/** The protocol's compression dictionary: words with their lengths, then text. */
const DICTIONARY = Buffer.concat([
  ...(
    "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization " +
    "cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range " +
    "content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified " +
    "location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding " +
    "upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin"
  )
    .split(" ")
    .map((word) => lengthAndText(word.replace("_", " "))),
  Buffer.from(
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information" +
      "204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error" +
      "501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, " +
      "Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript," +
      "publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.",
  ),
]);
