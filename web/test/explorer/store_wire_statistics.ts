import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Series, Statistics, statisticsSeconds } from "../../explorer/store/wire_statistics.js";
import { frame, response } from "./fake_frames.js";

const answer = (latency: number, size = 10) => response(frame(), latency, { size });

test("quantiles are latencies that were measured, by nearest rank", () => {
  const s = new Series();
  for (let i = 1; i <= 100; i++) s.add(answer(i), 7);
  deepEqual(s.quantiles(7, 7), { p50: 50, p95: 95, max: 100, count: 100, isSample: false });
  deepEqual(s.quantiles(8, 9), undefined);
  const one = new Series();
  one.add(answer(4), 0);
  deepEqual(one.quantiles(0, 0), { p50: 4, p95: 4, max: 4, count: 1, isSample: false });
});

test("of many latencies a sample is kept, and the largest and the count are those of all", () => {
  const s = new Series();
  for (let i = 1; i <= 10_000; i++) s.add(answer(i), 0);
  const q = s.quantiles(0, 0)!;
  deepEqual([q.count, q.max, q.isSample], [10_000, 10_000, true]);
  ok(q.p50 > 3000 && q.p50 < 7000, `the sample's median is ${q.p50}`);
});

test("a second weighs as much as it had latencies, not as its sample", () => {
  const s = new Series();
  for (let i = 0; i < 2560; i++) s.add(answer(1), 0);
  for (let i = 0; i < 256; i++) s.add(answer(100), 1);
  equal(s.quantiles(0, 1)!.p50, 1);
});

test("bytes are exact, and seconds that are too old are dropped while sums stay", () => {
  const s = new Series();
  s.add(frame({ size: 5 }), 0);
  for (let i = 1; i <= statisticsSeconds + 5; i++) s.add(answer(1, 3), i);
  equal(s.at(0), undefined);
  equal(s.at(statisticsSeconds)!.received, 3n);
  deepEqual([s.requests, s.responses, s.sent, s.received], [1, 125, 5n, 375n]);
});

test("frames are counted by API and by broker", () => {
  const s = new Statistics();
  s.add(frame({ api: "Fetch", broker: "a:1", at: 5999 }));
  s.add(frame({ api: "Fetch", broker: "b:1", at: 7000 }));
  s.add(frame({ apiKey: -1, api: "", broker: "b:1", at: 6000 }));
  deepEqual([...s.apis].map(([name, { requests }]) => [name, requests]), [["Fetch", 2], ["unknown", 1]]);
  deepEqual([...s.brokers].map(([name, { requests }]) => [name, requests]), [["a:1", 1], ["b:1", 2]]);
  equal(s.last, 7);
});
