import { KafkaError, type Kafka, type NewRecord, type Produced, type ProduceOptions } from "kafkaio";
import { equal, rejects, test, type World } from "./harness.js";
import { newBridge, withKafka } from "./stack.js";

let topics = 0;

/** Runs f with a client and a new topic. */
export async function withTopic(w: World, partitions: number, f: (kafka: Kafka, topic: string) => Promise<void>): Promise<void> {
  await withKafka(w, {}, async (kafka) => {
    const topic = `suite-${Date.now()}-${++topics}`;
    await kafka.admin.createTopic({ name: topic, partitions });
    try {
      await f(kafka, topic);
    } finally {
      await kafka.admin.deleteTopic(topic);
    }
  });
}

/** The end of each partition of a topic. */
async function ends(kafka: Kafka, topic: string): Promise<unknown[]> {
  return (await kafka.admin.offsets({ topic }, "latest")).map((r) => ("offset" in r ? r.offset : r.error));
}

test("a record is stored", async (w) => {
  await withTopic(w, 2, async (kafka, topic) => {
    const record = { topic, partition: 1, key: "k", value: new Uint8Array([0, 255]), headers: [["trace", "x"], ["trace", null]], timestamp: 1_700_000_000_123 } as const;
    equal(await kafka.produce(record), { topic, partition: 1, offset: 0n, timestamp: record.timestamp });
    equal((await kafka.produce({ topic, partition: 1, value: null })).offset, 1n, "the tombstone's offset");
    equal(await ends(kafka, topic), [0n, 2n], "the ends");
    const partition = await kafka.partitionFor(topic, "key");
    equal((await kafka.produce({ topic, key: "key", value: "" })).partition, partition, "the key's partition");
  });
}, "either");

test("records can be produced in every way", async (w) => {
  await withTopic(w, 1, async (kafka, topic) => {
    const ways: ProduceOptions[] = [{ compression: "gzip" }, { compression: "snappy" }, { compression: "lz4" }, { compression: "zstd" }, { idempotent: false }, { acks: "leader" }];
    for (const [i, way] of ways.entries()) equal((await kafka.produce({ topic, value: "v" }, way)).offset, BigInt(i), JSON.stringify(way));
    equal((await kafka.produce({ topic, value: "v" }, { acks: "none" })).offset, -1n, "without acks");
  });
}, "either");

test("produce's arguments are checked", async (w) => {
  await withKafka(w, {}, async (kafka) => {
    const value = "v";
    const wrong: [() => Promise<unknown>, string][] = [
      [() => kafka.produce(null as never), "record"],
      [() => kafka.produce("text" as never), "record"],
      [() => kafka.produce({ topic: "t" } as never), "record.value"],
      [() => kafka.produce({ topic: "t", value, offset: 1n } as never), "record.offset"],
      [() => kafka.produce({ topic: "t", value }, { ack: "all" } as never), "options.ack"],
      [() => kafka.produce({ topic: "t", value }, { acks: 1 } as never), "acks"],
      [() => kafka.produce({ topic: "t", value }, { acks: "leader", idempotent: true }), "idempotent"],
      [() => kafka.produce({ topic: "t", value }, { compression: "bzip2" } as never), "compression"],
      [() => kafka.produce({ topic: "t", value }, { timeout: -1 }), "timeout"],
      [() => kafka.produce({ topic: "t", value }, { maxMessageBytes: 1 }), "maxMessageBytes"],
      [() => kafka.produce({ topic: "t", value: Object.defineProperty(new Int8Array(1), Symbol.toStringTag, { value: "Uint8Array" }) as never }), "value"],
      [() => kafka.partitionFor("", "key"), "topic"],
      [() => kafka.partitionFor("t", 7 as never), "key"],
    ];
    for (const [call, name] of wrong) {
      const e = await rejects(call(), "ERR_MISMATCH_ARGUMENT");
      equal(e.message.includes(name), true, `"${e.message}" names ${name}`);
      equal(e.outcomeUnknown, false, "outcomeUnknown");
    }
  });
}, "either");

