/** One member of a tar archive. */
export interface Member {
  /** As in the archive; a folder's ends with a slash. */
  name: string;
  mode: number;
  /** Milliseconds. */
  mtime: number;
  content: Buffer;
  /** Target of a symbolic link. */
  link?: string;
}

const BLOCK = 512;

/** Members as ustar blocks; names that do not fit go into a GNU long-name member before. */
export function packMember(member: Member): Buffer {
  const { name, content, link } = member;
  const type = link !== undefined ? "2" : name.endsWith("/") ? "5" : "0";
  const long = Buffer.byteLength(name) > 100 ? longName(name) : Buffer.alloc(0);
  return Buffer.concat([long, header(member, name, type, link === undefined ? content.byteLength : 0, link), padded(content)]);
}

/** What ends an archive. */
export const ARCHIVE_END = Buffer.alloc(2 * BLOCK);

/** Reads an archive; undefined when it is none. Understands GNU long names and pax paths. */
export function unpackArchive(archive: Buffer): Member[] | undefined {
  const members: Member[] = [];
  let longer: { path?: string; linkpath?: string } = {};
  for (let at = 0; at + BLOCK <= archive.byteLength;) {
    const head = archive.subarray(at, at + BLOCK);
    if (head.every((byte) => byte === 0)) return members;
    if (octal(head, 148, 8) !== checksum(head)) return undefined;
    const size = octal(head, 124, 12);
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (content.byteLength < size) return undefined;
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(head[156]! || 48);
    if (type === "L") longer = { ...longer, path: text(content, 0, size) };
    else if (type === "x" || type === "g") longer = { ...longer, ...paxRecords(content) };
    else {
      const prefix = text(head, 257, 5) === "ustar" ? text(head, 345, 155) : "";
      const name = longer.path ?? (prefix ? `${prefix}/` : "") + text(head, 0, 100);
      members.push({
        name: type === "5" && !name.endsWith("/") ? `${name}/` : name,
        mode: octal(head, 100, 8) & 0o7777,
        mtime: octal(head, 136, 12) * 1000,
        content: Buffer.from(content),
        ...(type === "2" && { link: longer.linkpath ?? text(head, 157, 100) }),
      });
      longer = {};
    }
  }
  return members.length ? members : undefined;
}

function header({ mode, mtime }: Member, name: string, type: string, size: number, link = ""): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100);
  block.write(digits(mode & 0o7777, 7), 100);
  block.write(digits(0, 7), 108);
  block.write(digits(0, 7), 116);
  block.write(digits(size, 11), 124);
  block.write(digits(Math.floor(mtime / 1000), 11), 136);
  block.write(type, 156);
  block.write(link, 157, 100);
  block.write("ustar  \0", 257);
  block.write("root", 265);
  block.write("root", 297);
  block.write(`${digits(checksum(block), 6).slice(0, 6)}\0 `, 148);
  return block;
}

function longName(name: string): Buffer {
  const content = Buffer.from(`${name}\0`);
  const about = { name: "././@LongLink", mode: 0, mtime: 0, content };
  return Buffer.concat([header(about, about.name, "L", content.byteLength), padded(content)]);
}

const padded = (content: Buffer) => Buffer.concat([content, Buffer.alloc((BLOCK - (content.byteLength % BLOCK)) % BLOCK)]);

const digits = (value: number, width: number) => `${value.toString(8).padStart(width, "0")}\0`;

/** The sum of a header's bytes, its own place counted as blanks. */
const checksum = (block: Buffer): number =>
  block.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0);

const text = (bytes: Buffer, start: number, length: number): string =>
  bytes
    .subarray(start, start + length)
    .toString()
    .replace(/\0[^]*$/, "");

const octal = (bytes: Buffer, start: number, length: number): number =>
  Number.parseInt(text(bytes, start, length).trim() || "0", 8);

/** `27 path=a/very/long/name\n` */
function paxRecords(content: Buffer): { path?: string; linkpath?: string } {
  const records: Record<string, string> = {};
  for (let at = 0; at < content.byteLength;) {
    const [, length, key, value] = /^(\d+) ([^=]+)=([^]*)/.exec(content.subarray(at).toString()) ?? [];
    if (!length) break;
    const end = at + Number(length);
    records[key!] = value!.slice(0, content.subarray(at, end).toString().length - length.length - key!.length - 3);
    at = end;
  }
  const { path, linkpath } = records;
  return { ...(path !== undefined && { path }), ...(linkpath !== undefined && { linkpath }) };
}
