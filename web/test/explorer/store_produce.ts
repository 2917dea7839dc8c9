import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import type { Kafka, NewRecord, Produced, ProduceOptions } from "kafkaio";
import { Draft } from "../../explorer/store/draft.js";
import { parseAt, ProduceStore } from "../../explorer/store/produce.js";
import { adviceOfProduce } from "../../explorer/store/produce_advice.js";
import type { Session } from "../../explorer/store/session.js";
import { kafkaError, settled } from "./fake_kafka.js";
import { record } from "./fake_messages.js";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A store whose records the test answers. */
function storeOf(more: Partial<Kafka> = {}) {
  const sent: { record: NewRecord; options: ProduceOptions; answer(result: Produced | Error): void }[] = [];
  const produce = (record: NewRecord, options: ProduceOptions) =>
    new Promise<Produced>((resolve, reject) => sent.push({ record, options, answer: (r) => (r instanceof Error ? reject(r) : resolve(r)) }));
  const store = new ProduceStore({ kafka: { produce, ...more } as unknown as Kafka } as Session);
  return { store, sent };
}

const stored: Produced = { topic: "orders", partition: 2, offset: 2n ** 60n, timestamp: 1 };

test("a double click sends once, and a further click needs an edit", async () => {
  const { store, sent } = storeOf();
  store.draft.topic = "orders";
  void store.send(undefined, true);
  void store.send(undefined, true);
  equal(sent.length, 1);
  sent[0]!.answer(stored);
  await settled();
  await store.send(undefined, true);
  deepEqual([sent.length, store.results], [1, [stored]]);
  store.edited();
  void store.send(undefined, true);
  equal(sent.length, 2);
});

test("what is edited while it is sent can be sent, too", async () => {
  const { store, sent } = storeOf();
  store.draft.topic = "orders";
  void store.send(undefined, true);
  store.draft.value.edit("other");
  store.edited();
  void store.send(undefined, true);
  equal(sent.length, 1);
  sent[0]!.answer(stored);
  await settled();
  void store.send(undefined, true);
  deepEqual(sent[1]!.record.value, utf8("other"));
});

test("a failure says whether the record is stored, and stays until it is sent again", async () => {
  const { store, sent } = storeOf();
  store.draft.topic = "orders";
  void store.send(undefined, true);
  sent[0]!.answer(Object.assign(kafkaError("ERR_TIMEOUT"), { outcomeUnknown: true }));
  await settled();
  store.edited();
  match(adviceOfProduce(store.error).title, /Nobody knows/);
  match(adviceOfProduce(kafkaError("MESSAGE_TOO_LARGE")).title, /not stored/);
  equal(adviceOfProduce(new Error("no")).title, "Not sent.");
  void store.send(undefined, true);
  equal(store.error, undefined);
});

test("a record that nobody touches is sent as it is stored", async () => {
  const source = record(5n, {
    key: new Uint8Array([0xff]), value: utf8('{"a":1e2,\r\n"a":1}'), timestamp: 0,
    headers: [["n", null], ["", utf8("")], ["n", new Uint8Array([0, 1])], ["é", utf8("x\ry")]],
  });
  const { store, sent } = storeOf({ record: async (at) => (deepEqual(at, { topic: "orders", partition: 0, offset: 5n }), source) });
  await store.load("orders/0/5", "other");
  void store.send(undefined, false);
  const { topic, value, key, headers, timestamp, partition } = sent[0]!.record;
  deepEqual({ topic, value, key, headers: [...headers!], timestamp, partition }, { topic: "other", value: source.value, key: source.key, headers: source.headers, timestamp: 0, partition: undefined });
  deepEqual(sent[0]!.options, { compression: "none", acks: "all" });
});

test("what can't be sent as it is stored isn't changed silently", () => {
  const draft = Draft.of(record(5n, { timestamp: -1, headers: [["a\ufffd", null], ["b", null]] }));
  equal(draft.lacksTime, true);
  equal(Draft.of(record(5n, { timestamp: 2 ** 60 })).lacksTime, true);
  equal(Draft.of(record(5n)).lacksTime, false);
  deepEqual((draft.record(1, true) as { part: string }[]).map((p) => p.part), ["Header 1"]);
  draft.headers[0]!.name = "a";
  draft.addHeader("\ufffd", null); // by hand
  deepEqual((draft.record(1, true) as NewRecord).headers, [["a", null], ["b", null], ["\ufffd", null]]);
});

test("a record that isn't there is said so, and one that comes late doesn't take the place of another", async () => {
  const { store } = storeOf({ record: async ({ offset }) => (offset === 1n ? null : record(offset)) });
  await store.load("orders/0/1", "");
  match(String(store.loadError), /isn't there/);
  await store.load("orders/x/1", "");
  match(String(store.loadError), /names no record/);
  const late = store.load("orders/0/2", "");
  await store.load("orders/0/3", "");
  await late;
  deepEqual([store.from, store.draft.value.text, store.loading], ["orders/0/3", "value 3", false]);
});

test("a draft says all that is wrong with it", () => {
  const draft = new Draft();
  draft.key.setFormat("hex");
  draft.key.edit("x");
  draft.addHeader();
  draft.headers[0]!.field.setFormat("base64");
  draft.headers[0]!.field.edit("?");
  [draft.partition, draft.timestamp] = ["3", "tomorrow"];
  deepEqual((draft.record(3, true) as { part: string }[]).map((p) => p.part), ["Key", "Header 1", "Topic", "Partition", "Time"]);
});

test("partition and time are sent as they are given", () => {
  const draft = new Draft();
  Object.assign(draft, { topic: "orders", partition: " 2 ", timestamp: "2026-01-31 12:30:05.123" });
  draft.addHeader("a", null);
  draft.addHeader("a");
  draft.removeHeader(draft.headers[0]!);
  deepEqual(draft.record(3, true), { topic: "orders", key: null, value: utf8(""), headers: [["a", utf8("")]], partition: 2, timestamp: Date.UTC(2026, 0, 31, 12, 30, 5, 123) });
});

test("a large record raises the package's limit", async () => {
  const { store, sent } = storeOf();
  store.draft.topic = "orders";
  store.draft.value.edit("x".repeat(900_000));
  void store.send(undefined, true);
  equal(sent[0]!.options.maxMessageBytes, 100_000_000);
});

test("the partition of a key is that of the last question", async () => {
  const answers: ((n: number) => void)[] = [];
  const { store } = storeOf({ partitionFor: () => new Promise<number>((resolve) => answers.push(resolve)) });
  store.draft.topic = "orders";
  await store.locate();
  equal(answers.length, 0);
  store.draft.key.setFormat("text");
  const first = store.locate();
  store.draft.key.edit("k");
  const second = store.locate();
  answers[1]!(1);
  answers[0]!(0);
  await Promise.all([first, second]);
  equal(store.partition, 1);
});

test("a place of a record is a topic, a partition and an offset", () => {
  deepEqual(parseAt("a.b/0/9223372036854775807"), { topic: "a.b", partition: 0, offset: 2n ** 63n - 1n });
  for (const wrong of ["", "a/0", "a/-1/0", "a/0/x", "/0/0", "a/b/0/0"]) equal(parseAt(wrong), undefined);
});
