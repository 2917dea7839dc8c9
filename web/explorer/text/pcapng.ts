import type { Frame } from "kafkaio";
import { block, option, packetBlock, text, uint } from "./pcapng_block.js";
import { flags, maxSegment, packet, type End, type Segment } from "./packet.js";

/** What of a frame a capture has. */
export type Captured = Pick<Frame, "direction" | "connection" | "broker" | "apiKey" | "api" | "apiVersion" | "correlationId" | "size" | "at" | "bytes" | "redacted" | "unreadable">;

/** Addresses from RFC 2544's block for benchmarks, which nobody has: 198.18 for the page, 198.19 for brokers. */
const [pageNet, brokerNet] = [0xc6120000, 0xc6130000];
const brokerPort = 9092;
const [firstPort, ports] = [49152, 16384];

/** How a connection starts: maximum segment size and window scale 14, so that no window is ever full. */
const synOptions = [2, 4, maxSegment >> 8, maxSegment & 0xff, 1, 3, 3, 14];

/** A connection, with the next sequence number of each side. */
interface Connection {
  page: End;
  broker: End;
  sent: number;
  received: number;
}

/**
 * Writes frames as a capture, in pcapng: each connection as TCP from a made-up address to port 9092 of another, which
 * has the broker's address as its name. Times are those measured, in microseconds. Of a frame whose bytes aren't all
 * known only the first packet has some; all have their true length, and a comment says it; a request's API key, version and correlation id are there
 * nevertheless. comment is about the whole.
 */
export function* pcapng(frames: readonly Captured[], comment = ""): Generator<Uint8Array> {
  const addresses = new Map<string, number>();
  for (const { broker } of frames) if (!addresses.has(broker)) addresses.set(broker, brokerNet + addresses.size + 1);
  yield block(0x0a0d0d0a, uint(4, 0x1a2b3c4d), uint(2, 1), uint(2, 0), uint(8, 0xffffffffffffffffn), option(4, text("kafkaio")), ...(comment ? [option(1, text(comment))] : []), option(0));
  yield block(1, uint(2, 101), uint(2, 0), uint(4, 0), option(2, text("kafkaio")), option(9, uint(1, 6)), option(0)); // raw IP, microseconds
  yield names(addresses);

  const connections = new Map<number, Connection>();
  for (const frame of [...frames].sort((a, b) => a.at - b.at)) {
    const time = BigInt(Math.round(frame.at * 1000));
    let c = connections.get(frame.connection);
    if (!c) {
      const n = connections.size;
      const page = { address: pageNet + Math.floor(n / ports) + 1, port: firstPort + (n % ports) };
      connections.set(frame.connection, (c = { page, broker: { address: addresses.get(frame.broker)!, port: brokerPort }, sent: 1, received: 1 }));
      yield* handshake(c, time);
    }
    yield* segments(c, frame, time);
  }
}

/** The names of addresses: a block of IPv4 records. */
function names(addresses: Map<string, number>): Uint8Array {
  const records = [...addresses].map(([name, address]) => {
    const big = new Uint8Array(4);
    new DataView(big.buffer).setUint32(0, address);
    return option(1, Uint8Array.from([...big, ...text(name), 0]));
  });
  return block(4, ...records, option(0));
}

function* handshake({ page, broker }: Connection, time: bigint): Generator<Uint8Array> {
  const steps: Segment[] = [
    { from: page, to: broker, sequence: 0, acknowledged: 0, flags: flags.syn, options: synOptions },
    { from: broker, to: page, sequence: 0, acknowledged: 1, flags: flags.syn | flags.ack, options: synOptions },
    { from: page, to: broker, sequence: 1, acknowledged: 1, flags: flags.ack },
  ];
  for (const step of steps) yield packetBlock(time, packet(step));
}

function* segments(c: Connection, frame: Captured, time: bigint): Generator<Uint8Array> {
  const isRequest = frame.direction === "request";
  let known = frame.bytes ?? headOf(frame);
  // A packet that isn't cut, before one that is, has Wireshark wait for what never comes, and read nothing.
  if (known.length < frame.size) known = known.subarray(0, maxSegment - 1);
  const said = commentOf(frame, known.length);
  for (let at = 0; at < frame.size; at += maxSegment) {
    const length = Math.min(maxSegment, frame.size - at);
    const [from, to] = isRequest ? [c.page, c.broker] : [c.broker, c.page];
    const [sequence, acknowledged] = isRequest ? [c.sent, c.received] : [c.received, c.sent];
    const segment = { from, to, sequence, acknowledged, flags: flags.ack | (at + length === frame.size ? flags.psh : 0), payload: known.subarray(at, at + length), length };
    yield packetBlock(time, packet(segment), at === 0 ? said : "");
    if (isRequest) c.sent = (c.sent + length) >>> 0;
    else c.received = (c.received + length) >>> 0;
  }
}

/** What is known of a frame without its bytes: its length, and as far as they can be read API, version, correlation id. */
function headOf({ direction, apiKey, apiVersion, correlationId, size }: Captured): Uint8Array {
  if (apiKey < 0) return new Uint8Array();
  const head = new DataView(new ArrayBuffer(direction === "request" ? 12 : 8));
  head.setInt32(0, size - 4);
  if (direction === "request") {
    head.setInt16(4, apiKey);
    head.setInt16(6, apiVersion);
  }
  head.setInt32(head.byteLength - 4, correlationId);
  return new Uint8Array(head.buffer, 0, Math.min(head.byteLength, size));
}

/** What a packet's comment says of the frame that begins in it; empty of one that is whole. */
function commentOf({ api, apiVersion, direction, size, redacted, unreadable, bytes }: Captured, known: number): string {
  const name = api && `${api} v${apiVersion} ${direction}: `;
  if (unreadable !== undefined) return `${name}unreadable: ${unreadable}`;
  if (redacted) return `${name}redacted (${redacted}): its ${size} bytes are not shown`;
  if (known < size) return `${name}${bytes ? `the first ${known}` : "none"} of its ${size} bytes are here`;
  return "";
}
