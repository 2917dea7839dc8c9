// What happens to the way to the brokers, and to a broker.
import type { Consumer, KafkaError, KafkaRecord, Status } from "kafkaio";
import { equal, rejects, test } from "./harness.js";
import { broker, newBridge, withKafka } from "./stack.js";
import { Topic, topicOf } from "./topics.js";

/** Reads a topic, and notes what is reported. */
class Reading {
  readonly reports: { error: KafkaError; at: number }[] = [];
  #records: AsyncIterator<KafkaRecord, undefined>;
  #reported = () => {};

  constructor(consume: (onRetry: (error: KafkaError) => void) => Consumer) {
    this.#records = consume((error) => {
      this.reports.push({ error, at: performance.now() });
      this.#reported();
    }).records();
  }

  /** The text of the next record; undefined after the end. */
  async next(): Promise<string | null | undefined> {
    return (await this.#records.next()).value?.text();
  }

  /** Waits for a report, and returns its error. It must come in time; a little is for a busy machine. */
  async report(): Promise<KafkaError> {
    const began = performance.now();
    const before = this.reports.length;
    while (this.reports.length === before) await new Promise<void>((resolve) => (this.#reported = resolve));
    const { error, at } = this.reports[before]!;
    equal(at - began < 4500, true, `"${error.message}" came after ${at - began} ms, and in time`);
    return error;
  }

  end(): Promise<unknown> {
    return this.#records.return!();
  }
}

test("a connection that is cut is made again", async (w) => {
  const topic = await topicOf(w, "before");
  const bridge = await newBridge(w);
  await withKafka(w, { bridge: bridge.url }, async (kafka) => {
    const reading = new Reading((onRetry) => kafka.consume({ topics: [topic.name], from: "earliest", onRetry }));
    equal(await reading.next(), "before");
    for (const value of ["0", "1", "2"]) {
      const next = reading.next();
      const asking = kafka.admin.topics();
      await bridge.cut();
      await topic.write([{ value }]);
      equal(await next, value);
      await asking; // what reads is tried again
    }
    equal((await kafka.produce({ topic: topic.name, value: "after" })).offset, 4n);
    await reading.end();
  });
}, "either");

test("a connection that stalls is told, and read on", async (w) => {
  const topic = await topicOf(w, "before");
  const bridge = await newBridge(w);
  await withKafka(w, { bridge: bridge.url }, async (kafka) => {
    const reading = new Reading((onRetry) => kafka.consume({ topics: [topic.name], from: "earliest", onRetry }));
    equal(await reading.next(), "before");
    await bridge.stall();
    const e = await reading.report();
    equal([e.code, e.retriable], ["ERR_TIMEOUT", true], "the report");
    await rejects(kafka.admin.cluster(), "ERR_TIMEOUT");
    const next = reading.next();
    await bridge.flow();
    await topic.write([{ value: "after" }]);
    equal(await next, "after");
    await reading.end();
  });
}, "either");

test("a broker that is frozen is told, and read on", async (w) => {
  const topic = await topicOf(w, "before");
  await withKafka(w, {}, async (kafka) => {
    const reading = new Reading((onRetry) => kafka.consume({ topics: [topic.name], from: "earliest", onRetry }));
    equal(await reading.next(), "before");
    const states: Status["state"][] = [];
    const reconnecting = (async () => {
      for await (const { state } of kafka.status()) {
        states.push(state);
        if (states.length === 3) return;
      }
    })();
    await broker(w, "freeze");
    let next: ReturnType<Reading["next"]> | undefined;
    try {
      const e = await reading.report();
      equal([e.code, e.retriable], ["ERR_TIMEOUT", true], "the report");
      await rejects(kafka.admin.topics(), "ERR_TIMEOUT");
      await rejects(kafka.produce({ topic: topic.name, value: "too late" }, { timeout: 2000 }), "ERR_TIMEOUT");
      next = reading.next();
      while (!states.includes("reconnecting")) await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await broker(w, "thaw");
    }
    await reconnecting;
    equal([states[0], states[1]], ["connected", "reconnecting"], "the states");
    await topic.write([{ value: "after" }]);
    let value = await next;
    if (value === "too late") value = await reading.next(); // which nobody could know
    equal(value, "after");
    await reading.end();
  });
}, "apache");

test("a broker that is killed and restarted is read on", async (w) => {
  const topic = await topicOf(w, "before");
  await withKafka(w, {}, async (kafka) => {
    const reading = new Reading((onRetry) => kafka.consume({ topics: [topic.name], from: "earliest", onRetry }));
    equal(await reading.next(), "before");
    await broker(w, "kill");
    let next: ReturnType<Reading["next"]> | undefined;
    let producing: Promise<unknown> | undefined;
    try {
      const e = await reading.report();
      equal([["ERR_BROKER_UNREACHABLE", "ERR_TIMEOUT"].includes(e.code), e.retriable], [true, true], `the report "${e.message}" of code ${e.code}`);
      next = reading.next();
      producing = kafka.produce({ topic: topic.name, value: "waits" }, { timeout: 50_000 });
    } finally {
      await broker(w, "restart");
    }
    await producing;
    equal(await next, "waits");
    await reading.end();
    const apart = reading.reports.slice(1).map(({ at }, i) => at - reading.reports[i]!.at);
    equal(apart.filter((ms) => ms < 900), [], "reports that are less than a second apart");
  });
}, "apache");

test("a loop that is slow lets no more come than it may", async (w) => {
  const size = 50_000;
  const count = 300;
  const topic = new Topic(w);
  await topic.make();
  await topic.write(Array.from({ length: count }, (_, i) => ({ value: String(i).padEnd(10, "."), times: size / 10 })), undefined, "none");
  const bridge = await newBridge(w);
  await withKafka(w, { bridge: bridge.url }, async (kafka) => {
    const maxBufferedBytes = 2_000_000;
    const before = await bridge.received();
    const batches = kafka.consume({ topics: [topic.name], from: "earliest", until: "end", maxBufferedBytes })[Symbol.asyncIterator]();
    let read = (await batches.next()).value!.records.length;
    let received = 0;
    for (let same = 0; same < 4; ) { // until no more comes
      await new Promise((resolve) => setTimeout(resolve, 500));
      const now = await bridge.received();
      same = now - received < 10_000 ? same + 1 : 0; // metadata comes all the same
      received = now;
    }
    const window = 256 << 10;
    const inPage = 6 * 256 * 1024; // what the page was given: four batches, and those on their way
    const most = maxBufferedBytes + window + size + inPage;
    equal(received - before < most, true, `${received - before} bytes, and at most ${most}`);
    for (let r = await batches.next(); !r.done; r = await batches.next()) read += r.value.records.length;
    equal(read, count, "the number of records");
  });
}, "either");

test("a topic that doesn't exist is reported once a second", async (w) => {
  await withKafka(w, {}, async (kafka) => {
    const reading = new Reading((onRetry) => kafka.consume({ topics: [new Topic(w).name], onRetry }));
    for (let i = 0; i < 3; i++) equal((await reading.report()).code, "UNKNOWN_TOPIC_OR_PARTITION");
    const [first, , third] = reading.reports;
    equal(third!.at - first!.at > 1900, true, "three reports are two seconds apart");
    const next = reading.next();
    await reading.end();
    equal(await next, undefined, "the record after the end");
  });
}, "either");

test("a topic that is made again is read from its beginning", async (w) => {
  const topic = await topicOf(w, "old 0", "old 1");
  await withKafka(w, {}, async (kafka) => {
    const reading = new Reading((onRetry) => kafka.consume({ topics: [topic.name], from: "earliest", onRetry }));
    equal([await reading.next(), await reading.next()], ["old 0", "old 1"]);
    await kafka.admin.deleteTopic(topic.name);
    await topic.make();
    await topic.write([{ value: "new 0" }, { value: "new 1" }, { value: "new 2" }]);
    equal([await reading.next(), await reading.next(), await reading.next()], ["new 0", "new 1", "new 2"]);
    await reading.end();
  });
}, "either");

test("partitions that are added are read from their beginning", async (w) => {
  const topic = await topicOf(w, "old");
  await withKafka(w, {}, async (kafka) => {
    const reading = new Reading((onRetry) => kafka.consume({ topics: [topic.name], from: { last: 1 }, onRetry }));
    equal(await reading.next(), "old");
    await kafka.admin.createPartitions(topic.name, 3);
    const next = reading.next();
    await topic.write([{ partition: 2, value: "of the new one" }]);
    equal(await next, "of the new one");
    await reading.end();
  });
}, "either");

test("a reading outlasts its token", async (w) => {
  const topic = await topicOf(w, "before");
  const bridge = await newBridge(w, { tokens: ["brief", "long"], expiresInMs: 3000 });
  let renewed = () => {};
  const expiring = new Promise<void>((resolve) => (renewed = resolve));
  const token = (why: string) => {
    if (why === "expiring") setTimeout(renewed);
    return why === "expiring" ? "long" : "brief";
  };
  await withKafka(w, { bridge: bridge.url, token }, async (kafka) => {
    const reading = new Reading((onRetry) => kafka.consume({ topics: [topic.name], from: "earliest", onRetry }));
    equal(await reading.next(), "before");
    const next = reading.next();
    await expiring;
    await new Promise((resolve) => setTimeout(resolve, 3000)); // the first token is no longer valid
    await topic.write([{ value: "after" }]);
    equal(await next, "after");
    equal(reading.reports, [], "what was reported");
    await reading.end();
  });
}, "either");
