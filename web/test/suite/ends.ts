// Ends at every moment: of a call, of a consumer, of a client, of a Worker.
import { connect, KafkaError, type Kafka, type KafkaRecord } from "kafkaio";
import { withWorker } from "./death.js";
import { equal, pageTest, rejects, test } from "./harness.js";
import { newBridge, withKafka } from "./stack.js";
import { topicOf } from "./topics.js";

/** Moments, in milliseconds: within an event, within a request, between requests. */
const moments = [0, 1, 3, 10, 30, 100, 300];

type Records = AsyncIterableIterator<KafkaRecord>;

const abortable = (reason: unknown) => {
  const control = new AbortController();
  return { signal: control.signal, abort: () => control.abort(reason) };
};

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** What a promise comes to: undefined, or the code of the KafkaError with which it rejects. */
async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
  } catch (error) {
    if (!KafkaError.is(error)) throw error;
    return error.code;
  }
  return undefined;
}

/** Calls of every kind on a topic, each of which ends by itself or with the client. */
function callsOf(kafka: Kafka, topic: string): Promise<unknown>[] {
  async function* endless() {
    for (;;) yield { topic, value: "v" };
  }
  const consume = async () => {
    for await (const _ of kafka.consume({ topics: [topic], from: "earliest" }));
  };
  const status = async () => {
    for await (const _ of kafka.status());
  };
  const socket = async () => {
    const s = await kafka.socket(0);
    for (;;) await s.request(18, 0, new Uint8Array(0));
  };
  const logDirs = async () => {
    for await (const _ of kafka.admin.logDirs());
  };
  return [
    consume(), status(), socket(), logDirs(), kafka.produce(endless()), kafka.produce({ topic, value: "v" }), kafka.admin.topics(),
    kafka.admin.offsets({ topic }, "latest"), kafka.record({ topic, partition: 0, offset: 0n }), kafka.partitionFor(topic, "key"),
  ];
}

test("closing the client at any moment settles everything", async (w) => {
  const topic = await topicOf(w, "0", "1");
  for (const moment of moments) {
    const kafka = await connect({ bridge: `${w.origin}/kafka` });
    const calls = Promise.all(callsOf(kafka, topic.name).map(codeOf));
    await later(moment);
    await kafka.close();
    for (const code of await calls) equal([undefined, "ERR_CLOSED"].includes(code), true, `${code} after ${moment} ms`);
    equal(await kafka.closed, undefined, "the reason");
  }
}, "either");

test("closing a consumer at any moment is the end of its batches", async (w) => {
  const topic = await topicOf(w, ...Array.from({ length: 20 }, (_, i) => String(i)));
  await withKafka(w, {}, async (kafka) => {
    for (const moment of moments) {
      const consumer = kafka.consume({ topics: [topic.name], from: "earliest", maxBatchRecords: 1 });
      let closed = false;
      const loop = (async () => {
        for await (const _ of consumer) {
          if (closed) throw new Error(`a batch came after close, which was after ${moment} ms`);
          await later(0);
        }
      })();
      await later(moment);
      const closing = consumer.close();
      closed = true;
      await Promise.all([loop, closing]);
      equal((await consumer.progress()).ended, "closed");
    }
  });
}, "either");

test("leaving a consumer that has read all drops what waits for the loop", async (w) => {
  const topic = await topicOf(w, "0", "1", "2");
  const reason = new Error("enough");
  await withKafka(w, {}, async (kafka) => {
    const { signal, abort } = abortable(reason);
    const consumers = [0, 1, 2].map(() => kafka.consume({ topics: [topic.name], from: "earliest", until: "end", maxBatchRecords: 1, signal }));
    for (const consumer of consumers) while (!(await consumer.progress()).ended) await later(10);
    const [closed, aborted, inBatch] = consumers.map((c) => c.records()) as [Records, Records, Records];
    await consumers[0]!.close();
    equal((await closed.next()).done, true, "after close");
    equal((await inBatch.next()).value?.text(), "0");
    abort();
    for (const records of [aborted, inBatch]) equal((await rejects(records.next(), "ERR_ABORTED")).cause === reason, true, "the cause");
    equal((await aborted.next()).done, true, "a generator that has thrown");
  });
}, "either");

test("return() of every iterator ends the next() that waits", async (w) => {
  const topic = await topicOf(w);
  const bridge = await newBridge(w);
  await withKafka(w, { bridge: bridge.url }, async (kafka) => {
    await bridge.stall();
    const iterators: Record<string, AsyncIterator<unknown>> = {
      records: kafka.consume({ topics: [topic.name] }).records(),
      batches: kafka.consume({ topics: [topic.name] })[Symbol.asyncIterator](),
      frames: kafka.frames()[Symbol.asyncIterator](),
      status: kafka.status()[Symbol.asyncIterator](),
      groups: kafka.admin.groups()[Symbol.asyncIterator](),
      logDirs: kafka.admin.logDirs()[Symbol.asyncIterator](),
    };
    for (const [name, iterator] of Object.entries(iterators)) {
      const nexts = Promise.all(Array.from({ length: 20 }, () => iterator.next())); // more than can come
      const began = performance.now();
      await iterator.return!();
      equal((await nexts).at(-1)!.done, true, `${name}: done`);
      equal(performance.now() - began < 5000, true, `${name}: it ended before an answer was due`);
      equal((await iterator.next()).done, true, `${name}: done, then`);
    }
    await bridge.flow();
  });
}, "either");

