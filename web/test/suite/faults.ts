// What happens to the way to the brokers, and to topics.
import { equal, rejects, test } from "./harness.js";
import { Reading } from "./reading.js";
import { newBridge, withKafka } from "./stack.js";
import { Topic, topicOf } from "./topics.js";

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
