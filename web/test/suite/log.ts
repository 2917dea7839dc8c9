// What may be in a topic's log, and is rarely.
import type { ConsumeOptions } from "kafkaio";
import { equal, rejects, test, type World } from "./harness.js";
import { span } from "./span.js";
import { withKafka } from "./stack.js";
import { Topic } from "./topics.js";

const toEnd = { from: "earliest", until: "end" } as const;
const bytesOf = (b: Uint8Array | null) => b && [...b];

const written = new Map<string, Promise<string>>();

/** The prefix of topics to which Java's producer has written, see JavaProducer.java. It writes once. */
function java(w: World): Promise<string> {
  const before = written.get(w.origin);
  if (before) return before;
  const prefix = `java.${Date.now()}`;
  const writing = (async () => {
    await new Topic(w, `${prefix}.codecs`).make();
    await new Topic(w, `${prefix}.odd`).make(1, { "message.timestamp.after.max.ms": "9223372036854775807", "message.timestamp.before.max.ms": "9223372036854775807" });
    await new Topic(w, `${prefix}.transactions`).make();
    const answer = await fetch(`${w.origin}/stack/java`, { method: "POST", body: JSON.stringify({ prefix }) });
    if (!answer.ok) throw new Error(await answer.text());
    return prefix;
  })();
  written.set(w.origin, writing);
  return writing;
}

test("records of Java's producer in every codec are read", async (w) => {
  const topic = `${await java(w)}.codecs`;
  await withKafka(w, {}, async (kafka) => {
    const { records, next } = await span(kafka.consume({ topics: [topic], ...toEnd }));
    equal([records.length, next], [500, 500n]);
    for (const [i, codec] of ["none", "gzip", "snappy", "lz4", "zstd"].entries()) {
      for (let n = 0; n < 100; n++) {
        const r = records[100 * i + n]!;
        equal([r.text("key"), r.text()], [codec, `${n} ${"text ".repeat(200)}`], `record ${n} of ${codec}`);
      }
    }
  });
}, "apache");

test("odd records of Java's producer arrive as they are", async (w) => {
  const topic = `${await java(w)}.odd`;
  await withKafka(w, {}, async (kafka) => {
    const { records } = await span(kafka.consume({ topics: [topic], ...toEnd }));
    const [tombstone, keyless, empty, binary, headers, far, epoch] = records;
    equal([tombstone!.text("key"), tombstone!.value, tombstone!.valueLength], ["tombstone", null, -1]);
    equal([keyless!.key, keyless!.text()], [null, "no key"]);
    equal([bytesOf(empty!.key), bytesOf(empty!.value)], [[], []]);
    equal([bytesOf(binary!.key), bytesOf(binary!.value)], [[0xff, 0, 0x80], [0xc3, 0x28]]);
    equal([binary!.text("key"), binary!.text()], ["\ufffd\0\ufffd", "\ufffd("]);
    equal(headers!.headers.map(([name, value]) => [name, bytesOf(value)]), [["a", [0x31]], ["a", null], ["a", []], ["", [...new TextEncoder().encode("no name")]], ["\u4f60", [0xff]]]);
    equal([far!.timestamp, far!.text(), epoch!.timestamp], [2 ** 63, "max", 0]);
    equal(records.every((r) => r.timestampType === "create" && r.leaderEpoch === 0), true, "the types of timestamps, and epochs");
    const whole = await kafka.record({ topic, partition: 0, offset: 5n });
    equal([whole?.timestamp, whole?.text()], [2 ** 63, "max"]);
  });
}, "apache");

