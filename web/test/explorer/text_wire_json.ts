import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Field } from "kafkaio";
import { blobOf } from "../../explorer/text/blob.js";
import { wireJSON } from "../../explorer/text/wire_json.js";
import { frame, response } from "./fake_frames.js";

const field: Field = { name: "Offset", type: "int64", value: 9007199254740993n, start: 0, end: 8, fields: [{ name: "Data", type: "bytes", value: Uint8Array.of(0, 255), start: 8, end: 10 }] };

test("JSON has 64-bit integers as decimal strings, and bytes in base64", async () => {
  const request = frame({ bytes: Uint8Array.of(0, 1, 254, 255), decode: async () => field });
  const answer = response(request, 1.25, { decode: async () => Promise.reject(new Error("the client is closed")) });
  const secret = frame({ redacted: "sasl", decode: async () => field });
  const said: number[] = [];
  const blob = await blobOf(wireJSON([request, answer, secret], (n) => said.push(n)), "application/json");
  const [a, b, c] = JSON.parse(await blob.text());
  equal(a.bytes, "AAH+/w==");
  deepEqual(a.message, { name: "Offset", type: "int64", value: "9007199254740993", start: 0, end: 8, fields: [{ name: "Data", type: "bytes", value: "AP8=", start: 8, end: 10 }] });
  deepEqual([b.latency, b.undecoded], [1.25, "the client is closed"]);
  deepEqual([c.redacted, "bytes" in c], ["sasl", false]);
  deepEqual(said, [3]);
  equal(blob.type, "application/json");
});

test("no frames are an empty array", async () => {
  deepEqual(JSON.parse(await (await blobOf(wireJSON([]), "application/json")).text()), []);
});
