import golden from "../../wasm/internal/batch/testdata/batches.json";
import { readBatch } from "../../src/batch.js";
import type { KafkaRecord } from "kafkaio";
import { equal, rejects, test } from "./harness.js";

const bytesOf = (hex: string) => new Uint8Array((hex.match(/../g) ?? []).map((b) => parseInt(b, 16)));
const hex = (bytes: Uint8Array | null) => bytes && [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");

/** Describes a record as the golden file does. */
function describe(r: KafkaRecord): object {
  return {
    headers: r.headers.map(([name, value]) => [name, hex(value)]),
    key: hex(r.key),
    leaderEpoch: r.leaderEpoch,
    offset: String(r.offset),
    timestamp: r.timestamp,
    timestampType: r.timestampType,
    value: hex(r.value),
    valueLength: r.valueLength,
  };
}

/** The batch with other bytes around it, as in a message. */
function within(bytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(bytes.length + 20).fill(0xee);
  message.set(bytes, 11);
  return message.subarray(11, 11 + bytes.length);
}

test("batches are those of the golden file", async () => {
  for (const { name, bytes, batch: want } of golden) {
    const { batch, seek } = readBatch(within(bytesOf(bytes)));
    const { aborted, control, filtered, gaps } = batch.skipped;
    const got = {
      highWatermark: String(batch.highWatermark),
      next: String(batch.next),
      partition: batch.partition,
      records: batch.records.map(describe),
      seek,
      skipped: { aborted, control, filtered, gaps: String(gaps) },
      topic: batch.topic,
    };
    equal(got, want, name);
    equal(batch.records.map((r) => describe(r.detach())), want.records, `${name}, detached`);
  }
});

test("a cut or prolonged batch throws", async () => {
  for (const { name, bytes } of golden) {
    for (const wrong of [bytes + "00", ...Array.from({ length: bytes.length / 2 }, (_, i) => bytes.slice(0, 2 * i))]) {
      let thrown = false;
      try {
        readBatch(bytesOf(wrong));
      } catch (error) {
        thrown = error instanceof RangeError;
      }
      equal(thrown, true, `${name}: ${wrong} throws a RangeError`);
    }
  }
});

const batchOf = (name: string) => readBatch(bytesOf(golden.find((g) => g.name === name)!.bytes)).batch;

test("a record shows what it has", async () => {
  const [json, empty, odd] = batchOf("records").records;
  equal([json!.text("key"), json!.text(), json!.json()], ["key", '{"a":1}', { a: 1 }]);
  equal([empty!.text(), empty!.text("key"), empty!.json()], [null, null, null]);
  equal(odd!.text(), "\0\ufffd\ufffd");
  equal(JSON.parse(JSON.stringify(json)), {
    topic: "t", partition: 3, offset: "9007199254740993", timestamp: 1700000000123, timestampType: "create", leaderEpoch: 7,
    key: "key", value: '{"a":1}', valueLength: 7, headers: [],
  });
  equal((JSON.parse(JSON.stringify(odd)) as { value: unknown }).value, { base64: "AP+A" });
  equal(odd!.timestamp, 2 ** 63, "a timestamp that no date can hold");
  equal(json!.detach().value!.buffer.byteLength < 100, true, "a detached record has little memory");
});

test("a record has a text only of its key and its value", async () => {
  const [record] = batchOf("records").records;
  for (const read of [() => record!.text("values" as never), () => record!.json("headers" as never)]) {
    await rejects((async () => read())(), "ERR_MISMATCH_ARGUMENT");
  }
});

test("a cut value is no JSON", async () => {
  const [whole, cut] = batchOf("cut values").records;
  equal(whole!.json(), 123);
  equal(cut!.text(), "123");
  await rejects((async () => cut!.json())(), "ERR_LIMIT");
});
