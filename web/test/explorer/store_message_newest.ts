import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { parseQuery } from "../../explorer/store/message_query.js";
import { MessageNewest } from "../../explorer/store/message_newest.js";
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
