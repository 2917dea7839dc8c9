import { type Consumer, type ConsumeOptions, type GroupOptions, type Kafka, type TopicPartition } from "kafkaio";
import { equal, rejects, test, type World } from "./harness.js";
import { withKafka } from "./stack.js";
import { Topic, topicOf } from "./topics.js";

let made = 0;

/** Reads a topic as a member of a group. */
function join(kafka: Kafka, topic: Topic, group: Partial<GroupOptions> & { id: string }, options: ConsumeOptions = {}): Consumer {
  return kafka.consume({ topics: [topic.name], from: "earliest", group, ...options });
}

function newGroup(): string {
  return `group.${Date.now()}.${++made}`;
}

/** What a group has committed of a topic with one partition. */
async function committed(kafka: Kafka, id: string): Promise<bigint | null> {
  return (await kafka.admin.group(id)).offsets[0]?.committed ?? null;
}

/** A promise, and what resolves it. */
function later<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((r) => (resolve = r));
  return { promise, resolve };
}

/** Gets so many records one by one, and leaves the loop while it has the last. */
async function take(c: Consumer, n: number): Promise<(string | null)[]> {
  const values: (string | null)[] = [];
  for await (const r of c.records()) if (values.push(r.text()) === n) break;
  return values;
}

async function withTopic(w: World, values: string[], f: (kafka: Kafka, topic: Topic, id: string) => Promise<void>): Promise<void> {
  const topic = await topicOf(w, ...values);
  await withKafka(w, {}, (kafka) => f(kafka, topic, newGroup()));
}

test("a group commits what its loop has finished with", async (w) => {
  await withTopic(w, ["0", "1", "2", "3"], async (kafka, topic, id) => {
    const one = { maxBatchRecords: 1 };
    equal(await take(join(kafka, topic, { id }, one), 3), ["0", "1", "2"]);
    equal(await committed(kafka, id), 2n, "the loop was left in the third batch, and what is committed");
    try {
      for await (const _ of join(kafka, topic, { id }, one)) throw new Error("of the loop");
    } catch (error) {
      equal((error as Error).message, "of the loop");
    }
    equal(await committed(kafka, id), 2n, "an exception leaves what is committed, which");
    equal(await take(join(kafka, topic, { id, autoCommit: false }, one), 2), ["2", "3"]);
    equal(await committed(kafka, id), 2n, "without autoCommit what is committed");
    const all = join(kafka, topic, { id }, { ...one, until: "end" });
    const values: unknown[] = [];
    for await (const r of all.records()) values.push(r.text());
    equal(values, ["2", "3"]);
    equal(await committed(kafka, id), 4n, "a loop that has ended has committed what");
    equal((await all.progress()).ended, "until");
    equal((await kafka.admin.group(id)).members, 0, "the members");
  });
}, "either");

test("commit has what the loop has got", async (w) => {
  await withTopic(w, ["0", "1", "2", "3"], async (kafka, topic, id) => {
    const consumer = join(kafka, topic, { id, autoCommit: false });
    const got: unknown[] = [];
    for await (const r of consumer.records()) {
      got.push(r.text());
      if (r.offset === 1n) {
        await consumer.commit();
        break;
      }
    }
    equal(await committed(kafka, id), 2n, "after a commit by record");
    const batches = join(kafka, topic, { id, autoCommit: false });
    for await (const batch of batches) {
      equal(batch.records[0]!.offset, 2n, "the group goes on at");
      await batches.commit();
      break;
    }
    equal(await committed(kafka, id), 4n, "after a commit by batch");
    const byCallback: Consumer = join(kafka, topic, { id, autoCommit: false, onRevoked: () => byCallback.commit() }, { from: "earliest" });
    await topic.write([{ value: "4" }]);
    for await (const _ of byCallback) break;
    equal(await committed(kafka, id), 5n, "after a commit in onRevoked");
    const at = { topic: topic.name, partition: 0 };
    const explicit = join(kafka, topic, { id, autoCommit: false }, { until: "end" });
    await topic.write([{ value: "5" }]);
    for await (const _ of explicit) await explicit.commit([{ ...at, offset: 1n }]);
    equal(await committed(kafka, id), 1n, "after a commit of an offset");
    await rejects(explicit.commit(), "ERR_CLOSED");
  });
}, "either");

