// What happens to the way to the brokers, and to topics.
import { equal, rejects, test, type World } from "./harness.js";
import { Reading } from "./reading.js";
import { newBridge, withKafka, type Bridge } from "./stack.js";
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

const size = 50_000;
const count = 300;

/** A topic with count records of size, which have no compression. */
async function largeTopic(w: World): Promise<Topic> {
  const topic = new Topic(w);
  await topic.make();
  await topic.write(Array.from({ length: count }, (_, i) => ({ value: String(i).padEnd(10, "."), times: size / 10 })), undefined, "none");
  return topic;
}

/** Waits until no more comes through a bridge, and returns how much has come. */
async function allReceived(bridge: Bridge): Promise<number> {
  let received = 0;
  for (let same = 0; same < 4; ) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = await bridge.received();
    same = now - received < 10_000 ? same + 1 : 0; // metadata comes all the same
    received = now;
  }
  return received;
}

/** What the page was given: four batches, and those on their way. */
const inPage = 6 * 256 * 1024;

test("a loop that is slow lets no more come than it may", async (w) => {
  const topic = await largeTopic(w);
  const bridge = await newBridge(w);
  await withKafka(w, { bridge: bridge.url }, async (kafka) => {
    const maxBufferedBytes = 2_000_000;
    const before = await bridge.received();
    const batches = kafka.consume({ topics: [topic.name], from: "earliest", until: "end", maxBufferedBytes })[Symbol.asyncIterator]();
    let read = (await batches.next()).value!.records.length;
    const received = await allReceived(bridge);
    const window = 256 << 10;
    const most = maxBufferedBytes + window + size + inPage;
    equal(received - before < most, true, `${received - before} bytes, and at most ${most}`);
    for (let r = await batches.next(); !r.done; r = await batches.next()) read += r.value.records.length;
    equal(read, count, "the number of records");
  });
}, "either");

test("pausing and resuming again and again lets no more come to the page than it may", async (w) => {
  const topic = await largeTopic(w);
  await withKafka(w, {}, async (kafka) => {
    const consumer = kafka.consume({ topics: [topic.name], from: "earliest", until: "end", maxBufferedBytes: 2_000_000 });
    const p0 = { topic: topic.name, partition: 0 };
    const position = async () => Number((await consumer.progress()).partitions[0]?.position ?? 0); // after what was sent to the page
    while ((await position()) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    for (let i = 0; i < 100; i++) {
      const which = i % 2 === 0 ? undefined : [p0];
      consumer.pause(which);
      if (i % 3 === 0) await position(); // the Worker has done it
      consumer.resume(which);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const sent = (await position()) * size;
    equal(sent < 2 * inPage, true, `${sent} bytes were sent to the page, and at most ${2 * inPage}`);
    let read = 0;
    for await (const batch of consumer) read += batch.records.length;
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
