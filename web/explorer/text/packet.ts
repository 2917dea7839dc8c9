// IPv4 and TCP packets, written as a capture has them.

/** An end of a TCP connection: the IPv4 address as a number, and the port. */
export interface End {
  address: number;
  port: number;
}

export const headerBytes = 40;

/** The longest segment that an IPv4 packet can have. */
export const maxSegment = 0xffff - headerBytes;

export const flags = { fin: 1, syn: 2, psh: 8, ack: 16 } as const;

/** What a packet says. options has a multiple of four bytes. */
export interface Segment {
  from: End;
  to: End;
  sequence: number;
  acknowledged: number;
  flags: number;
  options?: readonly number[];
  /** The bytes that are known of the payload: all of its length, or the first of them. */
  payload?: Uint8Array;
  length?: number;
}

/**
 * A packet with correct checksums, and its length on the wire. Where the payload isn't known to its end, the packet is
 * cut there, as by a capture's limit; its checksum takes what is missing as zeros.
 */
export function packet({ from, to, sequence, acknowledged, flags: bits, options = [], payload = new Uint8Array(), length = payload.length }: Segment): { bytes: Uint8Array; length: number } {
  const tcp = 20 + options.length;
  const bytes = new Uint8Array(20 + tcp + payload.length);
  const view = new DataView(bytes.buffer);
  const total = 20 + tcp + length;
  view.setUint8(0, 0x45);
  view.setUint16(2, total);
  view.setUint16(6, 0x4000); // don't fragment
  view.setUint8(8, 64); // time to live
  view.setUint8(9, 6); // TCP
  view.setUint32(12, from.address);
  view.setUint32(16, to.address);
  view.setUint16(10, checksum(bytes.subarray(0, 20)));
  view.setUint16(20, from.port);
  view.setUint16(22, to.port);
  view.setUint32(24, sequence);
  view.setUint32(28, acknowledged);
  view.setUint8(32, (tcp / 4) << 4);
  view.setUint8(33, bits);
  view.setUint16(34, 0xffff); // window
  bytes.set(options, 40);
  bytes.set(payload, 20 + tcp);
  const pseudo = new Uint8Array(12); // RFC 9293, 3.1
  pseudo.set(bytes.subarray(12, 20));
  new DataView(pseudo.buffer).setUint16(8, 6);
  new DataView(pseudo.buffer).setUint16(10, tcp + length);
  view.setUint16(36, checksum(bytes.subarray(20), sum(pseudo)));
  return { bytes, length: total };
}

/** The checksum of RFC 1071. */
export function checksum(bytes: Uint8Array, before = 0): number {
  let n = before + sum(bytes);
  while (n > 0xffff) n = (n & 0xffff) + Math.floor(n / 0x10000);
  return ~n & 0xffff;
}

function sum(bytes: Uint8Array): number {
  let n = 0;
  for (let i = 0; i < bytes.length; i += 2) n += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  return n;
}
