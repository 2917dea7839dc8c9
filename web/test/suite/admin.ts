import { bridgeAPIs } from "../../src/bridge_list.js";
import { equal, rejects, test } from "./harness.js";
import { withTopic } from "./produce.js";
import { setup, withKafka } from "./stack.js";

test("the cluster has its brokers", async (w) => {
  const { brokers, clusterId } = await setup(w);
  await withKafka(w, {}, async (kafka) => {
    const cluster = await kafka.admin.cluster();
    equal([cluster.clusterId, cluster.brokers.map((b) => `${b.host}:${b.port}`), cluster.brokers.map((b) => b.reachable)], [clusterId, brokers, brokers.map(() => true)]);
    equal(cluster.allowed.includes("CreateTopics"), true, "CreateTopics is allowed");
  });
  await withKafka(w, { readOnly: true }, async (kafka) => {
    const { allowed } = await kafka.admin.cluster();
    equal([allowed.includes("CreateTopics"), allowed.includes("Metadata")], [false, true], "what readOnly allows");
  });
}, "either");

test("a topic is made, described, grown and deleted", async (w) => {
  const replication = (await setup(w)).brokers.length;
  await withTopic(w, 2, async (kafka, topic) => {
    const { admin } = kafka;
    await kafka.produce({ topic, partition: 1, value: "v" });
    await admin.createPartitions(topic, 3);
    const summary = { name: topic, internal: false, partitions: 3, replication, offline: 0, underReplicated: 0, underMinIsr: 0 };
    equal((await admin.topics()).find((t) => t.name === topic), summary, "the summary");
    const detail = await admin.topic(topic);
    equal(detail.layout.map((p) => [p.id, p.start, p.end]), [[0, 0n, 0n], [1, 0n, 1n], [2, 0n, 0n]], "the layout");
    equal([detail.id.length, detail.layout[0]?.replicas.length], [22, replication], "the id, and the replicas");
    const e = await rejects(admin.createTopic({ name: topic }), "TOPIC_ALREADY_EXISTS");
    equal([e.kafkaCode, e.topic, e.outcomeUnknown], [36, topic, false], "the error");
  });
  await withKafka(w, {}, async ({ admin }) => {
    const e = await rejects(admin.deleteTopic("missing"), "UNKNOWN_TOPIC_OR_PARTITION");
    equal([e.kafkaCode, e.topic], [3, "missing"], "the error");
  });
}, "either");

test("offsets are found", async (w) => {
  await withTopic(w, 1, async (kafka, topic) => {
    const { admin } = kafka;
    for (const timestamp of [1000, 2000]) await kafka.produce({ topic, value: "v", timestamp });
    const at = { topic, partition: 0 };
    equal(await admin.offsets({ topic }, "latest"), [{ ...at, offset: 2n, timestamp: -1 }]);
    equal(await admin.offsets({ topic }, { timestamp: 1500 }), [{ ...at, offset: 1n, timestamp: 2000 }]);
    equal(await admin.offsets({ topic, partitions: [0] }, { offset: 2n }), [{ ...at, offset: 2n, timestamp: -1 }]);
    equal(await admin.offsets({ topic }, { last: 1 }), [{ ...at, offset: 1n, timestamp: -1 }]);
    const [beyond] = await admin.offsets({ topic }, { offset: 3n });
    equal(beyond && "error" in beyond && [beyond.error.code, beyond.error.partition], ["OFFSET_OUT_OF_RANGE", 0], "beyond the end");
    const e = await rejects(admin.offsets({ topic, partitions: [7] }, "latest"), "UNKNOWN_TOPIC_OR_PARTITION");
    equal([e.topic, e.partition], [topic, 7], "the error");
  });
}, "either");

test("configs and directories are described", async (w) => {
  await withTopic(w, 1, async ({ admin }, topic) => {
    const configs = await admin.configs({ topic });
    equal(configs.find((c) => c.name === "cleanup.policy")?.source, "default", "the source");
    const { brokers } = await setup(w);
    const seen = new Set<number>();
    for await (const dir of admin.logDirs()) seen.add(dir.broker);
    equal([...seen].length, brokers.length, "the number of brokers with directories");
  });
}, "either");