test("a commit that can't be", async (w) => {
  await withTopic(w, ["0"], async (kafka, topic, id) => {
    const consumer = join(kafka, topic, { id });
    for await (const _ of consumer) {
      const other = await rejects(consumer.commit([{ topic: topic.name, partition: 7, offset: 0n }]), "ILLEGAL_GENERATION");
      equal([other.topic, other.partition, other.kafkaCode], [topic.name, 7, 22]);
      await rejects(consumer.commit([{ topic: topic.name, partition: 0, offset: 0 as unknown as bigint }]), "ERR_MISMATCH_ARGUMENT");
      await rejects(consumer.commit("x" as never), "ERR_MISMATCH_ARGUMENT");
      break;
    }
    const none = kafka.consume({ topics: [topic.name] });
    await rejects(none.commit(), "ERR_MISMATCH_ARGUMENT");
    await rejects(none.seek({ topic: topic.name, partition: 0, to: "committed" }), "ERR_MISMATCH_ARGUMENT");
    await none.close();
  });
});

test("options of a group that make no sense", async (w) => {
  await withKafka(w, {}, async (kafka) => {
    const cases: [object, RegExp][] = [
      [{ topics: ["t"], group: { id: "" } }, /group\.id/],
      [{ topics: ["t"], group: "g" }, /group/],
      [{ topics: ["t"], group: { id: "g", protocol: "consumer" } }, /KIP-848/],
      [{ topics: ["t"], group: { id: "g", protocol: "x" } }, /protocol/],
      [{ topics: ["t"], group: { id: "g", instanceId: "" } }, /instanceId/],
      [{ topics: ["t"], group: { id: "g", autoCommit: 1 } }, /autoCommit/],
      [{ topics: ["t"], group: { id: "g", onAssigned: 1 } }, /onAssigned/],
      [{ topics: ["t"], group: { id: "g", onRevoke() {} } }, /onRevoke: there is no such option/],
      [{ partitions: [{ topic: "t", partition: 0 }], group: { id: "g" } }, /topics were expected/],
      [{ topics: ["t"], from: "committed" }, /needs a group/],
      [{ partitions: [{ topic: "t", partition: 0, from: "committed" }] }, /needs a group/],
    ];
    for (const [options, text] of cases) {
      const error = await rejects((async () => kafka.consume(options as ConsumeOptions))(), "ERR_MISMATCH_ARGUMENT");
      if (!text.test(error.message)) throw new Error(`${error.message}: want ${text}`);
    }
  });
});

test("members share partitions", async (w) => {
  const topic = new Topic(w);
  await topic.make(2);
  await topic.write([0, 1].map((partition) => ({ partition, value: `${partition}` })));
  const id = newGroup();
  await withKafka(w, {}, async (kafka) => {
    const told: string[] = [];
    const revoking = later<TopicPartition>();
    const release = later();
    const revoked = new Set<number>();
    const numbers = (p: TopicPartition[]) => p.map((tp) => tp.partition).sort().join(" ");
    const first = join(kafka, topic, {
      id,
      onAssigned: (p) => void told.push(`assigned ${numbers(p)}`),
      async onRevoked(p, lost) {
        told.push(`revoked ${numbers(p)} ${lost}`);
        for (const tp of p) revoked.add(tp.partition);
        revoking.resolve(p[0]!);
        await release.promise;
      },
    });
    const all = later();
    const seen = new Set<number>();
    const reading = (async () => {
      for await (const batch of first) {
        if (revoked.has(batch.partition)) throw new Error("a batch of a revoked partition");
        if (batch.records.length > 0) seen.add(batch.partition);
        if (seen.size === 2) all.resolve();
      }
    })();
    await all.promise;
    equal(told, ["assigned 0 1"]);
    const gained = later<TopicPartition[]>();
    const second = join(kafka, topic, { id, onAssigned: gained.resolve });
    const { partition } = await revoking.promise;
    await topic.write([{ partition, value: "for the second" }]);
    release.resolve();
    equal(await gained.promise, [{ topic: topic.name, partition }], "what the second member gets");
    equal(told.slice(1), [`revoked ${partition} false`]);
    equal(await take(second, 1), ["for the second"], "what the first member hasn't committed");
    await first.close();
    await reading;
    const last = told.at(-1)!;
    if (!/^revoked .*false$/.test(last)) throw new Error(`at its end it was told ${last}`);
  });
}, "either");

