import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Frame } from "kafkaio";
import { Changes } from "../../explorer/store/changes.js";
import { WireStore } from "../../explorer/store/wire.js";
import { noFilter } from "../../explorer/store/wire_filter.js";
import { FakeFrames, frame, response } from "./fake_frames.js";

async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

function started(bounds?: { bytes: number; frames: number }) {
  const kafka = new FakeFrames();
  const session: { kafka: FakeFrames | undefined; changes: Changes } = { kafka, changes: new Changes() };
  const store = new WireStore(session, bounds);
  store.start();
  return { kafka, session, store };
}

const ids = (store: WireStore) => store.shown.map((e) => e.id);

test("a request and its response find each other by connection and correlation id", async () => {
  const { kafka, store } = started();
  const [a, b, other] = [frame({ correlationId: 1 }), frame({ correlationId: 2 }), frame({ correlationId: 1, connection: 2 })];
  kafka.give([a, b, other, response(b, 3), response(other, 1)]);
  kafka.give([response(a, 9)]);
  await settled();
  const [ea, eb, eo, rb, ro, ra] = store.shown;
  ok(ea!.peer === ra && ra!.peer === ea && eb!.peer === rb && eo!.peer === ro);
});

test("a correlation id that is used again pairs with its latest request", async () => {
  const { kafka, store } = started();
  const [a, b] = [frame(), frame()];
  kafka.give([a, response(a, 1), b, response(b, 1), response(b, 1)]);
  await settled();
  const [ea, ra, eb, rb, third] = store.shown;
  ok(ea!.peer === ra && eb!.peer === rb);
  equal(third!.peer, undefined);
});

test("memory is bounded by count and by bytes, and what is dropped is counted", async () => {
  const { kafka, store } = started({ frames: 3, bytes: 1 << 20 });
  kafka.give([1, 2, 3, 4, 5].map((correlationId) => frame({ correlationId })));
  await settled();
  deepEqual(ids(store), [3, 4, 5]);
  equal(store.entries.evicted, 2);
  kafka.give([frame({ bytes: new Uint8Array(1 << 20) })]);
  await settled();
  deepEqual(ids(store), [6], "a frame larger than the bound leaves only itself");
  equal(store.entries.evicted, 5);
  kafka.give([frame()]);
  await settled();
  deepEqual(ids(store), [7]);
  ok(store.entries.bytes < 1 << 20);
});

test("a frame lets go of its peer when that is dropped", async () => {
  const { kafka, store } = started({ frames: 2, bytes: 1 << 20 });
  const a = frame();
  kafka.give([a, response(a, 1), frame({ correlationId: 2 })]);
  await settled();
  deepEqual(store.shown.map((e) => e.peer), [undefined, undefined]);
});

test("what the package dropped is counted", async () => {
  const { kafka, store } = started();
  kafka.give([frame()], 7);
  kafka.give([frame()], 2);
  await settled();
  equal(store.dropped, 9);
});

test("while paused frames are counted, and not kept", async () => {
  const { kafka, store } = started();
  store.setPaused(true);
  kafka.give([frame(), frame()]);
  await settled();
  equal(store.passed, 2);
  equal(store.statistics.all.requests, 2);
  deepEqual(ids(store), []);
  store.setPaused(false);
  kafka.give([frame()]);
  await settled();
  deepEqual(ids(store), [1]);
});

test("a filter holds for frames that are there and for those that come, also as the oldest go", async () => {
  const { kafka, store } = started({ frames: 4, bytes: 1 << 20 });
  const fetch = { apiKey: 1, api: "Fetch" };
  kafka.give([frame(), frame(fetch), frame(fetch)]);
  await settled();
  store.setFilter({ ...noFilter, api: "Fetch" });
  deepEqual(ids(store), [2, 3]);
  kafka.give([frame(fetch), frame(), frame(fetch)]);
  await settled();
  deepEqual(ids(store), [3, 4, 6]);
  store.setFilter(noFilter);
  deepEqual(ids(store), [3, 4, 5, 6]);
});

test("frames of a connection that replaces the first go on, and those of the first end", async () => {
  const { kafka, session, store } = started();
  const second = new FakeFrames();
  session.kafka = second;
  session.changes.emit();
  await settled();
  kafka.give([frame({ broker: "old:1" })]);
  second.give([frame({ broker: "new:1" })]);
  await settled();
  deepEqual(store.shown.map((e) => e.frame.broker), ["new:1"]);
});

test("connections of one client aren't those of the next, and retry goes on with the same client", async () => {
  const { kafka, session, store } = started();
  kafka.give([frame({ connection: 7 })]);
  await settled();
  kafka.fail(new Error("no"));
  await settled();
  store.retry();
  kafka.give([frame({ connection: 7 })]);
  await settled();
  const second = (session.kafka = new FakeFrames());
  session.changes.emit();
  const again = frame({ connection: 1, correlationId: 1 });
  second.give([again, frame({ connection: 2 })]);
  await settled();
  deepEqual(store.shown.map((e) => e.frame.connection), [7, 7, 8, 9]);
});

test("a request knows that its response passed while paused, or may have been dropped", async () => {
  const { kafka, store } = started();
  const [a, b, c] = [1, 2, 3].map((correlationId) => frame({ correlationId })) as [Frame, Frame, Frame];
  kafka.give([a, b]);
  await settled();
  store.setPaused(true);
  kafka.give([response(a, 1)]);
  await settled();
  deepEqual(store.shown.map((e) => e.missed), [true, false]);
  store.setPaused(false);
  kafka.give([c], 1);
  await settled();
  deepEqual(store.shown.map((e) => e.missed), [true, true, false]);
});

test("an error is kept, and retry asks again", async () => {
  const { kafka, store } = started();
  kafka.fail(new Error("the Worker is gone"));
  await settled();
  equal((store.error as Error).message, "the Worker is gone");
  store.retry();
  kafka.give([frame()]);
  await settled();
  equal(store.error, undefined);
  equal(kafka.asked, 2);
  deepEqual(ids(store), [1]);
});

test("the selected frame stays when the list drops it, and decodes once", async () => {
  const { kafka, store } = started({ frames: 1, bytes: 1 << 20 });
  let decoded = 0;
  kafka.give([frame({ decode: async () => (decoded++, { name: "x", type: "frame", value: null, start: 0, end: 20 }) })]);
  await settled();
  const entry = store.shown[0]!;
  store.select(entry);
  kafka.give([frame()]);
  await settled();
  equal(store.selected, entry);
  await Promise.all([store.decode(entry), store.decode(entry)]);
  equal(decoded, 1);
});

test("clear leaves nothing behind, and frames come on", async () => {
  const { kafka, store } = started({ frames: 1, bytes: 1 << 20 });
  kafka.give([frame(), frame()], 3);
  await settled();
  store.clear();
  deepEqual([ids(store), store.entries.bytes, store.entries.evicted, store.dropped, store.statistics.all.requests], [[], 0, 0, 0, 0]);
  kafka.give([frame()]);
  await settled();
  deepEqual(ids(store), [3]);
});
