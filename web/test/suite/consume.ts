import type { Batch, Consumer, ConsumeOptions, KafkaError, KafkaRecord } from "kafkaio";
import { equal, rejects, test } from "./harness.js";
import { newBridge, withKafka } from "./stack.js";
import { Topic, topicOf } from "./topics.js";

/** The values of all records up to the end. */
async function values(c: Consumer): Promise<(string | null)[]> {
  const all: (string | null)[] = [];
  for await (const r of c.records()) all.push(r.text());
  return all;
}

const earliest = { from: "earliest", until: "end" } as const;

test("a topic is read to its end", async (w) => {
  const topic = await topicOf(w);
  await topic.write([{ key: "k", value: "v", headers: [["h", "1"], ["h", "2"]], timestamp: 1700000000123 }, { value: null }]);
  await topic.write([{ value: "aborted" }], "abort");
  await topic.write([{ value: "committed" }], "commit");
  await withKafka(w, {}, async (kafka) => {
    const consumer = kafka.consume({ topics: [topic.name], ...earliest });
    const records: KafkaRecord[] = [];
    let at = 0n;
    for await (const batch of consumer) {
      equal([batch.topic, batch.partition], [topic.name, 0]);
      records.push(...batch.records);
      const { filtered, control, aborted, gaps } = batch.skipped;
      at += BigInt(batch.records.length + filtered + control + aborted) + gaps;
      equal(batch.next, at, "next");
    }
    equal(at, 6n, "the end");
    equal(records.map((r) => [r.offset, r.text("key"), r.text()]), [[0n, "k", "v"], [1n, null, null], [4n, null, "committed"]]);
    const [first] = records;
    equal([first!.timestamp, first!.timestampType, first!.valueLength], [1700000000123, "create", 1]);
    equal(first!.headers.map(([name, value]) => [name, new TextDecoder().decode(value!)]), [["h", "1"], ["h", "2"]]);
    const p = await consumer.progress();
    const partitions = [{ topic: topic.name, partition: 0, start: 0n, position: 6n, end: 6n, lag: 0n }];
    equal([p.ended, p.scanned, p.matched, p.partitions], ["until", 3, 3, partitions]);
    equal(await values(kafka.consume({ topics: [topic.name], ...earliest, isolation: "read_uncommitted" })), ["v", null, "aborted", "committed"]);
  });
}, "either");

test("positions", async (w) => {
  const topic = await topicOf(w);
  await topic.write(["0", "1", "2", "3"].map((value, i) => ({ value, timestamp: 1000 * (i + 1) })));
  const cases: [ConsumeOptions, string[]][] = [
    [{ from: "latest" }, []],
    [{}, []],
    [{ from: { last: 2 } }, ["2", "3"]],
    [{ from: { offset: 1n } }, ["1", "2", "3"]],
    [{ from: { timestamp: 2500 } }, ["2", "3"]],
    [{ from: "earliest", until: { timestamp: 2000 } }, ["0"]],
    [{ from: "earliest", filter: { text: "2" } }, ["2"]],
    [{ from: "earliest", filter: { text: "2", in: ["key"] } }, []],
  ];
  await withKafka(w, {}, async (kafka) => {
    for (const [options, want] of cases) {
      equal(await values(kafka.consume({ topics: [topic.name], until: "end", ...options })), want, JSON.stringify(want));
    }
    const bounded = kafka.consume({ partitions: [{ topic: topic.name, partition: 0, from: { offset: 1n }, until: 3n }] });
    equal(await values(bounded), ["1", "2"], "a partition's own bounds");
  });
}, "either");

test("what comes later is read", async (w) => {
  const topic = await topicOf(w, "old");
  await withKafka(w, {}, async (kafka) => {
    const records = kafka.consume({ topics: [topic.name], from: "earliest" }).records();
    equal((await records.next()).value?.text(), "old");
    const next = records.next();
    await topic.write([{ value: "new" }]);
    equal((await next).value?.text(), "new");
    await records.return!(undefined);
  });
}, "either");

test("a partition that is added later is read from its beginning", async (w) => {
  const topic = await topicOf(w, "older", "old");
  await withKafka(w, {}, async (kafka) => {
    const records = kafka.consume({ topics: [topic.name], from: { last: 1 } }).records();
    const next = async () => (await records.next()).value?.text();
    equal(await next(), "old");
    await kafka.admin.createPartitions(topic.name, 2);
    const began = performance.now();
    await topic.write([{ partition: 1, value: "first" }, { partition: 1, value: "second" }]);
    equal([await next(), await next()], ["first", "second"], "what the new partition has");
    const took = performance.now() - began;
    equal(took < 15_000, true, `it took ${took} ms, and within seconds`);
    await records.return!(undefined);
  });
}, "either");