test("transactions of Java's producer", async (w) => {
  const topic = `${await java(w)}.transactions`;
  const committed = ["committed 0", "committed 1", "committed 2", "committed 0"];
  const cases: [ConsumeOptions, bigint, string[], number, number, bigint][] = [
    [{ from: "earliest" }, 0n, committed, 3, 2, 9n],
    [{ from: { last: 2 } }, 2n, ["committed 2", "committed 0"], 3, 2, 9n],
    [{ from: { last: 1 } }, 7n, ["committed 0"], 1, 0, 9n],
    [{ from: "latest" }, 9n, [], 0, 0, 9n],
    [{ from: { offset: 5n } }, 5n, ["committed 0"], 2, 1, 9n],
    [{ from: "earliest", isolation: "read_uncommitted" }, 0n, [...committed.slice(0, 3), "aborted 0", "aborted 1", "committed 0", "open 0", "open 1"], 3, 0, 11n],
    [{ from: { last: 3 }, isolation: "read_uncommitted" }, 7n, ["committed 0", "open 0", "open 1"], 1, 0, 11n],
  ];
  await withKafka(w, {}, async (kafka) => {
    for (const [options, start, values, control, aborted, end] of cases) {
      const consumer = kafka.consume({ topics: [topic], until: "end", ...options });
      const s = await span(consumer, start);
      equal([s.records.map((r) => r.text()), s.control, s.aborted, s.gaps], [values, control, aborted, 0n], JSON.stringify(values));
      const p = (await consumer.progress()).partitions[0]!;
      equal([s.next === start ? end : s.next, p.position, p.end, p.lag], [end, end, end, 0n], "the end");
    }
    equal((await kafka.record({ topic, partition: 0, offset: 4n }))?.text(), "aborted 0", "a record that was aborted");
    equal(await kafka.record({ topic, partition: 0, offset: 3n }), null, "a marker");
  });
}, "apache");

test("records of an open transaction come once it is committed", async (w) => {
  const topic = new Topic(w);
  await topic.make();
  await topic.write([{ value: "open" }], "leave");
  await topic.write([{ value: "later" }]);
  await withKafka(w, {}, async (kafka) => {
    equal((await span(kafka.consume({ topics: [topic.name], ...toEnd }))).records, [], "what is committed");
    const records = kafka.consume({ topics: [topic.name], from: "earliest" }).records();
    const first = records.next();
    await topic.write([{ value: "of the same producer" }], "commit"); // it aborts what it had left
    equal((await first).value?.text(), "later");
    equal((await records.next()).value?.text(), "of the same producer");
    await records.return!(undefined);
  });
}, "either");

test("offsets that were compacted are gaps", async (w) => {
  const topic = new Topic(w);
  await topic.make(1, { "cleanup.policy": "compact", "segment.ms": "1", "min.cleanable.dirty.ratio": "0.001", "min.compaction.lag.ms": "0" });
  const count = 30;
  await topic.write(Array.from({ length: count }, (_, i) => ({ key: `key ${i % 3}`, value: String(i) })));
  await topic.write([{ key: "key 0", value: null }, { key: "last", value: "rolls the segment" }]);
  await withKafka(w, {}, async (kafka) => {
    for (;;) {
      const s = await span(kafka.consume({ topics: [topic.name], ...toEnd }));
      equal(s.next, BigInt(count + 2), "the end");
      if (s.gaps < count - 3) {
        await new Promise((resolve) => setTimeout(resolve, 300)); // the broker compacts when it likes
        continue;
      }
      const last = kafka.consume({ topics: [topic.name], from: { last: 3 }, until: "end" });
      const tail: (string | null)[] = [];
      for await (const r of last.records()) tail.push(r.text());
      const middle = await span(kafka.consume({ topics: [topic.name], from: { offset: 5n }, until: "end" }), 5n);
      const after = await span(kafka.consume({ topics: [topic.name], ...toEnd }));
      if (after.gaps !== s.gaps) continue; // it was compacted again meanwhile
      const values = s.records.map((r) => r.text());
      equal(tail, values.slice(-3), "the last 3");
      equal(middle.records.map((r) => r.text()), values, "from within a gap");
      return;
    }
  });
}, "apache");

