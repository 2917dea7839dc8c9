import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { KafkaRecord } from "kafkaio";
import { parseQuery } from "../../explorer/store/message_query.js";
import { MessageNewest } from "../../explorer/store/message_newest.js";
import { costOf } from "../../explorer/store/message_ring.js";
import { MessagesStore } from "../../explorer/store/messages.js";
import { at, batch, FakeMessages, record } from "./fake_messages.js";

const query = (search: string) => parseQuery(new URLSearchParams(search));
const storeOf = (fake: FakeMessages) => new MessagesStore(fake.session, "orders");
const offsets = (store: MessagesStore) => store.rows.map((r) => Number(r.record.offset));
const many = (n: number, from: number) => Array.from({ length: n }, (_, i) => record(BigInt(from + i)));
const none = (next: bigint, gaps: bigint) => batch([], { next, skipped: { filtered: 0, control: 0, aborted: 0, gaps } });
const windows = (fake: FakeMessages, i: number) => fake.consumed[i]!.partitions!.map((p) => [p.partition, Number((p.from as { offset: bigint }).offset), Number(p.until)]);

test("a filter goes back until so many are found, or the beginning is reached", async () => {
  const fake = new FakeMessages([
    [[at(0, 0n, 9000n), at(1, 500n, 1800n)]], // where the ends are
    [batch([record(8500n)], { next: 9000n, skipped: { filtered: 999, control: 0, aborted: 0, gaps: 0n } }), [at(0, 0n, 9000n), at(1, 500n, 1800n)]],
    [batch([record(4100n)], { next: 8000n, skipped: { filtered: 3999, control: 0, aborted: 0, gaps: 0n } }), [at(0, 0n, 8000n), at(1, 500n, 800n)]],
  ]);
  fake.progress.bytes = 100; // of each of three scans
  const store = storeOf(fake);
  await store.start(query("from=newest:2&text=x"));
  equal(fake.consumed[0]!.from, "latest");
  deepEqual(windows(fake, 1), [[0, 8000, 9000], [1, 800, 1800]]);
  deepEqual(windows(fake, 2), [[0, 4000, 8000], [1, 500, 800]]);
  deepEqual([store.ended, offsets(store), store.tally.scanned, store.tally.bytes], ["enough", [4100, 8500], 5000, 300]);
});

test("that nothing is older is known", async () => {
  const fake = new FakeMessages([[[at(0, 3n, 10n)]], [none(10n, 7n), [at(0, 3n, 10n)]]]);
  const store = storeOf(fake);
  await store.start(query("from=newest:2&key=x"));
  deepEqual([windows(fake, 1), store.ended], [[[0, 3, 10]], "end"]);
});

test("of a stretch with more than are wanted the newest are shown, and the others come next", async () => {
  const fake = new FakeMessages([
    [[at(0, 0n, 900n)]],
    [batch(many(5, 895)), [at(0, 0n, 900n)]],
    [batch(many(3, 895)), [at(0, 0n, 898n)]],
  ]);
  const store = storeOf(fake);
  await store.start(query("from=newest:2&text=x"));
  deepEqual([offsets(store), store.ended, store.dropped], [[898, 899], "enough", 3]);
  await store.resume();
  deepEqual([windows(fake, 2), offsets(store)], [[[0, 0, 898]], [896, 897, 898, 899]]);
});

test("without a filter the package finds the newest, and what is older is read before them", async () => {
  const fake = new FakeMessages([
    [batch(many(2, 8)), [at(0, 0n, 10n)]],
    [batch([record(7n)], { next: 8n, skipped: { filtered: 0, control: 1, aborted: 0, gaps: 0n } }), [at(0, 0n, 8n)]],
    [batch([record(2n), record(5n)], { next: 6n, skipped: { filtered: 0, control: 2, aborted: 0, gaps: 0n } }), [at(0, 0n, 6n)]],
  ]);
  const store = storeOf(fake);
  await store.start(query("from=newest:2"));
  deepEqual([fake.consumed[0]!.from, store.ended, offsets(store)], [{ last: 2 }, "enough", [8, 9]]);
  await store.resume();
  deepEqual([windows(fake, 1), windows(fake, 2)], [[[0, 6, 8]], [[0, 0, 6]]]);
  deepEqual([store.ended, offsets(store)], ["enough", [5, 7, 8, 9]]);
});

test("a search that was stopped goes on in its stretch", async () => {
  const fake = new FakeMessages([
    [[at(0, 0n, 5000n)]],
    [[at(0, 0n, 4500n, 5000n)], batch([record(4100n)], { next: 4500n, skipped: { filtered: 499, control: 0, aborted: 0, gaps: 0n } }), "wait"],
    [none(5000n, 500n), [at(0, 0n, 5000n)]],
    [none(4000n, 4000n), [at(0, 0n, 4000n)]],
  ]);
  const store = storeOf(fake);
  const run = store.start(query("from=newest:2&text=x"));
  while (store.tally.matched === 0) await new Promise((r) => setTimeout(r));
  store.stop();
  await run;
  await store.resume();
  deepEqual([windows(fake, 2), windows(fake, 3)], [[[0, 4500, 5000]], [[0, 0, 4000]]]);
  deepEqual([store.ended, offsets(store)], ["end", [4100]]);
});