test("each of many records has a result, in order", async (w) => {
  await withTopic(w, 1, async (kafka, topic) => {
    const records = Array.from({ length: 5000 }, (_, i): NewRecord => ({ topic, value: String(i).padEnd(100) }));
    records[3] = { topic: "missing.topic", value: "v" };
    records[4] = { topic, value: "v", header: [] } as never;
    const results = await kafka.produce(records);
    equal(results.length, records.length, "the number of results");
    const codes = results.slice(3, 5).map((r) => "error" in r && [r.topic, r.error instanceof KafkaError && r.error.code]);
    equal(codes, [["missing.topic", "UNKNOWN_TOPIC_OR_PARTITION"], [topic, "ERR_MISMATCH_ARGUMENT"]], "the errors");
    const offsets = results.filter((r): r is Produced => "offset" in r).map((r) => r.offset);
    equal(offsets.every((o, i) => o === BigInt(i)), true, "the offsets are in order");
    equal(offsets.length, records.length - 2, "the number of offsets");
  });
}, "either");

test("records of an asynchronous iterable don't wait for those that come later", async (w) => {
  await withTopic(w, 1, async (kafka, topic) => {
    async function* trickle() {
      yield { topic, value: "first" };
      while ((await ends(kafka, topic))[0] === 0n); // until it is stored
      yield { topic, value: "second" };
    }
    const results = await kafka.produce(trickle());
    equal(results.map((r) => "offset" in r && r.offset), [0n, 1n]);
  });
}, "either");

test("calls of produce are stored in their order", async (w) => {
  await withTopic(w, 1, async (kafka, topic) => {
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => kafka.produce({ topic, value: String(i) })));
    equal(all.map((r) => r.offset), Array.from({ length: 50 }, (_, i) => BigInt(i)));
  });
}, "either");

test("an iterable that throws is the cause", async (w) => {
  await withTopic(w, 1, async (kafka, topic) => {
    const cause = new TypeError("no more");
    const broken = [
      function* () {
        throw cause;
      },
      async function* () {
        yield { topic, value: "v" };
        throw cause;
      },
    ];
    for (const records of broken) {
      const e = await rejects(kafka.produce(records() as Iterable<NewRecord>), "ERR_CALLBACK");
      equal(e.cause === cause, true, "the cause");
    }
  });
}, "either");

test("headers that throw are the cause", async (w) => {
  await withTopic(w, 1, async (kafka, topic) => {
    const cause = new TypeError("no more");
    function* headers(): Iterable<readonly [string, string]> {
      yield ["trace", "x"];
      throw cause;
    }
    const record = () => ({ topic, value: "v", headers: headers() });
    equal((await rejects(kafka.produce(record()), "ERR_CALLBACK")).cause === cause, true, "the cause");
    const [first, second, third] = await kafka.produce([{ topic, value: "v" }, record(), { topic, value: "v" }]);
    equal([first, third].map((r) => r && "offset" in r && r.offset), [0n, 1n], "the others' offsets");
    equal(second && "error" in second && KafkaError.is(second.error, "ERR_CALLBACK") && second.error.cause === cause, true, "the cause");
  });
}, "either");

test("an iterable that can't be left changes no result", async (w) => {
  await withKafka(w, {}, async (kafka) => {
    let left = 0;
    const leave = () => {
      left++;
      throw new TypeError("it can't be left");
    };
    const ways = [leave, async () => leave()];
    for (const way of ways) {
      const control = new AbortController();
      const next = () => {
        control.abort("enough");
        return new Promise<never>(() => {});
      };
      const records: AsyncIterable<NewRecord> = { [Symbol.asyncIterator]: () => ({ next, return: way }) };
      equal((await rejects(kafka.produce(records, { signal: control.signal }), "ERR_ABORTED")).cause, "enough", "the cause");
    }
    equal(left, ways.length, "times that it was left");
  });
});