test("leaving the loop closes the consumer", async (w) => {
  const topic = await topicOf(w, "0", "1", "2");
  await withKafka(w, {}, async (kafka) => {
    const broken = kafka.consume({ topics: [topic.name], from: "earliest", maxBatchRecords: 1 });
    for await (const _ of broken) break;
    equal((await broken.progress()).ended, "closed");
    for await (const _ of broken) throw new Error("a batch came after the end");

    const thrown = new Error("the loop's own");
    const threw = kafka.consume({ topics: [topic.name], from: "earliest", maxBatchRecords: 1 });
    let caught: unknown;
    try {
      for await (const _ of threw.records()) throw thrown;
    } catch (error) {
      caught = error;
    }
    equal(caught === thrown, true, "the loop's exception is its own");
    equal((await threw.progress()).ended, "closed");
  });
}, "either");

test("nothing arrives after close", async (w) => {
  const topic = await topicOf(w, "0", "1", "2", "3");
  await withKafka(w, {}, async (kafka) => {
    for (const batches of [0, 1, 2]) {
      const consumer = kafka.consume({ topics: [topic.name], from: "earliest", maxBatchRecords: 1 });
      let came = 0;
      const loop = (async () => {
        for await (const _ of consumer) if (++came === batches) void consumer.close();
      })();
      if (batches === 0) await consumer.close();
      await loop;
      equal(came, batches, "batches");
      await consumer.close();
      equal((await consumer.progress()).ended, "closed");
    }
    const waiting = kafka.consume({ topics: [topic.name] });
    const iterator = waiting[Symbol.asyncIterator]();
    const pending = [iterator.next(), iterator.next()];
    await waiting.close();
    equal(await Promise.all(pending), [{ done: true, value: undefined }, { done: true, value: undefined }]);
  });
}, "either");

test("a signal ends the loop", async (w) => {
  const topic = await topicOf(w, "0", "1");
  await withKafka(w, {}, async (kafka) => {
    const reason = new Error("enough");
    for (const batches of [0, 1]) {
      const control = new AbortController();
      const consumer = kafka.consume({ topics: [topic.name], from: "earliest", maxBatchRecords: 1, signal: control.signal });
      let came = 0;
      const loop = (async () => {
        if (batches === 0) control.abort(reason);
        for await (const _ of consumer) if (++came === batches) control.abort(reason);
      })();
      equal((await rejects(loop, "ERR_ABORTED")).cause === reason, true, "the cause");
      equal(came, batches, "batches");
      equal((await consumer.progress()).ended, "aborted");
    }
    const before = kafka.consume({ topics: [topic.name], signal: AbortSignal.abort(reason) });
    await rejects(values(before), "ERR_ABORTED");
    equal((await before.progress()).ended, "aborted");
  });
}, "either");

test("the end of the client ends the loop", async (w) => {
  const topic = await topicOf(w, "0");
  let loop: Promise<unknown> | undefined;
  let consumer: Consumer | undefined;
  await withKafka(w, {}, async (kafka) => {
    consumer = kafka.consume({ topics: [topic.name] });
    loop = rejects(values(consumer), "ERR_CLOSED");
    await consumer.progress();
  });
  await loop;
  equal((await consumer!.progress()).ended, "error");
}, "either");

test("a paused partition waits", async (w) => {
  const topic = new Topic(w);
  await topic.make(2);
  const p0 = { topic: topic.name, partition: 0 };
  await withKafka(w, {}, async (kafka) => {
    const consumer = kafka.consume({ topics: [topic.name], from: "earliest" });
    const records = consumer.records();
    consumer.pause([p0]);
    await topic.write([...Array.from({ length: 10 }, () => ({ partition: 0, value: "paused" })), { partition: 1, value: "other" }]);
    equal((await records.next()).value?.text(), "other");
    consumer.resume([p0]);
    for (let i = 0; i < 10; i++) equal((await records.next()).value?.text(), "paused");
    consumer.pause();
    const next = records.next();
    await topic.write([{ partition: 1, value: "after all" }]);
    consumer.resume();
    equal((await next).value?.text(), "after all");
    await consumer.close();
  });
}, "either");

test("no batch from before a seek comes after it", async (w) => {
  const topic = await topicOf(w, ...Array.from({ length: 20 }, (_, i) => String(i)));
  const p0 = { topic: topic.name, partition: 0 };
  await withKafka(w, {}, async (kafka) => {
    const consumer = kafka.consume({ topics: [topic.name], from: "earliest", maxBatchRecords: 1 });
    const records = consumer.records();
    equal((await records.next()).value?.text(), "0");
    for (const offset of [15n, 3n, 19n, 0n]) {
      await consumer.seek({ ...p0, to: { offset } });
      equal((await records.next()).value?.offset, offset);
    }
    await rejects(consumer.seek({ topic: topic.name, partition: 9, to: "latest" }), "UNKNOWN_TOPIC_OR_PARTITION");
    await consumer.close();
    await rejects(consumer.seek({ ...p0, to: "latest" }), "ERR_CLOSED");
  });
}, "either");