test("older ones that have no room beside the others take their place", () => {
  const newest = new MessageNewest(3, 3n, 5, 1 << 20);
  newest.begin(batch(many(3, 7)));
  for (const r of many(3, 7)) newest.add(r);
  newest.end([], [at(0, 0n, 10n)]);
  newest.wantMore();
  equal(newest.length, 0);
});

test("a search that has no more room ends, and goes further back from there", () => {
  const all = many(9, 0);
  const newest = new MessageNewest(5, 100n, 2000, 3 * costOf(all[0]!));
  const read = (from: number, until: number) => {
    newest.begin(batch(all.slice(from, until), { next: BigInt(until) }));
    for (const r of all.slice(from, until)) newest.add(r);
    newest.end([{ partition: 0, from: BigInt(from), until: BigInt(until) }], [at(0, 0n, BigInt(until))]);
  };
  newest.end([], [at(0, 0n, 9n)]);
  read(0, 9);
  deepEqual([newest.list().map((r) => r.offset), newest.isFull, newest.missing, newest.hasOlder], [[6n, 7n, 8n], true, [], true]);
  newest.wantMore();
  deepEqual([newest.isFull, newest.isFirst, newest.missing], [false, false, [{ partition: 0, from: 0n, until: 6n }]]);
  read(0, 6);
  deepEqual([newest.list().map((r) => r.offset), newest.missing], [[3n, 4n, 5n], []]);
});

test("what is shown is bounded by bytes, however large the records are", () => {
  const large = Array.from({ length: 4 }, (_, i) => record(BigInt(i + 9), { value: new Uint8Array(5000) }));
  const bound = 2 * costOf(large[0]!);
  const newest = new MessageNewest(50, 100n, 2000, bound);
  for (const r of [...many(9, 0), ...large]) newest.add(r);
  deepEqual([newest.list().map((r) => r.offset), newest.bytes <= bound], [[11n, 12n], true]);
});

test("a record that is larger than all the room is shown", () => {
  const newest = new MessageNewest(5, 100n, 2000, 1);
  newest.begin(batch(many(3, 0)));
  for (const r of many(3, 0)) newest.add(r);
  newest.end([], [at(0, 0n, 3n)]);
  deepEqual([newest.list().map((r) => r.offset), newest.isFull], [[2n], true]);
});

test("a large record that makes room for small ones is next, and they aren't read again", () => {
  const large = record(3n, { value: new Uint8Array(5000) });
  const newest = new MessageNewest(5, 100n, 2000, costOf(large));
  const read = (from: bigint, until: bigint, ...records: KafkaRecord[]) => {
    newest.begin(batch(records));
    for (const r of records) newest.add(r);
    newest.end([{ partition: 0, from, until }], [at(0, 0n, until)]);
  };
  read(9n, 10n, ...many(1, 9));
  read(0n, 9n, large, ...many(2, 4));
  deepEqual(newest.list().map((r) => r.offset), [4n, 5n, 9n]);
  newest.wantMore();
  deepEqual(newest.missing.map((s) => s.until), [4n]);
});

/** Reads batches of the last records of partitions in turn, as consumers do. */
function readLast(newest: MessageNewest, partitions: number, each: number): void {
  for (let turn = 0; turn < each; turn += 10) {
    for (let partition = 0; partition < partitions; partition++) {
      const records = Array.from({ length: 10 }, (_, i) => record(BigInt(turn + i), { partition }));
      newest.begin(batch(records, { partition }));
      for (const r of records) newest.add(r);
    }
  }
}

test("of many partitions each has as much room as the others", () => {
  const newest = new MessageNewest(50, 50n, 2000, 16 << 20);
  readLast(newest, 60, 50);
  newest.end([], Array.from({ length: 60 }, (_, p) => at(p, 0n, 50n)));
  const of = (partition: number) => newest.list().filter((r) => r.partition === partition).map((r) => Number(r.offset));
  for (let p = 0; p < 60; p++) deepEqual([of(p).length, of(p)[0], of(p).at(-1)], [33, 17, 49], `partition ${p}`);
  deepEqual([newest.wanted, newest.isFull, newest.hasOlder, newest.dropped], [33, false, true, 60 * 17]);
  newest.wantMore();
  deepEqual([newest.wanted, newest.isFirst, newest.missing.map((s) => s.until)], [33, false, Array.from({ length: 60 }, () => 17n)]);
});

test("partitions whose older ones were found give up room for others", () => {
  const newest = new MessageNewest(3, 5n, 5, 1 << 20);
  newest.end([], [at(0, 0n, 10n), at(1, 0n, 10n)]);
  const find = (partition: number, offset: bigint) => {
    newest.begin(batch([record(offset, { partition })], { partition }));
    newest.add(record(offset, { partition }));
  };
  for (const offset of [7n, 8n, 9n]) find(0, offset);
  find(1, 9n);
  newest.end([0, 1].map((partition) => ({ partition, from: 5n, until: 10n })), [at(0, 0n, 10n), at(1, 0n, 10n)]);
  find(1, 3n);
  find(1, 4n);
  newest.end([{ partition: 1, from: 0n, until: 5n }], [at(0, 0n, 10n), at(1, 0n, 5n)]);
  deepEqual(newest.list().map((r) => [r.partition, Number(r.offset)]), [[0, 8], [0, 9], [1, 4], [1, 9]]);
  deepEqual([newest.wanted, newest.isFull, newest.missing], [2, false, []]);
  newest.wantMore();
  deepEqual(newest.missing.map((s) => [s.partition, Number(s.until)]), [[0, 8], [1, 4]]);
});
