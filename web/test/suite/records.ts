import type { NewRecord } from "kafkaio";
import golden from "../../wasm/internal/port/testdata/records.json";
import { KafkaError } from "../../src/errors.js";
import { RecordWriter } from "../../src/record_writer.js";
import { equal, test } from "./harness.js";

type Part = string | null | { bytes: string };

/** What the golden file says of bytes, a text or null. */
const part = (p: Part) => (typeof p === "object" && p !== null ? Uint8Array.from(p.bytes.match(/../g) ?? [], (b) => parseInt(b, 16)) : p);

test("records are those of the golden file", async () => {
  for (const { name, records, bytes } of golden as { name: string; records: Record<string, unknown>[]; bytes: string }[]) {
    const writer = new RecordWriter();
    for (const r of records) {
      const record = { ...r, value: part(r.value as Part) } as NewRecord;
      if ("key" in r) record.key = part(r.key as Part);
      if ("headers" in r) record.headers = (r.headers as [string, Part][]).map(([n, v]) => [n, part(v)] as const);
      writer.add(record);
    }
    equal([...writer.bytes].map((b) => b.toString(16).padStart(2, "0")).join(""), bytes, name);
  }
});

test("records that make no sense name the field, and leave nothing behind", async () => {
  const wrong: [unknown, string][] = [
    [null, "record"],
    ["text", "record"],
    [{ topic: "t" }, "value"],
    [{ topic: "t", value: undefined }, "value"],
    [{ topic: "t", value: 1 }, "value"],
    [{ topic: "t", value: new Uint16Array(1) }, "value"],
    [{ topic: "t", value: { [Symbol.toStringTag]: "Uint8Array", length: 1 } }, "value"],
    [{ topic: "", value: "v" }, "topic"],
    [{ value: "v" }, "topic"],
    [{ topic: "t", value: "v", offset: 1n }, "offset"],
    [{ topic: "t", value: "v", key: 7 }, "key"],
    [{ topic: "t", value: "v", partition: -1 }, "partition"],
    [{ topic: "t", value: "v", partition: 2 ** 31 }, "partition"],
    [{ topic: "t", value: "v", timestamp: -1 }, "timestamp"],
    [{ topic: "t", value: "v", timestamp: 1e13 }, "timestamp"],
    [{ topic: "t", value: "v", timestamp: new Date() }, "timestamp"],
    [{ topic: "t", value: "v", headers: { a: "b" } }, "headers"],
    [{ topic: "t", value: "v", headers: [["a", "b"], ["a"]] }, "headers[1]"],
    [{ topic: "t", value: "v", headers: [["a", undefined]] }, "headers[0]"],
    [{ topic: "t", value: "v", headers: [{ key: "trace", value: "x" }] }, "headers[0]"],
  ];
  const writer = new RecordWriter();
  writer.add({ topic: "t", value: "before" });
  const before = [...writer.bytes];
  for (const [record, name] of wrong) {
    let error: unknown;
    try {
      writer.add(record as NewRecord);
    } catch (e) {
      error = e;
    }
    equal(KafkaError.is(error, "ERR_MISMATCH_ARGUMENT") && error.message.includes(name), true, `${String(error)} names ${name}`);
    equal([...writer.bytes], before, "what is written");
  }
});