test("a second member of an instance takes its place", async (w) => {
  await withTopic(w, ["0"], async (kafka, topic, id) => {
    const told: string[] = [];
    const first = join(kafka, topic, { id, instanceId: "tab", onRevoked: (p, lost) => void told.push(`revoked ${p.length} ${lost}`) });
    const records = first.records();
    equal((await records.next()).value?.text(), "0");
    const fenced = rejects(records.next(), "FENCED_INSTANCE_ID");
    equal(await take(join(kafka, topic, { id, instanceId: "tab" }), 1), ["0"], "what the first member hasn't committed");
    const { kafkaCode, retriable } = await fenced;
    equal([kafkaCode, retriable], [82, false], "the error");
    equal([told, (await first.progress()).ended], [["revoked 1 true"], "error"], "what the first member heard");
    equal((await kafka.admin.group(id)).members, 1, "the members");
  });
}, "either");

test("callbacks of a group that fail", async (w) => {
  await withTopic(w, ["0"], async (kafka, topic) => {
    const reason = new Error("of the callback");
    const fail: [string, () => Promise<void>][] = [
      ["throws", () => { throw reason; }],
      ["rejects", () => Promise.reject(reason)],
    ];
    for (const [how, callback] of fail) {
      const assigned = await rejects(take(join(kafka, topic, { id: newGroup(), onAssigned: callback }), 1), "ERR_CALLBACK");
      equal(assigned.cause === reason, true, `onAssigned ${how}, and its cause`);
      const id = newGroup();
      const consumer = join(kafka, topic, { id, onRevoked: callback });
      for await (const _ of consumer) {
        await consumer.commit();
        const revoked = await rejects(consumer.close(), "ERR_CALLBACK");
        equal(revoked.cause === reason, true, `onRevoked ${how}, and its cause`);
      }
      equal(await committed(kafka, id), 1n);
    }
  });
});

test("callbacks of a group that never settle", async (w) => {
  await withTopic(w, ["0"], async (kafka, topic) => {
    const never = new Promise<void>(() => {});
    const asked = later();
    const waits = join(kafka, topic, {
      id: newGroup(),
      onAssigned: () => {
        asked.resolve();
        return never;
      },
    });
    await asked.promise;
    await waits.close();
    const id = newGroup();
    const consumer = join(kafka, topic, { id, onRevoked: () => never }, { maxBatchRecords: 1 });
    await topic.write([{ value: "1" }]);
    const began = performance.now();
    for await (const batch of consumer) {
      if (batch.records[0]?.offset !== 1n) continue;
      const late = await rejects(consumer.close(), "ERR_TIMEOUT");
      if (!late.message.includes("onRevoked")) throw new Error(late.message);
    }
    if (performance.now() - began > 20_000) throw new Error("close took too long");
    equal(await committed(kafka, id), 1n, "what the loop had finished with");
  });
});

test("a member is closed and aborted at every moment", async (w) => {
  await withTopic(w, ["0", "1"], async (kafka, topic) => {
    const id = newGroup();
    await join(kafka, topic, { id }).close();
    for (const moment of ["at once", "assigned", "reading"]) {
      const control = new AbortController();
      const told: string[] = [];
      const assigned = later();
      const group: GroupOptions = {
        id,
        onAssigned() {
          told.push("assigned");
          assigned.resolve();
        },
        onRevoked: (_, lost) => void told.push(`revoked ${lost}`),
      };
      const consumer = join(kafka, topic, group, { signal: control.signal });
      const reading = (async () => {
        for await (const _ of consumer) if (moment === "reading") control.abort();
      })();
      if (moment === "assigned") await assigned.promise;
      if (moment !== "reading") control.abort();
      await rejects(reading, "ERR_ABORTED");
      await consumer.close();
      if (told.length % 2 !== 0) throw new Error(`aborted ${moment}, and told ${told.join(", ")}`);
      equal(told.slice(-2), moment === "at once" && told.length === 0 ? [] : ["assigned", "revoked false"], moment);
    }
    equal((await kafka.admin.group(id)).members, 0, "the members");
  });
}, "either");

