import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { KafkaError, LogDir, Topic, TopicDetail } from "kafkaio";
import { diskOf } from "../../explorer/store/cluster.js";
import { newTopicOf } from "../../explorer/store/new_topic.js";
import { Rates } from "../../explorer/store/rates.js";
import type { Session } from "../../explorer/store/session.js";
import { shownTopics, TopicsStore, type View } from "../../explorer/store/topics.js";
import { FakeKafka, kafkaError } from "./fake_kafka.js";

const topic = (name: string, more: Partial<Topic> = {}): Topic => ({ name, internal: false, partitions: 1, replication: 1, offline: 0, underReplicated: 0, underMinIsr: 0, ...more });
const view = (more: Partial<View> = {}): View => ({ q: "", sort: "name", internal: false, problem: undefined, pinned: new Set(), ...more });

async function storeOf(...topics: Topic[]): Promise<TopicsStore> {
  const kafka = new FakeKafka({ topics: async () => topics });
  const store = new TopicsStore({ kafka: kafka.client } as Session);
  await store.load();
  return store;
}

test("topics are searched by all words, and internal ones are left out", async () => {
  const store = await storeOf(topic("orders.eu"), topic("Orders.us"), topic("views"), topic("__orders", { internal: true }));
  const names = (v: Partial<View>) => shownTopics(store, undefined, view(v)).map((t) => t.name);
  deepEqual(names({ q: "ORD" }), ["Orders.us", "orders.eu"]);
  deepEqual(names({ q: "eu ord" }), ["orders.eu"]);
  deepEqual(names({ q: "ord", internal: true }), ["Orders.us", "__orders", "orders.eu"]);
  deepEqual(names({ sort: "-name" }), ["views", "orders.eu", "Orders.us"]);
});

test("figures sort exactly, unknown ones last, and pinned topics come first", async () => {
  const store = await storeOf(topic("a"), topic("b"), topic("c"), topic("d"));
  const sizes = new Map([["a", 2n ** 53n], ["b", 2n ** 53n + 1n], ["d", 7n]]);
  const names = (v: Partial<View>) => shownTopics(store, sizes, view(v)).map((t) => t.name).join("");
  equal(names({ sort: "-size" }), "badc");
  equal(names({ sort: "size" }), "dabc");
  equal(names({ sort: "-size", pinned: new Set(["c"]) }), "cbad");
});

test("only topics with a problem are shown where a link asks for them", async () => {
  const store = await storeOf(topic("a", { offline: 1 }), topic("b", { underReplicated: 2 }), topic("c"));
  deepEqual(shownTopics(store, undefined, view({ problem: "under-replicated" })).map((t) => t.name), ["b"]);
  deepEqual(shownTopics(store, undefined, view({ sort: "-problems" })).map((t) => t.name), ["a", "b", "c"]);
});

test("offsets are measured, and what a topic doesn't tell is left unknown", async () => {
  const detail = (name: string, end: bigint | null): TopicDetail => ({ ...topic(name), id: name, layout: [{ id: 0, leader: 0, replicas: [0], isr: [0], start: 5n, end }] });
  const kafka = new FakeKafka({ topic: async (name) => {
    if (name === "refused") throw new Error("no");
    return detail(name, name === "half" ? null : 2n ** 60n);
  } });
  const store = new TopicsStore({ kafka: kafka.client } as Session, () => 0);
  await store.measure(["whole", "half", "refused"]);
  deepEqual([...store.offsets], [["whole", 2n ** 60n - 5n]]);
});

test("offsets and rates go when a topic doesn't tell them any more", async () => {
  let [now, end] = [0, 10n as bigint | null];
  const kafka = new FakeKafka({ topic: async (name) => {
    if (name === "refused" && end === null) throw new Error("no");
    return { ...topic(name), id: name, layout: [{ id: 0, leader: 0, replicas: [0], isr: [0], start: 0n, end }] };
  } });
  const store = new TopicsStore({ kafka: kafka.client } as Session, () => now);
  const names = ["half", "refused"];
  await store.measure(names);
  [now, end] = [5000, 20n];
  await store.measure(names);
  deepEqual(names.map((n) => store.rateOf(n)), [{ offsets: 10n, ms: 5000 }, { offsets: 10n, ms: 5000 }]);
  end = null;
  await store.measure(names);
  deepEqual([...store.offsets], []);
  deepEqual(names.map((n) => store.rateOf(n)), [undefined, undefined]);
});

test("sizes are those of all brokers only if each has told its own", async () => {
  const dir = (broker: number, error?: KafkaError): LogDir => ({ broker, dir: "", replicas: error ? null : [], ...(error && { error }) }) as unknown as LogDir;
  const of = async (...dirs: LogDir[]) => (await diskOf((async function* () { yield* dirs; })())).isWhole;
  equal(await of(dir(1), dir(2)), true);
  equal(await of(dir(1), dir(2, kafkaError("ERR_TIMEOUT"))), false);
});

test("a rate is that of the last 20 s, and a topic that is made again has none", () => {
  const rates = new Rates();
  rates.add("t", 100n, 0);
  equal(rates.of("t", 0), undefined);
  rates.add("t", 200n, 5000);
  deepEqual(rates.of("t", 5000), { offsets: 100n, ms: 5000 });
  rates.add("t", 900n, 24_000);
  deepEqual(rates.of("t", 24_000), { offsets: 700n, ms: 19_000 });
  equal(rates.of("t", 25_001), undefined, "samples of the last 20 s are too few");
  rates.add("t", 3n, 29_000);
  equal(rates.of("t", 29_000), undefined);
});

test("the form of a new topic says what is wrong with it", () => {
  const form = { name: "orders", partitions: "", replication: "", configs: "" };
  deepEqual(newTopicOf(form), { name: "orders" });
  deepEqual(newTopicOf({ ...form, partitions: " 6 ", replication: "3", configs: "cleanup.policy = compact\n\nx=a=b" }), {
    name: "orders", partitions: 6, replication: 3, configs: { "cleanup.policy": "compact", x: "a=b" },
  });
  for (const wrong of [{ name: "" }, { name: ".." }, { name: "a b" }, { name: "x".repeat(250) }, { partitions: "0" }, { partitions: "1.5" }, { replication: "40000" }, { configs: "=x" }, { configs: "nothing" }]) {
    equal(typeof newTopicOf({ ...form, ...wrong }), "string", JSON.stringify(wrong));
  }
});