test("a record above the client's limit isn't sent", async (w) => {
  await withTopic(w, 1, async (kafka, topic) => {
    const large = { topic, value: new Uint8Array(2_000_000) };
    const e = await rejects(kafka.produce(large), "ERR_LIMIT");
    equal([e.outcomeUnknown, e.message.includes("maxMessageBytes"), e.kafkaCode], [false, true, undefined], e.message);
    equal(await ends(kafka, topic), [0n], "the ends");
    await rejects(kafka.produce(large, { maxMessageBytes: 3_000_000 }), "MESSAGE_TOO_LARGE"); // of the topic
  });
}, "either");

test("records are taken as fast as brokers take them", async (w) => {
  const bridge = await newBridge(w);
  await withKafka(w, { bridge: bridge.url }, async (kafka) => {
    const topic = `slow-${Date.now()}`;
    await kafka.admin.createTopic({ name: topic, partitions: 1 });
    await kafka.produce({ topic, value: "v" });
    await bridge.end();
    let taken = 0;
    let returned = false;
    async function* endless() {
      try {
        for (;;) {
          taken += 10_000;
          yield { topic, value: new Uint8Array(10_000) };
        }
      } finally {
        returned = true;
      }
    }
    const e = await rejects(kafka.produce(endless(), { signal: AbortSignal.timeout(3000) }), "ERR_TIMEOUT");
    equal([e.outcomeUnknown, taken > 0, taken < 20 << 20, returned], [true, true, true, true], `it took ${taken} bytes; the iterator`);
  });
}, "either");

test("an aborted produce tells whether anything may be stored", async (w) => {
  await withTopic(w, 1, async (kafka, topic) => {
    const reason = new Error("changed my mind");
    const e = await rejects(kafka.produce({ topic, value: "v" }, { signal: AbortSignal.abort(reason) }), "ERR_ABORTED");
    equal([e.cause === reason, e.outcomeUnknown], [true, false], "the cause, and outcomeUnknown");
    const control = new AbortController();
    async function* aborting() {
      yield { topic, value: "v" };
      while ((await ends(kafka, topic))[0] === 0n); // until it is stored
      control.abort(reason);
      await new Promise(() => {});
    }
    const late = await rejects(kafka.produce(aborting(), { signal: control.signal }), "ERR_ABORTED");
    equal([late.cause === reason, late.outcomeUnknown], [true, true], "the cause, and outcomeUnknown");
  });
}, "either");

test("closing ends producing", async (w) => {
  const bridge = await newBridge(w);
  await withKafka(w, { bridge: bridge.url }, async (kafka) => {
    const topic = `closing-${Date.now()}`;
    await kafka.admin.createTopic({ name: topic, partitions: 1 });
    await bridge.end();
    const pending = rejects(kafka.produce({ topic, value: "v" }), "ERR_CLOSED");
    await kafka.close();
    equal((await pending).outcomeUnknown, false, "outcomeUnknown");
    equal((await rejects(kafka.produce([{ topic, value: "v" }]), "ERR_CLOSED")).outcomeUnknown, false, "outcomeUnknown");
  });
}, "either");

test("a client that may only read produces nothing", async (w) => {
  await withKafka(w, { readOnly: true }, async (kafka) => {
    for (const what of [{ topic: "t", value: "v" }, [{ topic: "t", value: "v" }]]) {
      equal((await rejects(kafka.produce(what as NewRecord), "ERR_READ_ONLY")).outcomeUnknown, false, "outcomeUnknown");
    }
  });
}, "either");

test("a record that was read is stored again whole", async (w) => {
  await withTopic(w, 1, async (kafka, topic) => {
    const headers = [["trace", new Uint8Array([2])], ["trace", null], ["", new Uint8Array(0)]] as const;
    await kafka.produce({ topic, key: new Uint8Array(0), value: new Uint8Array([255]), headers });
    const read = async (offset: bigint) => (await kafka.record({ topic, partition: 0, offset }))!;
    const original = await read(0n);
    await kafka.produce({ topic, key: original.key, value: original.value, headers: original.headers });
    const copy = await read(1n);
    equal([copy.key, copy.value, copy.headers], [new Uint8Array(0), new Uint8Array([255]), headers]);
  });
}, "either");