test("records that are deleted while they are read are gaps", async (w) => {
  const topic = new Topic(w);
  await topic.make();
  await topic.write(Array.from({ length: 10 }, (_, i) => ({ value: String(i) })));
  const p0 = { topic: topic.name, partition: 0 };
  await withKafka(w, {}, async (kafka) => {
    const consumer = kafka.consume({ partitions: [{ ...p0, from: "earliest", until: 10n }], maxBatchRecords: 1 });
    const batches = consumer[Symbol.asyncIterator]();
    const first = (await batches.next()).value!;
    consumer.pause();
    await topic.deleteBefore(7);
    await consumer.seek({ ...p0, to: { offset: 1n } });
    consumer.resume();
    equal([first.next, first.records[0]?.text()], [1n, "0"]);
    equal((await span(consumer, 7n)).records.map((r) => r.text()), ["7", "8", "9"]);
    equal(await kafka.record({ ...p0, offset: 3n }), null, "a deleted record");
    equal((await span(kafka.consume({ topics: [topic.name], from: { offset: 2n }, until: "end" }), 7n)).next, 10n);
    equal((await span(kafka.consume({ topics: [topic.name], from: { last: 100 }, until: "end" }), 7n)).records.length, 3);
  });
}, "either");

test("offsets beyond 2^53 are exact", async (w) => {
  const topic = new Topic(w);
  await topic.make();
  const p0 = { topic: topic.name, partition: 0 };
  await withKafka(w, {}, async (kafka) => {
    for (const first of [2n ** 53n - 3n, 2n ** 53n + 1n, 2n ** 62n - 7n]) {
      const bounded = kafka.consume({ partitions: [{ ...p0, from: { offset: first }, until: first + 5n }] });
      const { records, next } = await span(bounded, first);
      equal([records.map((r) => r.offset), next], [[0n, 1n, 2n, 3n, 4n].map((i) => first + i), first + 5n]);
      equal((await kafka.record({ ...p0, offset: first + 1n }))?.offset, first + 1n, "the record at an offset");
    }
    const last = kafka.consume({ topics: [topic.name], from: { last: 3 }, until: "end" });
    equal((await span(last, 2n ** 62n - 3n)).records.map((r) => r.offset), [3n, 2n, 1n].map((i) => 2n ** 62n - i));
    const [p] = (await last.progress()).partitions;
    equal(p, { ...p0, start: 0n, position: 2n ** 62n, end: 2n ** 62n, lag: 0n });
    equal(await kafka.admin.offsets({ topic: topic.name }, "latest"), [{ ...p0, offset: 2n ** 62n, timestamp: -1 }]);
  });
}, "synthetic");

test("a batch that decompresses to too much is refused", async (w) => {
  const topic = new Topic(w);
  await topic.make();
  const times = 80 << 20;
  await topic.write([{ value: "before" }], undefined, "none");
  await topic.write([{ value: "x", times }], undefined, "zstd");
  await topic.write([{ value: "after" }], undefined, "none");
  const p0 = { topic: topic.name, partition: 0 };
  await withKafka(w, {}, async (kafka) => {
    const records = kafka.consume({ topics: [topic.name], from: "earliest" }).records();
    equal((await records.next()).value?.text(), "before");
    const e = await rejects(records.next(), "ERR_LIMIT");
    equal([e.topic, e.partition, e.retriable], [topic.name, 0, false], "the error");
    for (const advice of ["maxBufferedBytes", "from offset 2"]) equal(e.message.includes(advice), true, `"${e.message}" says ${advice}`);
    const alone = await rejects(kafka.record({ ...p0, offset: 1n }), "ERR_LIMIT");
    equal(alone.message.includes("consume reads it if its maxBufferedBytes"), true, `"${alone.message}" says what helps`);

    const after = kafka.consume({ topics: [topic.name], from: { offset: 2n }, until: "end" });
    equal((await span(after, 2n)).records.map((r) => r.text()), ["after"]);
    const raised = kafka.consume({ topics: [topic.name], ...toEnd, valueLimit: 10, maxBufferedBytes: 128 << 20 });
    equal((await span(raised)).records.map((r) => r.valueLength), [6, times, 5]);
  });
}, "either");
