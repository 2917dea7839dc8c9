import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { checksum, maxSegment, packet } from "../../explorer/text/packet.js";
import { pcapng } from "../../explorer/text/pcapng.js";
import { frame, response } from "./fake_frames.js";

/** The packets of a capture: its blocks of type 6. */
function packetsOf(parts: Iterable<Uint8Array>) {
  const packets: { time: bigint; captured: number; length: number; tcp: DataView; ip: DataView; comment: string }[] = [];
  for (const b of parts) {
    const v = new DataView(b.buffer, b.byteOffset, b.length);
    equal(v.getUint32(4, true), b.length);
    equal(v.getUint32(b.length - 4, true), b.length);
    equal(b.length % 4, 0);
    if (v.getUint32(0, true) !== 6) continue;
    const captured = v.getUint32(20, true);
    const after = 28 + Math.ceil(captured / 4) * 4;
    const comment = after < b.length - 4 ? new TextDecoder().decode(b.subarray(after + 4, after + 4 + v.getUint16(after + 2, true))) : "";
    const time = (BigInt(v.getUint32(12, true)) << 32n) | BigInt(v.getUint32(16, true));
    packets.push({ time, captured, length: v.getUint32(24, true), ip: new DataView(b.buffer, b.byteOffset + 28, captured), tcp: new DataView(b.buffer, b.byteOffset + 48, captured - 20), comment });
  }
  return packets;
}

test("a checksum is RFC 1071's", () => {
  equal(checksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7)), ~0xddf2 & 0xffff);
  equal(checksum(Uint8Array.of(1)), ~0x0100 & 0xffff);
  const { bytes } = packet({ from: { address: 1, port: 2 }, to: { address: 3, port: 4 }, sequence: 5, acknowledged: 6, flags: 16, payload: Uint8Array.of(1, 2, 3) });
  equal(checksum(bytes.subarray(0, 20)), 0, "IPv4");
  equal(checksum(Uint8Array.of(...bytes.subarray(12, 20), 0, 6, 0, 23, ...bytes.subarray(20))), 0, "TCP");
});

test("each connection begins with a handshake, and sequence numbers count bytes", () => {
  const a = frame({ bytes: new Uint8Array(30), at: 1000.25 });
  const b = frame({ bytes: new Uint8Array(10), correlationId: 2, at: 1003 });
  const p = packetsOf(pcapng([a, response(a, 1.5, { bytes: new Uint8Array(50), size: 50 }), b]));
  deepEqual(p.map((x) => [x.tcp.getUint8(13), x.tcp.getUint32(4), x.tcp.getUint32(8)]), [[2, 0, 0], [18, 0, 1], [16, 1, 1], [24, 1, 1], [24, 1, 31], [24, 31, 51]]);
  deepEqual(p.map((x) => x.time), [1000250n, 1000250n, 1000250n, 1000250n, 1001750n, 1003000n]);
  deepEqual(p.map((x) => [x.tcp.getUint16(0) === 9092, x.tcp.getUint16(2) === 9092]).slice(3, 5), [[false, true], [true, false]]);
});

test("a large frame is as many packets as it takes, and what wasn't kept is cut", () => {
  const size = 3 * maxSegment + 7;
  const p = packetsOf(pcapng([frame({ size, bytes: new Uint8Array(maxSegment + 5) })])).slice(3);
  deepEqual(p.map((x) => x.length - 40), [maxSegment, maxSegment, maxSegment, 7]);
  deepEqual(p.map((x) => x.captured - 40), [maxSegment - 1, 0, 0, 0]);
  deepEqual(p.map((x) => x.tcp.getUint32(4)), [1, 1 + maxSegment, 1 + 2 * maxSegment, 1 + 3 * maxSegment]);
  ok(p[0]!.comment.includes(`the first ${maxSegment - 1} of its ${size} bytes`), p[0]!.comment);
});

test("a redacted frame says so, keeps its size, and tells its API, version and correlation id", () => {
  const [p] = packetsOf(pcapng([frame({ redacted: "sasl", api: "SaslAuthenticate", apiKey: 36, apiVersion: 2, correlationId: 77, size: 500 })])).slice(3);
  equal(p!.length, 540);
  equal(p!.captured, 52);
  deepEqual([p!.tcp.getInt32(20), p!.tcp.getInt16(24), p!.tcp.getInt16(26), p!.tcp.getInt32(28)], [496, 36, 2, 77]);
  equal(p!.comment, "SaslAuthenticate v2 request: redacted (sasl): its 500 bytes are not shown");
  const [tls] = packetsOf(pcapng([frame({ redacted: "tls", api: "", apiKey: -1, size: 9 })])).slice(3);
  deepEqual([tls!.length, tls!.captured, tls!.comment], [49, 40, "redacted (tls): its 9 bytes are not shown"]);
});

test("packets are in the order of their times, across connections", () => {
  const p = packetsOf(pcapng([frame({ at: 5 }), frame({ connection: 2, at: 3 })]));
  deepEqual(p.map((x) => x.time), [3000n, 3000n, 3000n, 3000n, 5000n, 5000n, 5000n, 5000n]);
  ok(p[0]!.tcp.getUint16(0) !== p[4]!.tcp.getUint16(0), "two connections have one port");
});