test("a call that is aborted at any moment settles", async (w) => {
  const topic = await topicOf(w, "0", "1");
  await withKafka(w, {}, async (kafka) => {
    for (const moment of moments) {
      const control = new AbortController();
      const { signal } = control;
      const reason = new Error("enough");
      const calls: Promise<unknown>[] = [
        kafka.produce({ topic: topic.name, value: "v" }, { signal }),
        kafka.admin.topics({ signal }),
        kafka.admin.offsets({ topic: topic.name }, "latest", { signal }),
        kafka.record({ topic: topic.name, partition: 0, offset: 0n }, { signal }),
        kafka.socket(0, { signal }).then((s) => s.close()),
        (async () => {
          for await (const _ of kafka.consume({ topics: [topic.name], from: "earliest", signal }));
        })(),
        (async () => {
          for await (const _ of kafka.status({ signal }));
        })(),
      ];
      const settled = Promise.allSettled(calls);
      await later(moment);
      control.abort(reason);
      for (const s of await settled) {
        if (s.status === "rejected") equal([KafkaError.is(s.reason, "ERR_ABORTED"), (s.reason as KafkaError).cause === reason], [true, true], `${String(s.reason)} after ${moment} ms`);
      }
    }
    await kafka.admin.topics(); // the client is well
  });
}, "either");

test("connecting that is aborted at any moment settles", async (w) => {
  for (const moment of [...moments, 600, 1200]) {
    const control = new AbortController();
    const connecting = connect({ bridge: `${w.origin}/kafka`, signal: control.signal });
    setTimeout(() => control.abort(), moment);
    const code = await codeOf(connecting.then((kafka) => kafka.close()));
    equal([undefined, "ERR_ABORTED"].includes(code), true, `${code} after ${moment} ms`);
  }
}, "either");

test("a callback that throws, rejects or never settles holds up nothing", async (w) => {
  const topic = await topicOf(w, "0");
  await withKafka(w, {}, async (kafka) => {
    let called = 0;
    const callbacks: (() => unknown)[] = [
      () => {
        throw new Error("a callback's own");
      },
      () => Promise.reject(new Error("a callback's own")),
      () => new Promise(() => {}),
      () => 7n,
    ];
    for (const callback of callbacks) {
      const before = called;
      const onRetry = () => {
        called++;
        return callback() as void;
      };
      const records = kafka.consume({ topics: [topic.name, `missing.${called}.${topic.name}`], from: "earliest", onRetry }).records();
      equal((await records.next()).value?.text(), "0");
      while (called < before + 2) await later(50); // it is called again, too
      await records.return!(undefined);
    }
  });
}, "either");

test("an iterable that never settles ends with the client", async (w) => {
  const topic = await topicOf(w, "0");
  const kafka = await connect({ bridge: `${w.origin}/kafka` });
  let asked = () => {};
  const asking = new Promise<void>((resolve) => (asked = resolve));
  async function* silent() {
    yield { topic: topic.name, value: "v" };
    asked();
    await new Promise(() => {});
  }
  const producing = rejects(kafka.produce(silent()), "ERR_CLOSED");
  await asking;
  await kafka.close();
  await producing;
}, "either");

pageTest("a Worker that is terminated at any moment settles everything", async (w) => {
  const topic = await topicOf(w, "0", "1");
  for (const moment of moments) {
    const [kafka, worker] = await withWorker(() => connect({ bridge: `${w.origin}/kafka` }));
    const calls = Promise.all(callsOf(kafka, topic.name).map(codeOf));
    await later(moment);
    worker.terminate();
    for (const code of await calls) equal([undefined, "ERR_CRASHED"].includes(code), true, `${code} after ${moment} ms`);
    equal((await kafka.closed)?.code, "ERR_CRASHED", "closed");
  }
});

pageTest("a Worker that is terminated while it connects rejects", async (w) => {
  const Original = globalThis.Worker;
  let terminate = () => {};
  globalThis.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      terminate = () => this.terminate();
    }
  };
  try {
    const token = () => {
      terminate();
      return new Promise<string>(() => {});
    };
    await rejects(connect({ bridge: `${w.origin}/kafka`, token }), "ERR_CRASHED");
  } finally {
    globalThis.Worker = Original;
  }
});
