import { Batches } from "../../src/batches.js";
import type { CallOptions, Calls } from "../../src/calls.js";
import { consume } from "../../src/consumer.js";
import type { Batch } from "../../src/consumer_types.js";
import { KafkaError } from "../../src/errors.js";
import { equal, rejects, test } from "./harness.js";
import { withKafka } from "./stack.js";
import { Topic } from "./topics.js";

/** A batch of the topic t without records: one offset that was compacted. */
function batchOf(partition: number, offset: number, seek = 0): Uint8Array {
  const bytes = new Uint8Array(53);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, partition, true);
  view.setUint32(4, seek, true);
  view.setBigInt64(8, BigInt(offset + 1), true);
  view.setBigInt64(36, 1n, true);
  view.setUint32(48, 1, true);
  bytes[52] = "t".charCodeAt(0);
  return bytes;
}

test("a page keeps nothing of many partitions that are paused one after another", async () => {
  let [granted, number] = [0, 0];
  const batches = new Batches(
    () => granted++,
    () => {},
  );
  const partitions = 100;
  for (let partition = 0; partition < partitions; partition++) {
    for (let offset = 0; offset < 4; offset++) batches.add(batchOf(partition, offset));
    batches.pause([{ topic: "t", partition }]);
    const telling = batches.untold(() => ++number)!;
    equal(telling.back, [{ topic: "t", partition, batch: 5 * partition + 1, number }], "what goes back");
    batches.add(batchOf(partition, 4)); // which was under way
    batches.told(telling, true);
    equal(batches.untold(() => ++number), undefined, "what else there is to tell");
  }
  batches.resume(undefined);
  equal([granted, batches.isEmpty], [5 * partitions, true], "what was granted, and whether nothing is left");
  batches.add(batchOf(0, 0, 1));
  equal(batches.take()?.next, 1n, "what is sent again");
});

test("what goes back stays while its partition is sought in, and if the Worker has ended", async () => {
  const batches = new Batches(
    () => {},
    () => {},
  );
  const p = { topic: "t", partition: 0 };
  batches.add(batchOf(0, 0));
  batches.seeking(p);
  batches.pause([p]);
  equal(batches.untold(() => 1)?.back, [], "what goes back meanwhile");
  batches.sought(p);
  const telling = batches.untold(() => 2)!;
  equal(telling.back.length, 1, "what goes back then");
  batches.resume([p]);
  equal(batches.take(), undefined, "what the loop gets before the Worker knows");
  batches.told(telling, false);
  equal(batches.take()?.next, 1n, "what the loop gets");
});

test("a loop ends with the error of a pause", async () => {
  const worker = {
    start: (_method: string, _options: object, o: CallOptions) => {
      queueMicrotask(() => o.onItem!(null));
      return { result: new Promise(() => {}), cancel: () => {} };
    },
    do: () => Promise.reject(new KafkaError({ code: "ERR_CRASHED", message: "it failed" })),
  };
  const consumer = consume(worker as unknown as Calls, { topics: ["t"] });
  consumer.pause();
  await rejects(consumer[Symbol.asyncIterator]().next(), "ERR_CRASHED");
});

test("a loop that pauses and resumes again and again gets each record once", async (w) => {
  const topic = new Topic(w);
  const [partitions, count] = [3, 40];
  await topic.make(partitions);
  const numbers = Array.from({ length: count }, (_, i) => i);
  for (let partition = 0; partition < partitions; partition++) {
    await topic.write(numbers.map((i) => ({ partition, key: String(i), value: "0123456789", times: 5000 })));
  }
  await withKafka(w, {}, async (kafka) => {
    const consumer = kafka.consume({ topics: [topic.name], from: "earliest", until: "end", maxBatchRecords: 3 });
    const got = new Map<number, string[]>();
    for await (const batch of consumer) {
      got.set(batch.partition, [...(got.get(batch.partition) ?? []), ...batch.records.map((r) => r.text("key")!)]);
      const p = [{ topic: topic.name, partition: batch.partition }];
      consumer.pause(p);
      setTimeout(() => consumer.resume(p), 2);
    }
    for (let partition = 0; partition < partitions; partition++) equal(got.get(partition), numbers.map(String), `partition ${partition}`);
    const { scanned, matched, ended } = await consumer.progress();
    equal([scanned, matched, ended], [partitions * count, partitions * count, "until"], "the progress");
  });
}, "either");

test("a topic that is made again while its batches wait is read whole after a pause", async (w) => {
  const topic = new Topic(w);
  await topic.make();
  await topic.write(Array.from({ length: 30 }, (_, i) => ({ value: `old ${i}` })));
  const values = Array.from({ length: 40 }, (_, i) => `new ${i}`);
  await withKafka(w, {}, async (kafka) => {
    const consumer = kafka.consume({ topics: [topic.name], from: "earliest", maxBatchRecords: 10 });
    const batches = consumer[Symbol.asyncIterator]();
    await batches.next();
    await kafka.admin.deleteTopic(topic.name);
    await topic.make();
    await topic.write(values.map((value) => ({ value })));
    const isReadAnew = async () => (await consumer.progress()).partitions.some(({ position, end }) => position > 0n && end === 40n);
    while (!(await isReadAnew())) await new Promise((resolve) => setTimeout(resolve, 20));
    consumer.pause();
    await consumer.progress(); // the Worker knows of the pause, and has what goes back
    consumer.resume();
    const got: string[] = [];
    while (got.at(-1) !== "new 39") {
      const { value: batch } = (await batches.next()) as IteratorYieldResult<Batch>;
      got.push(...batch.records.map((r) => r.text()!));
    }
    equal(got, values, "what came");
    await consumer.close();
  });
}, "either");
