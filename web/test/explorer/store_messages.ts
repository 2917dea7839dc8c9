import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { formatQuery, parsePlace, parseQuery, type Query } from "../../explorer/store/message_query.js";
import { MessageRing } from "../../explorer/store/message_ring.js";
import { MessagesStore } from "../../explorer/store/messages.js";
import { kafkaError } from "./fake_kafka.js";
import { at, batch, FakeMessages, record } from "./fake_messages.js";

const query = (search = ""): Query => parseQuery(new URLSearchParams(search));
const storeOf = (fake: FakeMessages) => new MessagesStore(fake.session, "orders");
const offsets = (store: MessagesStore) => store.rows.map((r) => Number(r.record.offset));
const many = (n: number, from = 0) => Array.from({ length: n }, (_, i) => record(BigInt(from + i)));
const turn = () => new Promise((r) => setTimeout(r));

test("a query survives the URL", () => {
  for (const search of ["", "from=live", "from=newest:7", "from=offset:9223372036854775807&partition=0,3", "from=time:1700000000123&text=a&key=b&header=c%3Dd"]) {
    const written = new URLSearchParams(Object.entries(formatQuery(query(search))).filter(([, v]) => v !== ""));
    deepEqual(query(written.toString()), query(search), search);
    equal(decodeURIComponent(written.toString()), decodeURIComponent(search));
  }
  for (const bad of ["from=offset:-1", "from=offset:9223372036854775808", "from=newest:0", "from=x", "partition=a"]) deepEqual(query(bad), query(), bad);
});

test("the open message of the URL is a partition and an offset", () => {
  deepEqual(parsePlace("3/9223372036854775807"), { partition: 3, offset: 9223372036854775807n });
  for (const bad of ["", "3", "3/", "/3", "3/9223372036854775808", "3/4/5", "-1/2"]) equal(parsePlace(bad), undefined, bad);
});

test("a scan counts what it reads, and says that it is at the end", async () => {
  const fake = new FakeMessages([[
    batch([record(3n), record(4n)], { skipped: { filtered: 3, control: 1, aborted: 2, gaps: 2n ** 60n } }),
    batch([record(9n)]),
  ]]);
  fake.progress = { partitions: [at(0, 0n, 10n, 12n)], scanned: 6, matched: 3, bytes: 777 };
  const store = storeOf(fake);
  await store.start(query("from=beginning&text=x"));
  deepEqual([store.ended, store.tally.scanned, store.tally.matched, store.tally.bytes, store.lag], ["end", 6, 3, 777, 2n]);
  deepEqual(store.tally.skipped, { filtered: 3, control: 1, aborted: 2, gaps: 2n ** 60n });
  deepEqual([fake.consumed[0]!.from, fake.consumed[0]!.until, fake.consumed[0]!.filter], ["earliest", "end", { text: "x" }]);
  equal(fake.closed, 1);
});

test("a full page ends the scan, and resume reads on with the batch that had no room", async () => {
  const fake = new FakeMessages([[batch(many(2005)), batch(many(1, 2005))], [batch(many(1, 2005))]]);
  const store = storeOf(fake);
  await store.start(query("from=beginning"));
  deepEqual([store.ended, store.rows.length, store.tally.scanned, store.dropped], ["enough", 2005, 2005, 0]);
  await store.resume();
  deepEqual(fake.consumed[1]!.partitions, [{ topic: "orders", partition: 0, from: { offset: 2005n } }]);
  deepEqual([store.ended, store.tally.scanned, offsets(store)], ["end", 2006, [2005]]);
});

test("stop ends at once, and resume goes on after what was read", async () => {
  const fake = new FakeMessages([[batch([record(5n)]), "wait"], [batch([record(6n)])]]);
  const store = storeOf(fake);
  const run = store.start(query("from=live&partition=0"));
  while (store.tally.matched === 0) await turn();
  store.stop();
  equal(fake.consumed[0]!.signal!.aborted, true);
  await run;
  deepEqual([store.ended, store.error], ["stopped", undefined]);
  await store.resume();
  deepEqual([fake.consumed[1]!.partitions, fake.consumed[1]!.until], [[{ topic: "orders", partition: 0, from: { offset: 6n } }], undefined]);
  deepEqual(offsets(store), [5, 6]);
});

