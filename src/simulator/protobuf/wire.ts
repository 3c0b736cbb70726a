/** One field of a message as it stands on the wire. */
export interface WireField {
  number: number;
  /** A varint as 64 bits, the payload of a length-delimited field, or the bytes of a fixed one. */
  value: bigint | Uint8Array;
}

/** The fields of a message in their order. Throws a RangeError in the words of Go's generated readers. */
export function* readFields(bytes: Uint8Array): Generator<WireField> {
  let at = 0;
  const varint = (): bigint => {
    let result = 0n;
    for (let shift = 0n; shift < 64n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("unexpected EOF");
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
    throw new RangeError("proto: integer overflow");
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError("unexpected EOF");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    const wireType = Number(tag & 7n);
    if (number <= 0) throw new RangeError(`proto: illegal tag ${number} (wire type ${tag})`);
    if (wireType === 0) yield { number, value: varint() };
    else if (wireType === 1) yield { number, value: take(8) };
    else if (wireType === 2) yield { number, value: take(Number(varint())) };
    else if (wireType === 5) yield { number, value: take(4) };
    else throw new RangeError(`proto: illegal wireType ${wireType}`);
  }
}

/** The numbers of a packed field. */
export function readVarints(bytes: Uint8Array): bigint[] {
  const numbers: bigint[] = [];
  let current = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    current |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte < 0x80) {
      numbers.push(current);
      current = shift = 0n;
    }
  }
  return numbers;
}

/** Bytes of a message under construction. */
export class WireWriter {
  readonly #parts: Uint8Array[] = [];

  varint(number: number, value: number | bigint | boolean): this {
    return this.#small(number << 3).#large(BigInt.asUintN(64, BigInt(value)));
  }

  double(number: number, value: number): this {
    this.#small((number << 3) | 1);
    this.#parts.push(new Uint8Array(Float64Array.of(value).buffer));
    return this;
  }

  bytes(number: number, value: Uint8Array | string): this {
    const payload = typeof value === "string" ? Buffer.from(value) : value;
    this.#small((number << 3) | 2).#small(payload.length);
    this.#parts.push(payload);
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** Tags and lengths: at most 31 bits. */
  #small(value: number): this {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
    this.#parts.push(Uint8Array.of(...bytes, rest));
    return this;
  }

  #large(value: bigint): this {
    if (value < 0x8000_0000n) return this.#small(Number(value));
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    this.#parts.push(Uint8Array.of(...bytes, Number(rest)));
    return this;
  }
}
