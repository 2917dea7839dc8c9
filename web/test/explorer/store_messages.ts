import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { formatQuery, parseQuery, type Query } from "../../explorer/store/message_query.js";
import { MessageRing } from "../../explorer/store/message_ring.js";
import { MessagesStore } from "../../explorer/store/messages.js";
import { kafkaError } from "./fake_kafka.js";
import { batch, FakeMessages, record } from "./fake_messages.js";

const query = (search = ""): Query => parseQuery(new URLSearchParams(search));
const storeOf = (fake: FakeMessages) => new MessagesStore(fake.client, "orders");
const offsets = (store: MessagesStore) => store.ring.list().map((r) => Number(r.offset));
const many = (n: number) => Array.from({ length: n }, (_, i) => record(BigInt(i)));

test("a query survives the URL", () => {
  for (const search of ["", "from=live", "from=newest:7", "from=offset:9223372036854775807&partition=0,3", "from=time:1700000000123&text=a&key=b&header=c%3Dd"]) {
    const written = new URLSearchParams(Object.entries(formatQuery(query(search))).filter(([, v]) => v !== ""));
    deepEqual(query(written.toString()), query(search), search);
    equal(decodeURIComponent(written.toString()), decodeURIComponent(search));
  }
  for (const bad of ["from=offset:-1", "from=offset:9223372036854775808", "from=newest:0", "from=x", "partition=a"]) deepEqual(query(bad), query(), bad);
});

test("a scan counts what it reads, and says that it is at the end", async () => {
  const fake = new FakeMessages([[
    batch([record(0n), record(1n)], { skipped: { filtered: 3, control: 1, aborted: 2, gaps: 2n ** 60n } }),
    batch([record(9n)]),
  ]]);
  fake.progress = { partitions: [{ topic: "orders", partition: 0, start: 0n, position: 10n, end: 12n, lag: 2n }], scanned: 6, matched: 3, bytes: 777 };
  const store = storeOf(fake);
  await store.start(query("from=beginning&text=x"));
  deepEqual([store.ended, store.scanned, store.matched, store.bytes, store.lag], ["end", 6, 3, 777, 2n]);
  deepEqual(store.skipped, { filtered: 3, control: 1, aborted: 2, gaps: 2n ** 60n });
  deepEqual([fake.consumed[0]!.from, fake.consumed[0]!.until, fake.consumed[0]!.filter], ["earliest", "end", { text: "x" }]);
  equal(fake.closed, 1);
});

test("no messages says what was there instead", async () => {
  const fake = new FakeMessages([[batch([], { skipped: { filtered: 0, control: 2, aborted: 5, gaps: 7n } })]]);
  fake.progress.partitions = [{ topic: "orders", partition: 1, start: 40n, position: 40n, end: 40n, lag: 0n }];
  const store = storeOf(fake);
  await store.start(query("from=beginning"));
  equal(store.isEmpty, true);
  deepEqual(store.insteadOfMessages, { control: 2n, aborted: 5n, gaps: 7n, deleted: 40n });
});

test("a full page ends the scan, and resume reads on at the next record", async () => {
  const fake = new FakeMessages([[batch(many(2005))], [batch([record(2000n)])]]);
  const store = storeOf(fake);
  await store.start(query("from=beginning"));
  deepEqual([store.ended, store.ring.length, store.scanned, store.ring.dropped], ["enough", 2000, 2000, 0]);
  await store.resume();
  deepEqual(fake.consumed[1]!.partitions, [{ topic: "orders", partition: 0, from: { offset: 2000n } }]);
  deepEqual([store.ended, store.scanned, offsets(store)], ["end", 2001, [2000]]);
});

test("stop ends at once, and resume goes on after what was read", async () => {
  const fake = new FakeMessages([[batch([record(5n)]), "wait"], [batch([record(6n)])]]);
  const store = storeOf(fake);
  const run = store.start(query("from=live&partition=0"));
  while (store.matched === 0) await new Promise((r) => setTimeout(r));
  store.stop();
  equal(fake.consumed[0]!.signal!.aborted, true);
  await run;
  deepEqual([store.ended, store.error], ["stopped", undefined]);
  await store.resume();
  deepEqual(fake.consumed[1]!.partitions, [{ topic: "orders", partition: 0, from: { offset: 6n } }]);
  deepEqual(offsets(store), [5, 6]);
});

test("a live tail counts what it drops", async () => {
  const store = storeOf(new FakeMessages([[batch(many(5000))]]));
  await store.start(query("from=live"));
  deepEqual([store.matched, store.ring.length, store.ring.dropped, store.ring.list()[0]!.offset], [5000, 2000, 3000, 3000n]);
});

test("key and header are looked for in the page beside a text", async () => {
  const header = [["h", new TextEncoder().encode("abc")]] as const;
  const fake = new FakeMessages([[batch([record(0n, { keyText: "k1", headers: header }), record(1n, { keyText: "k1" }), record(2n, { headers: header })])]]);
  const store = storeOf(fake);
  await store.start(query("text=v&key=k&header=h%3Db"));
  deepEqual([offsets(store), store.skipped.filtered, store.matched], [[0], 2, 1]);
});

test("a failure is kept, with what was read before", async () => {
  const store = storeOf(new FakeMessages([[batch([record(0n)]), kafkaError("TOPIC_AUTHORIZATION_FAILED")]]));
  await store.start(query());
  deepEqual([store.ended, (store.error as { code: string }).code, offsets(store)], ["failed", "TOPIC_AUTHORIZATION_FAILED", [0]]);
});

test("a topic that is gone is being tried again, until it is back", async () => {
  const fake = new FakeMessages([[batch([record(3n)]), "wait"]]);
  const store = storeOf(fake);
  const run = store.start(query("from=live"));
  fake.consumed[0]!.onRetry!(kafkaError("UNKNOWN_TOPIC_OR_PARTITION"));
  equal(store.retrying?.code, "UNKNOWN_TOPIC_OR_PARTITION");
  while (store.matched === 0) await new Promise((r) => setTimeout(r));
  equal(store.retrying, undefined);
  store.stop();
  fake.consumed[0]!.onRetry!(kafkaError("UNKNOWN_TOPIC_OR_PARTITION"));
  equal(store.retrying, undefined, "of a run that has ended");
  await run;
});

test("an open record is read whole, and stays when the page goes on", async () => {
  const fake = new FakeMessages([[]]);
  const store = storeOf(fake);
  const cut = record(1n, { valueLength: 9000, value: new Uint8Array(4096) });
  fake.whole = () => record(1n, { value: new Uint8Array(9000) });
  await store.open(cut);
  deepEqual([store.opened!.isWhole, store.opened!.record.value!.length], [true, 9000]);
  await store.start(query());
  equal(store.opened!.record.offset, 1n);
  fake.whole = () => record(1n, { value: new Uint8Array(5) });
  await store.open(cut);
  ok(/made again/.test(String(store.opened!.error)), "another record at this offset");
  fake.whole = () => null;
  await store.open(cut);
  ok(/isn't there any more/.test(String(store.opened!.error)));
  equal(store.opened!.record, cut);
});

test("what is shown is bounded by bytes", () => {
  const ring = new MessageRing(10_000, 1 << 20);
  for (let i = 0n; i < 5000n; i++) ring.add(record(i, { value: new Uint8Array(4096) }));
  ok(ring.bytes <= 1 << 20 && ring.bytes > 1 << 19);
  equal(ring.length + ring.dropped, 5000);
  equal(ring.list().at(-1)!.offset, 4999n);
});