test("a group's offsets are reset, and it is deleted", async (w) => {
  await withTopic(w, 2, async (kafka, topic) => {
    const { admin } = kafka;
    for (let i = 0; i < 3; i++) await kafka.produce({ topic, partition: 1, value: "v" });
    const group = `group-of-${topic}`;
    const to = [{ topic, to: "latest" as const }];
    const want = [{ topic, partition: 0, from: null, to: 0n }, { topic, partition: 1, from: null, to: 3n }];
    equal(await admin.resetOffsets(group, to, { preview: true }), want, "the preview");
    equal(await admin.resetOffsets(group, to), want, "the change");
    const back = await admin.resetOffsets(group, [{ topic, partitions: [1], to: { offset: 1n } }]);
    equal(back, [{ topic, partition: 1, from: 3n, to: 1n }], "the second change");
    const { state, protocol, members, lag, offsets } = await admin.group(group);
    equal([state, protocol, members, lag], ["Empty", "classic", 0, 2n], "the group");
    const [, { lagMs, ...offset }] = offsets as [unknown, (typeof offsets)[0]];
    equal(offset, { topic, partition: 1, committed: 1n, end: 3n, lag: 2n, metadata: "" }, "its offset");
    equal(lagMs !== null && lagMs >= 0 && lagMs < 120_000, true, `its lag of ${lagMs} ms`);
    const kept = await admin.resetOffsets(group, [{ topic, partitions: [1], to: "committed" }]);
    equal(kept, [{ topic, partition: 1, from: 1n, to: 1n }], "what stays as it is");
    const listed = [];
    for await (const g of admin.groups({ topic })) listed.push(g.id, g.lag);
    equal(listed, [group, 2n], "the groups");
    await admin.deleteGroup(group);
    await rejects(admin.group(group), "GROUP_ID_NOT_FOUND");
  });
}, "either");

test("admin's arguments are checked", async (w) => {
  await withKafka(w, {}, async ({ admin }) => {
    const wrong: [() => unknown, string][] = [
      [() => admin.topic(""), "name"],
      [() => admin.topics({ all: true } as never), "all"],
      [() => admin.offsets({ topic: "t" }, "committed"), "at"],
      [() => admin.offsets({ topic: "t" }, { last: -1 }), "at.last"],
      [() => admin.offsets({ topic: "t" }, { offset: 3 } as never), "at.offset"],
      [() => admin.offsets({ topic: "t", partitions: [-1] }, "latest"), "partitions[0]"],
      [() => admin.configs({} as never), "of"],
      [() => admin.configs({ topic: "t", broker: 1 } as never), "of"],
      [() => admin.groups({ topic: "" })[Symbol.asyncIterator]().next(), "topic"],
      [() => admin.createTopic({ name: "t", partitions: 0 }), "partitions"],
      [() => admin.createTopic({ name: "t", configs: { a: 1 } } as never), 'configs["a"]'],
      [() => admin.createTopic({ name: "t", configs: new Map([["a", "1"]]) } as never), "configs"],
      [() => admin.createPartitions("t", 1.5), "total"],
      [() => admin.resetOffsets("g", [{ topic: "t", to: "end" as never }]), "to[0].to"],
      [() => admin.resetOffsets("g", [{ topic: "", to: "latest" }]), "to[0].topic"],
      [() => admin.resetOffsets("g", [], { dryRun: true } as never), "dryRun"],
    ];
    for (const [call, name] of wrong) {
      const e = await rejects(call() as Promise<unknown>, "ERR_MISMATCH_ARGUMENT");
      equal(e.message.includes(name), true, `"${e.message}" names ${name}`);
    }
  });
});

test("a client that may only read changes nothing", async (w) => {
  await withKafka(w, { readOnly: true }, async ({ admin }) => {
    await rejects(admin.createTopic({ name: "t" }), "ERR_READ_ONLY");
    await rejects(admin.createPartitions("t", 2), "ERR_READ_ONLY");
    await rejects(admin.deleteTopic("t"), "ERR_READ_ONLY");
    await rejects(admin.deleteGroup("g"), "ERR_READ_ONLY");
    await rejects(admin.resetOffsets("g", []), "ERR_READ_ONLY");
  });
}, "either");

test("a bridge's list says what it allows", async (w) => {
  const original = globalThis.fetch;
  const asked: unknown[] = [];
  const list = { clusters: [{ name: "a b", default: false, apis: ["Fetch"] }, { name: "main", default: true, apis: null }, { name: "other", default: false, apis: [] }] };
  globalThis.fetch = async (url, init) => {
    asked.push([String(url), new Headers(init?.headers).get("authorization")]);
    return new Response(JSON.stringify(list));
  };
  const at = w.origin.replace(/^http/, "ws");
  const apis = (path: string, token = "") => bridgeAPIs({ bridge: at + path, token }, new AbortController().signal);
  try {
    equal(await apis("/x/kafka/a%20b?q=1", "secret"), ["Fetch"], "by name");
    equal(asked, [[`${w.origin}/x/kafka/`, "Bearer secret"]], "what is asked");
    equal([await apis("/kafka"), await apis("/kafka/other"), await apis("/kafka/none"), await apis("/elsewhere")], [null, [], null, null]);
  } finally {
    globalThis.fetch = original;
  }
});

test("what the identity may do is what its bridge's list says", async (w) => {
  const { path, token } = (await (await fetch(`${w.origin}/stack/command`)).json()) as { path: string; token: string };
  await withKafka(w, { bridge: w.origin + path, token }, async ({ admin }) => {
    const { allowed } = await admin.cluster();
    equal(["Fetch", "Metadata", "Produce", "CreateTopics"].map((api) => allowed.includes(api)), [true, true, false, false], "what is allowed");
  });
});
