// Writes a capture for tshark to standard output. Its frames are those that tshark_test.go of explorertest expects.
import { pcapng } from "../../../explorer/text/pcapng.js";
import { frame, response } from "../fake_frames.js";

declare const process: { stdout: { write(bytes: Uint8Array): void } };

/** A request with the client id "kx". */
function requestBytes(apiKey: number, apiVersion: number, correlationId: number, body: number): Uint8Array {
  const bytes = new Uint8Array(16 + body);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, bytes.length - 4);
  view.setInt16(4, apiKey);
  view.setInt16(6, apiVersion);
  view.setInt32(8, correlationId);
  view.setInt16(12, 2);
  bytes.set([0x6b, 0x78], 14);
  return bytes;
}

/** ApiVersions' answer of version 0: Metadata from 0 to 12. */
const versions = Uint8Array.of(0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 3, 0, 0, 0, 12);

const [first, second] = ["kafka-1.example:9093", "127.0.0.1:1234"];
const asked = frame({ apiKey: 18, api: "ApiVersions", apiVersion: 0, bytes: requestBytes(18, 0, 1, 0), broker: first, at: 1_700_000_000_000.25 });
const secret = frame({ redacted: "sasl", apiKey: 36, api: "SaslAuthenticate", apiVersion: 2, correlationId: 4, size: 500, broker: first, at: asked.at + 5 });
const produce = { apiKey: 0, api: "Produce", apiVersion: 9, size: 200_016, broker: second };
const large = requestBytes(0, 9, 5, 200_000);
const cut = frame({ ...produce, connection: 2, correlationId: 5, bytes: large.subarray(0, 65_536), at: asked.at + 6 });
const whole = frame({ ...produce, connection: 3, correlationId: 6, bytes: requestBytes(0, 9, 6, 200_000), at: asked.at + 7 });
const after = frame({ apiKey: 18, api: "ApiVersions", apiVersion: 0, connection: 2, correlationId: 7, bytes: requestBytes(18, 0, 7, 0), broker: second, at: asked.at + 9 });

const frames = [asked, response(asked, 2.5, { bytes: versions }), secret, response(secret, 1, { redacted: "sasl", size: 100 }), cut, whole, after];
for (const part of pcapng(frames, "a sample")) process.stdout.write(part);
