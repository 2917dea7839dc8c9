import { connect, type Kafka, type KafkaError } from "kafkaio";
import { equal, pageTest, rejects, test } from "./harness.js";
import { newBridge, setup } from "./stack.js";

const inNode = navigator.userAgent.startsWith("Node");

/** For calls that nothing but the end of the Worker ends, which is seen within 20 s where there are no locks. */
const patient = { timeout: 100_000 };

/** Connects, and returns also the Worker that the client has. */
export async function withWorker(connecting: () => Promise<Kafka>): Promise<[Kafka, { terminate(): unknown }]> {
  const of: { Worker: typeof Worker } = inNode ? builtin("node:worker_threads") : globalThis;
  const Original = of.Worker;
  const replace = (w: typeof Worker) => {
    of.Worker = w;
    if (inNode) builtin<{ syncBuiltinESMExports(): void }>("node:module").syncBuiltinESMExports();
  };
  let worker: Worker | undefined;
  replace(
    class extends Original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        worker = this;
      }
    },
  );
  try {
    return [await connecting(), worker!];
  } finally {
    replace(Original);
  }
}

/** A module of Node. */
function builtin<T>(name: string): T {
  return (globalThis as unknown as { process: { getBuiltinModule(name: string): T } }).process.getBuiltinModule(name);
}

test("the end of the Worker settles everything", async (w) => {
  const { echo } = await setup(w);
  const bridge = await newBridge(w);
  const [kafka, worker] = await withWorker(() => connect({ bridge: bridge.url }));
  const socket = await kafka.socket(echo);
  await bridge.stall(); // so nothing is answered
  const states = (async () => {
    const seen: unknown[] = [];
    for await (const s of kafka.status()) seen.push(s.state === "closed" ? [s.state, s.error?.code] : s.state);
    return seen;
  })();
  const reading = rejects(socket.receive(1 << 20, patient), "ERR_CRASHED"); // more than comes back of the request
  const consumer = kafka.consume({ topics: ["none"] });
  await consumer.progress();
  const consuming = rejects(consumer[Symbol.asyncIterator]().next(), "ERR_CRASHED");
  const writing = rejects(socket.request(18, 0, new Uint8Array(0), patient), "ERR_CRASHED");
  const producing = rejects(kafka.produce({ topic: "none", value: "v" }, patient), "ERR_CRASHED");
  let handedOver = () => {};
  const handing = new Promise<void>((resolve) => (handedOver = resolve));
  function* many() {
    yield { topic: "none", value: "v".repeat(256 << 10) }; // which crosses before the next is asked for
    handedOver();
  }
  const producingMany = rejects(kafka.produce(many(), patient), "ERR_CRASHED");
  await handing; // what wasn't handed over isn't stored
  const terminated = performance.now();
  worker.terminate();
  const unknown = async (rejected: Promise<KafkaError>) => (await rejected).outcomeUnknown;
  equal([await unknown(reading), await unknown(writing)], [false, true], "outcomeUnknown");
  equal([await unknown(producing), await unknown(producingMany)], [true, true], "outcomeUnknown of produce");
  await consuming;
  equal((await consumer.progress()).ended, "error");
  equal((await kafka.closed)?.code, "ERR_CRASHED", "closed");
  const took = performance.now() - terminated;
  const most = inNode || navigator.locks ? 2000 : 60_000; // by locks and in Node it takes some ms, by beats 20 s
  equal(took < most, true, `it took ${took} ms, and at most ${most}`);
  const all = await states;
  equal(all.at(-1), ["closed", "ERR_CRASHED"], "the last state");
  equal(socket.alive, false, "the socket");
  await rejects(kafka.socket(echo), "ERR_CRASHED");
  await kafka.close();
});

pageTest("the end of the Worker is seen where there are no locks", async (w) => {
  const locks = Object.getOwnPropertyDescriptor(Navigator.prototype, "locks")!;
  const original = globalThis.setInterval;
  Object.defineProperty(Navigator.prototype, "locks", { value: undefined, configurable: true });
  let beat = () => {};
  globalThis.setInterval = ((f: () => void, ms: number) => original((beat = f), ms)) as typeof setInterval;
  let often: ReturnType<typeof setInterval> | undefined;
  try {
    const [kafka, worker] = await withWorker(() => connect({ bridge: `${w.origin}/kafka` }));
    often = original(beat, 300); // by themselves they are 5 s apart
    const socket = await kafka.socket(0);
    await new Promise((resolve) => setTimeout(resolve, 2000)); // beats, which are answered
    await socket.request(18, 0, new Uint8Array(0));
    worker.terminate();
    equal((await kafka.closed)?.code, "ERR_CRASHED", "closed");
  } finally {
    clearInterval(often);
    globalThis.setInterval = original;
    Object.defineProperty(Navigator.prototype, "locks", locks);
  }
});

/** Has all Workers end before they have begun, and beats follow each other soon, while f runs. */
async function withDeadWorkers(f: () => Promise<void>): Promise<void> {
  const { Worker, setInterval } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.terminate();
    }
  };
  globalThis.setInterval = ((f: () => void) => setInterval(f, 50)) as typeof setInterval;
  try {
    await f();
  } finally {
    Object.assign(globalThis, { Worker, setInterval });
  }
}

pageTest("a Worker that ends before it has begun is seen", async (w) => {
  await withDeadWorkers(async () => {
    const e = await rejects(connect({ bridge: `${w.origin}/kafka` }), "ERR_NOT_LOADED");
    equal(e.message.includes("it doesn't answer"), true, e.message);
  });
});

pageTest("connecting can be aborted before the Worker has begun", async (w) => {
  const reason = new Error("changed my mind");
  await withDeadWorkers(async () => {
    const control = new AbortController();
    const connecting = rejects(connect({ bridge: `${w.origin}/kafka`, signal: control.signal }), "ERR_ABORTED");
    control.abort(reason);
    equal((await connecting).cause === reason, true, "the cause");
  });
});

test("a panic of the program settles everything", async (w) => {
  const kafka = await connect({ bridge: `${w.origin}/kafka`, wasmURL: `${w.origin}/dist/panics.wasm` });
  equal(kafka.clusterId, "none");
  const e = await rejects(kafka.socket(0), "ERR_CRASHED");
  equal(e.message.includes("panic: as it was told to"), true, e.message);
  equal((await kafka.closed)?.code, "ERR_CRASHED", "closed");
});

test("a panic leaves open only whether writes were done", async (w) => {
  const record = { topic: "t", value: "v" };
  const calls: [(kafka: Kafka) => Promise<unknown>, boolean][] = [
    [(kafka) => kafka.produce(record), true],
    [(kafka) => kafka.produce([record]), true],
    [(kafka) => kafka.admin.createTopic({ name: "t" }), true],
    [(kafka) => kafka.admin.resetOffsets("g", [], { preview: true }), false],
    [(kafka) => kafka.admin.topics(), false],
  ];
  for (const [call, unknown] of calls) {
    const kafka = await connect({ bridge: `${w.origin}/kafka`, wasmURL: `${w.origin}/dist/panics.wasm` });
    equal((await rejects(call(kafka), "ERR_CRASHED")).outcomeUnknown, unknown, `outcomeUnknown of ${String(call)}`);
  }
});
