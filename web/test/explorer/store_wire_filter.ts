import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { indexOfBytes, matcher, needleOf, noFilter, type WireFilter } from "../../explorer/store/wire_filter.js";
import { frame } from "./fake_frames.js";

const f = frame({ api: "Fetch", broker: "Kafka-1:9092", correlationId: 4711, bytes: new TextEncoder().encode("\0\0orders \0\xffx") });
const found = (q: string) => matcher({ ...noFilter, q })(f);

test("a search finds APIs and brokers in any case, whole correlation ids, text and bytes", () => {
  for (const q of ["", " ", "fetch", "FET", "kafka-1", ":9092", "4711", "orders", "0x6f72", "0x 6f 72".replace("0x ", "0x"), "0x0000"]) equal(found(q), true, q);
  for (const q of ["471", "Orders", "metadata", "0x6f73", "0xff00", "0x6"]) equal(found(q), false, q);
});

test("a frame without bytes is found by the rest", () => {
  const redacted = frame({ redacted: "sasl", api: "SaslHandshake" });
  equal(matcher({ ...noFilter, q: "sasl" })(redacted), true);
  equal(matcher({ ...noFilter, q: "0x00" })(redacted), false);
});

test("API, broker and direction are exact", () => {
  equal(matcher({ ...noFilter, api: "Fetch", broker: "Kafka-1:9092", direction: "request" })(f), true);
  equal(matcher({ ...noFilter, api: "Fet" })(f), false);
  equal(matcher({ ...noFilter, broker: "kafka-1:9092" })(f), false);
  equal(matcher({ ...noFilter, direction: "response" })(f), false);
});

test("bytes are found wherever they are", () => {
  const bytes = Uint8Array.from([1, 1, 2, 1, 1, 2, 3]);
  equal(indexOfBytes(bytes, Uint8Array.from([1, 1, 2, 3])), 3);
  equal(indexOfBytes(bytes, Uint8Array.from([3])), 6);
  equal(indexOfBytes(bytes, Uint8Array.from([3, 4])), -1);
  equal(indexOfBytes(bytes, Uint8Array.from([1, 1, 2]), 1), 3);
  deepEqual([...needleOf("0x00fF")], [0, 255]);
  deepEqual([...needleOf("0x0")], [0x30, 0x78, 0x30]);
});

test("probes of brokers are left out unless they are wanted", () => {
  const probe = frame({ apiKey: 18, api: "ApiVersions", apiVersion: 0 });
  const passes = (more: Partial<WireFilter>) => matcher({ ...noFilter, ...more })(probe);
  deepEqual([passes({}), passes({ probes: true }), passes({ api: "ApiVersions" })], [false, true, true]);
  equal(matcher(noFilter)(frame({ apiKey: 18, api: "ApiVersions", apiVersion: 4 })), true);
});