test("a topic that doesn't exist is told, and read once it does", async (w) => {
  const topic = new Topic(w);
  await withKafka(w, {}, async (kafka) => {
    let told = (_: KafkaError) => {};
    const error = new Promise<KafkaError>((resolve) => (told = resolve));
    const onRetry = (e: KafkaError) => {
      told(e);
      throw new Error("a callback's own");
    };
    const records = kafka.consume({ topics: [topic.name], onRetry }).records();
    const first = records.next();
    const began = performance.now();
    const e = await error;
    equal([e.code, e.topic, e.retriable], ["UNKNOWN_TOPIC_OR_PARTITION", topic.name, true]);
    equal(performance.now() - began < 3000, true, "it is told within 3 s");
    await topic.make();
    await topic.write([{ value: "here" }]);
    equal((await first).value?.text(), "here");
    await records.return!(undefined);
  });
}, "either");

test("a consumer survives the end of its bridge", async (w) => {
  const topic = await topicOf(w, "before");
  const bridge = await newBridge(w);
  await withKafka(w, { bridge: bridge.url }, async (kafka) => {
    const errors: string[] = [];
    const records = kafka.consume({ topics: [topic.name], from: "earliest", onRetry: (e) => void errors.push(e.code) }).records();
    equal((await records.next()).value?.text(), "before");
    await bridge.end();
    const next = records.next();
    await topic.write([{ value: "meanwhile" }]);
    await bridge.again();
    equal((await next).value?.text(), "meanwhile");
    await records.return!(undefined);
  });
}, "either");

test("values are cut, and record() has all", async (w) => {
  const large = "x".repeat(300_000);
  const topic = await topicOf(w, large, "small");
  await withKafka(w, {}, async (kafka) => {
    const lengths: [number, number][] = [];
    for await (const r of kafka.consume({ topics: [topic.name], ...earliest, valueLimit: 100 }).records()) {
      lengths.push([r.value!.length, r.valueLength]);
    }
    equal(lengths, [[100, 300_000], [5, 5]]);
    const at = { topic: topic.name, partition: 0 };
    equal((await kafka.record({ ...at, offset: 0n }))?.text() === large, true, "the whole value");
    equal((await kafka.record({ ...at, offset: 1n }))?.text(), "small");
    equal((await kafka.record(await kafka.produce({ topic: topic.name, value: "produced" })))?.text(), "produced");
    equal(await kafka.record({ ...at, offset: 3n }), null);
    await rejects(kafka.record({ topic: "none", partition: 0, offset: 0n }), "UNKNOWN_TOPIC_OR_PARTITION");
    await rejects(kafka.record({ ...at, offset: 0n }, { signal: AbortSignal.abort() }), "ERR_ABORTED");
    await rejects(kafka.record({ ...at, offset: 0 as never }), "ERR_MISMATCH_ARGUMENT");
  });
}, "either");

test("many batches cross to a loop that is slow", async (w) => {
  const topic = await topicOf(w, ...Array.from({ length: 40 }, () => "y".repeat(100_000)));
  await withKafka(w, {}, async (kafka) => {
    const batches: Batch[] = [];
    for await (const b of kafka.consume({ topics: [topic.name], ...earliest, maxBufferedBytes: 500_000 })) {
      batches.push(b);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const records = batches.flatMap((b) => b.records);
    equal(records.map((r) => r.offset), Array.from({ length: 40 }, (_, i) => BigInt(i)), "offsets");
    equal(records.every((r) => r.text() === "y".repeat(100_000)), true, "the values");
  });
}, "either");

test("what to consume is checked", async (w) => {
  await withKafka(w, {}, async (kafka) => {
    const t = { topics: ["t"] };
    const p = { topic: "t", partition: 0 };
    const wrong: unknown[] = [
      undefined, {}, { topics: [] }, { topics: [""] }, { topics: "t" }, { ...t, partitions: [p] }, { partitions: [p, p] },
      { partitions: [{ topic: "t" }] }, { partitions: [{ ...p, until: 5 }] }, { ...t, topic: "t" }, { ...t, from: "end" },
      { ...t, from: { offset: 5 } }, { ...t, from: { offset: -1n } }, { ...t, from: { last: -1 } }, { ...t, from: { last: 1, offset: 1n } },
      { ...t, until: 5n }, { ...t, until: { timestamp: "now" } }, { ...t, isolation: "none" }, { ...t, filter: "x" },
      { ...t, filter: { text: "x", in: [] } }, { ...t, filter: { jq: "." } }, { ...t, valueLimit: -1 }, { ...t, maxBufferedBytes: 0 },
      { ...t, maxBatchRecords: 0.5 }, { ...t, onRetry: 1 }, { ...t, signal: 1 },
    ];
    for (const options of wrong) await rejects((async () => kafka.consume(options as never))(), "ERR_MISMATCH_ARGUMENT");
    const consumer = kafka.consume(t);
    for (const list of [p, [{}], [{ ...p, offset: 1n }]]) {
      await rejects((async () => consumer.pause(list as never))(), "ERR_MISMATCH_ARGUMENT");
    }
    await rejects(consumer.seek({ ...p, to: 1 as never }), "ERR_MISMATCH_ARGUMENT");
    await consumer.close();
  });
}, "either");