test("a live tail goes on from where it began in partitions that had nothing before the stop", async () => {
  const fake = new FakeMessages([
    [[at(0, 0n, 5n), at(1, 0n, 9n)], batch([record(5n)], { next: 6n }), "wait"],
    [batch([record(9n, { partition: 1 })], { partition: 1 }), [at(0, 0n, 6n), at(1, 0n, 10n)]],
  ]);
  fake.partitions = 2;
  const store = storeOf(fake);
  const run = store.start(query("from=live"));
  while (store.partitions.length === 0) await turn();
  store.stop();
  await run;
  await store.resume();
  deepEqual(fake.consumed[1]!.partitions, [
    { topic: "orders", partition: 0, from: { offset: 6n } },
    { topic: "orders", partition: 1, from: { offset: 9n } },
  ]);
  deepEqual([offsets(store), store.wentBack], [[5, 9], undefined]);
});

test("one who comes back sees the newest anew, and what was left or failed goes on", async () => {
  const cases: [string, ConstructorParameters<typeof FakeMessages>[0][0], string, number, number][] = [
    ["", [batch([record(5n)]), [at(0, 0n, 6n)]], "enough", 2, 2],
    ["", [[at(0, 5n, 5n)]], "end", 2, 2],
    ["from=beginning", [[at(0, 5n, 5n)]], "end", 1, 1],
    ["from=live", ["wait"], "left", 1, 2],
    ["", [kafkaError("ERR_TIMEOUT")], "failed", 1, 2],
  ];
  for (const [search, script, ended, started, consumers] of cases) {
    const fake = new FakeMessages([script]);
    const store = storeOf(fake);
    const run = store.start(query(search));
    if (search === "from=live") store.stop("left");
    await run;
    equal(store.ended, ended);
    await store.comeBack();
    deepEqual([store.started, fake.consumed.length], [started, consumers], `${search} ${ended}`);
  }
});

test("a search that the user stopped stays stopped", async () => {
  const fake = new FakeMessages([[batch([record(5n)]), "wait"]]);
  const store = storeOf(fake);
  const run = store.start(query());
  while (store.tally.matched === 0) await turn();
  store.stop();
  await run;
  await store.comeBack();
  deepEqual([store.ended, fake.consumed.length], ["stopped", 1]);
});

test("a scan that was stopped reads up to the end that there was, and later what came since", async () => {
  const fake = new FakeMessages([
    [[at(0, 0n, 0n, 9n), at(1, 0n, 0n, 4n), at(2, 0n, 2n, 2n)], batch([record(5n)]), batch([record(3n, { partition: 1 })], { partition: 1 }), "wait"],
    [[at(0, 0n, 6n, 50n)], batch(many(3, 6))],
    [],
  ]);
  fake.partitions = 4; // the last one wasn't found before the stop
  const store = storeOf(fake);
  const run = store.start(query("from=beginning"));
  while (store.partitions.length === 0) await turn();
  store.stop();
  await run;
  await store.resume();
  deepEqual(fake.consumed[1]!.partitions, [
    { topic: "orders", partition: 0, from: { offset: 6n }, until: 9n },
    { topic: "orders", partition: 2, until: 2n },
    { topic: "orders", partition: 3 },
  ]);
  equal(store.ended, "end");
  await store.resume();
  deepEqual(fake.consumed[2]!.partitions!.slice(0, 2), [{ topic: "orders", partition: 0, from: { offset: 9n } }, { topic: "orders", partition: 1, from: { offset: 4n } }]);
});

