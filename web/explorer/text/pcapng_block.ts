// Blocks and options of pcapng, little-endian. See draft-ietf-opsawg-pcapng.

/** A block of a type with a body, whose parts have four, eight, … bytes. */
export function block(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((n, p) => n + p.length, 12);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  view.setUint32(length - 4, length, true);
  let at = 8;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** An option, or a record of names; code 0 ends them. It is padded to four bytes. */
export function option(code: number, value: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = new Uint8Array(4 + padded(value.length));
  new DataView(bytes.buffer).setUint16(0, code, true);
  new DataView(bytes.buffer).setUint16(2, value.length, true);
  bytes.set(value, 4);
  return bytes;
}

/** A packet of the first interface. time is in its unit, since 1970. length is that on the wire. */
export function packetBlock(time: bigint, { bytes, length }: { bytes: Uint8Array; length: number }, comment = ""): Uint8Array {
  const data = new Uint8Array(padded(bytes.length));
  data.set(bytes);
  const options = comment ? [option(1, text(comment)), option(0)] : [];
  return block(6, uint(4, 0), uint(4, Number(time >> 32n)), uint(4, Number(time & 0xffffffffn)), uint(4, bytes.length), uint(4, length), data, ...options);
}

/** An unsigned integer of 1, 2, 4 or 8 bytes. */
export function uint(size: 1 | 2 | 4 | 8, value: number | bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  if (size === 1) view.setUint8(0, Number(value));
  else if (size === 2) view.setUint16(0, Number(value), true);
  else if (size === 4) view.setUint32(0, Number(value), true);
  else view.setBigUint64(0, BigInt(value), true);
  return new Uint8Array(view.buffer);
}

/** UTF-8, at most as long as an option may be. */
export function text(s: string): Uint8Array {
  return new TextEncoder().encode(s).subarray(0, 65000);
}

function padded(n: number): number {
  return Math.ceil(n / 4) * 4;
}