test("a member seeks and pauses", async (w) => {
  await withTopic(w, ["0", "1", "2", "3"], async (kafka, topic, id) => {
    const at = { topic: topic.name, partition: 0 };
    const consumer: Consumer = join(kafka, topic, {
      id,
      autoCommit: false,
      onAssigned: () => consumer.seek({ ...at, to: { offset: 2n } }),
    });
    const records = consumer.records();
    const next = async () => (await records.next()).value?.text();
    equal(await next(), "2", "after a seek in onAssigned");
    await consumer.commit([{ ...at, offset: 1n }]);
    await consumer.seek({ ...at, to: "committed" });
    equal(await next(), "3", "the rest of the batch in hand");
    equal(await next(), "1", "what is committed");
    await rejects(consumer.seek({ ...at, partition: 7, to: "earliest" }), "ERR_MISMATCH_ARGUMENT");
    consumer.pause();
    await consumer.seek({ ...at, to: "earliest" });
    consumer.resume();
    const rest = [await next(), await next(), await next()];
    equal(rest.includes("0"), true, "after a resume 0");
    const [progress] = (await consumer.progress()).partitions;
    equal([progress!.topic, progress!.end], [topic.name, 4n]);
    await consumer.close();
  });
}, "either");

test("what was read before a seek isn't committed after it", async (w) => {
  await withTopic(w, ["0", "1", "2", "3"], async (kafka, topic, id) => {
    const at = { topic: topic.name, partition: 0 };
    const consumer = join(kafka, topic, { id, autoCommit: false }, { maxBatchRecords: 1 });
    const records = consumer.records();
    const next = async () => (await records.next()).value?.text();
    equal([await next(), await next(), await next()], ["0", "1", "2"]);
    await consumer.commit([{ ...at, offset: 1n }]);
    await consumer.seek({ ...at, to: "earliest" });
    await consumer.commit();
    equal(await committed(kafka, id), 1n, "while the loop has what it got before the seek");
    equal(await next(), "0", "after the seek");
    await consumer.commit();
    equal(await committed(kafka, id), 1n, "after a record");
    equal(await next(), "1");
    await consumer.commit();
    equal(await committed(kafka, id), 2n, "after two");
    await consumer.close();
  });
}, "either");

test("a client with readOnly commits nothing", async (w) => {
  const topic = await topicOf(w, "0");
  await withKafka(w, { readOnly: true }, async (kafka) => {
    const error = await rejects(take(join(kafka, topic, { id: newGroup() }), 1), "ERR_READ_ONLY");
    if (!error.message.includes("autoCommit")) throw new Error(error.message);
    const consumer = join(kafka, topic, { id: newGroup(), autoCommit: false });
    for await (const _ of consumer) {
      await rejects(consumer.commit(), "ERR_READ_ONLY");
      break;
    }
  });
});

test("closing the client ends its members", async (w) => {
  await withTopic(w, ["0", "1", "2"], async (watching, topic, id) => {
    const told: string[] = [];
    await withKafka(w, {}, async (kafka) => {
      const onRevoked = (p: TopicPartition[], lost: boolean) => void told.push(`revoked ${p.length} ${lost}`);
      const consumer = join(kafka, topic, { id, onRevoked }, { maxBatchRecords: 1 });
      const loop = (async () => {
        for await (const batch of consumer) if (batch.records[0]?.offset === 2n) await kafka.close();
      })();
      await rejects(loop, "ERR_CLOSED");
      await rejects(consumer.commit(), "ERR_CLOSED");
    });
    equal(told, ["revoked 1 false"], "what the page was told");
    equal(await committed(watching, id), 2n, "all but the batch in hand");
    equal((await watching.admin.group(id)).members, 0, "the members");
  });
}, "either");