test("a topic that was made again is read anew when the reading goes on", async () => {
  const fake = new FakeMessages([[batch([record(5n)]), "wait"], [batch([record(0n)])]]);
  const store = storeOf(fake);
  const run = store.start(query("from=live"));
  while (store.tally.matched === 0) await turn();
  store.stop();
  await run;
  fake.topicId = "b";
  await store.resume();
  deepEqual([fake.consumed[1]!.topics, fake.consumed[1]!.from], [["orders"], "earliest"]);
  deepEqual([offsets(store), store.wentBack !== undefined], [[0], true]);
});

test("offsets that begin anew under a live tail are told", async () => {
  const store = storeOf(new FakeMessages([[batch([record(7n)]), batch([record(0n)])]]));
  await store.start(query("from=live"));
  deepEqual([offsets(store), store.wentBack], [[7, 0], { partition: 0, from: 8n, to: 0n }]);
});

test("a live tail counts what it drops", async () => {
  const store = storeOf(new FakeMessages([[batch(many(5000))]]));
  await store.start(query("from=live"));
  deepEqual([store.tally.matched, store.rows.length, store.dropped, store.rows[0]!.id, store.rows[0]!.record.offset], [5000, 2000, 3000, 3000, 3000n]);
});

test("what isn't live is in the order of time", async () => {
  const times = [[5n, 30], [6n, 10], [7n, 20]] as const;
  const store = storeOf(new FakeMessages([[batch(times.map(([offset, timestamp]) => record(offset, { timestamp })))]]));
  await store.start(query("from=beginning"));
  deepEqual(offsets(store), [6, 7, 5]);
  deepEqual(store.rows.map((r) => r.id), [0, 1, 2]);
});

test("key and header are looked for in the page beside a text", async () => {
  const header = [["h", new TextEncoder().encode("abc")]] as const;
  const fake = new FakeMessages([[batch([record(0n, { keyText: "k1", headers: header }), record(1n, { keyText: "k1" }), record(2n, { headers: header })])]]);
  const store = storeOf(fake);
  await store.start(query("from=beginning&text=v&key=k&header=h%3Db"));
  deepEqual([offsets(store), store.tally.skipped.filtered, store.tally.matched], [[0], 2, 1]);
});

test("a failure is kept, with what was read before", async () => {
  const store = storeOf(new FakeMessages([[batch([record(0n)]), kafkaError("TOPIC_AUTHORIZATION_FAILED")]]));
  await store.start(query());
  deepEqual([store.ended, (store.error as { code: string }).code, offsets(store)], ["failed", "TOPIC_AUTHORIZATION_FAILED", [0]]);
});

test("that a partition can't be read is told while others are", async () => {
  const fake = new FakeMessages([[batch([record(3n)]), "wait"]]);
  const store = storeOf(fake);
  const run = store.start(query("from=live"));
  fake.consumed[0]!.onRetry!(Object.assign(kafkaError("ERR_BROKER_UNREACHABLE"), { partition: 1 }));
  while (store.tally.matched === 0) await turn();
  equal(store.retrying?.partition, 1);
  store.stop();
  await run;
});

test("a topic that is gone is being tried again, until it is back", async () => {
  const fake = new FakeMessages([[batch([record(3n)]), "wait"]]);
  const store = storeOf(fake);
  const run = store.start(query("from=live"));
  fake.consumed[0]!.onRetry!(kafkaError("UNKNOWN_TOPIC_OR_PARTITION"));
  equal(store.retrying?.code, "UNKNOWN_TOPIC_OR_PARTITION");
  while (store.tally.matched === 0) await turn();
  equal(store.retrying, undefined);
  store.stop();
  fake.consumed[0]!.onRetry!(kafkaError("UNKNOWN_TOPIC_OR_PARTITION"));
  equal(store.retrying, undefined, "of a run that has ended");
  await run;
});

test("what is shown is bounded by bytes", () => {
  const ring = new MessageRing(10_000, 1 << 20);
  for (let i = 0n; i < 5000n; i++) ring.add(record(i, { value: new Uint8Array(4096) }));
  ok(ring.bytes <= 1 << 20 && ring.bytes > 1 << 19);
  equal(ring.length + ring.dropped, 5000);
  equal(ring.list().at(-1)!.offset, 4999n);
});
