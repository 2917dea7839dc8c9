import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { parseQuery } from "../../explorer/store/message_query.js";
import { goOn, whyNoMessages, whyEnded } from "../../explorer/text/scan_words.js";
import { at } from "./fake_messages.js";

const query = (search: string) => parseQuery(new URLSearchParams(search));
const ends = (...of: (bigint | null)[]) => of.map((end, id) => ({ id, leader: 1, replicas: [1], isr: [1], start: 0n, end }));
const nothing = { filtered: 0, control: 0, aborted: 0, gaps: 0n };

test("why a scan ended, and what goes on", () => {
  const newest = { isFirst: true, isFull: false, wanted: 7 };
  equal(whyEnded("enough", query("from=newest:9"), newest), "Found the newest 7 of each partition.");
  equal(whyEnded("enough", query("from=newest:9"), { ...newest, isFirst: false }), "Found the next 7 of each partition.");
  equal(whyEnded("enough", query("from=newest:9"), { ...newest, isFull: true }), "Found as many as have room.");
  equal(whyEnded("enough", query("from=beginning")), "The page is full.");
  equal(whyEnded("end", query("")), "Read back to the beginning.");
  equal(whyEnded(undefined, query("from=live")), "Live.");
  deepEqual([goOn("enough", query("")), goOn("enough", query("from=beginning")), goOn("end", query("from=beginning")), goOn("end", query("")), goOn("failed", query(""))],
    ["Further back", "Next page", "Read what came since", undefined, undefined]);
});

test("what there is in place of messages", () => {
  deepEqual(whyNoMessages({ filtered: 0, control: 2, aborted: 1, gaps: 2n ** 60n }, [at(0, 40n, 40n), at(1, 0n, 9n)], query("from=beginning")), [
    "Here instead:", "2 markers of transactions.", "1 message of aborted transactions.", "1,152,921,504,606,846,976 offsets compacted, deleted or never used.",
    "40 offsets of 1 partition of which all was deleted, by retention or by somebody.",
  ]);
  deepEqual(whyNoMessages(nothing, [at(0, 0n, 0n), at(1, 0n, 0n)], query(""), ends(0n, 0n)), ["Nothing was ever written to the partitions."]);
  deepEqual(whyNoMessages(nothing, [at(0, 0n, 0n), at(1, 0n, 0n)], query(""), ends(0n, null)), []); // it isn't known
  deepEqual(whyNoMessages(nothing, [at(0, 0n, 0n), at(1, 5n, 5n)], query(""), ends(3n, 6n)), ["Here instead:", "4 offsets of transactions that are open, or that came since."]);
  deepEqual(whyNoMessages(nothing, [at(3, 0n, 1000n)], query("from=offset:5000")), ["The partitions end at 1,000 (3)."]);
  deepEqual(whyNoMessages(nothing, [at(0, 0n, 9n)], query("from=time:1700000000000")), ["The partitions have no message of this time or later."]);
});
