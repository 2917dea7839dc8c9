import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { OpenMessage } from "../../explorer/store/open_message.js";
import { settled } from "./fake_kafka.js";
import { FakeMessages, record } from "./fake_messages.js";

const place = { partition: 0, offset: 1n };
const openOf = (fake: FakeMessages) => new OpenMessage(fake.session, "orders");
const cut = (valueLength: number) => record(1n, { valueLength, value: new Uint8Array(4096) });

test("a value that isn't large is read whole", async () => {
  const fake = new FakeMessages([]);
  fake.whole = () => record(1n, { value: new Uint8Array(9000) });
  const open = openOf(fake);
  open.open(place, cut(9000));
  deepEqual([open.value!.length, open.isWhole, open.isReading], [4096, false, true]);
  await settled();
  deepEqual([open.value!.length, open.isWhole, open.isReading, open.error], [9000, true, false, undefined]);
});

test("the rest of a large value is read on demand", async () => {
  const fake = new FakeMessages([]);
  fake.whole = () => record(1n, { value: new Uint8Array(900_000) });
  const open = openOf(fake);
  open.open(place, cut(900_000));
  await settled();
  deepEqual([open.isReading, open.isWhole], [false, false]);
  await open.read();
  equal(open.value!.length, 900_000);
});

test("what isn't in the list is read, and another message isn't taken for it", async () => {
  const fake = new FakeMessages([]);
  fake.whole = () => record(1n, { value: new Uint8Array(5) });
  const open = openOf(fake);
  open.open(place, undefined);
  await settled();
  equal(open.value!.length, 5);
  open.open(place, cut(9000));
  await settled();
  match(String(open.error), /made again/);
  equal(open.value!.length, 4096, "what was there stays");
});

test("why there is no message is told", async () => {
  const fake = new FakeMessages([]);
  fake.whole = () => null;
  const open = openOf(fake);
  for (const [offset, why] of [[1n, /any more: the partition begins at 3/], [5n, /compacted/], [9n, /yet: the partition ends at 9/]] as const) {
    open.open({ partition: 0, offset }, undefined);
    await settled();
    match(String(open.error), why);
    equal(open.record, undefined);
  }
});

test("a message that is closed gets nothing more", async () => {
  const fake = new FakeMessages([]);
  fake.whole = () => record(1n);
  const open = openOf(fake);
  open.open(place, undefined);
  open.close();
  await settled();
  deepEqual([open.place, open.record, open.isReading], [undefined, undefined, false]);
});
