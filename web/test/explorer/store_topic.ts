import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Config, ConsumeOptions, Group, GroupDetail, TopicDetail } from "kafkaio";
import type { Session } from "../../explorer/store/session.js";
import { lagOn, TopicStore } from "../../explorer/store/topic.js";
import { FakeKafka, kafkaError, settled } from "./fake_kafka.js";
import { batch, record } from "./fake_messages.js";

const storeOf = (kafka: FakeKafka) => new TopicStore({ kafka: kafka.client } as Session, "orders");
const detail = (id: string) => ({ name: "orders", id, layout: [] as TopicDetail["layout"] }) as TopicDetail;
const group = (id: string): Group => ({ id, protocol: "classic", state: "Stable", members: 1, lag: 99n });
const offset = (topic: string, partition: number, committed: bigint | null, lag: bigint | null) => ({ topic, partition, committed, end: 10n, lag, lagMs: null, metadata: "" });

test("a topic that is made again under the name is noticed", async () => {
  const ids = ["a", "a", "b"];
  let configs = 0;
  const store = storeOf(new FakeKafka({ topic: async () => detail(ids.shift()!), configs: async () => [{ name: String(++configs) }] as Config[] }));
  await store.load();
  await store.load();
  equal(store.replaced, 0);
  await store.loadConfigs();
  store.times.value = new Map([[0, { first: 1, last: 2 }]]);
  await store.load();
  equal(store.replaced, 1);
  equal(store.times.value, undefined, "those of the one before");
  await settled();
  deepEqual(store.configs.value, [{ name: "2" }]);
});

test("a topic that is deleted keeps what was known of it", async () => {
  let gone = false;
  const store = storeOf(new FakeKafka({ topic: async () => {
    if (gone) throw kafkaError("UNKNOWN_TOPIC_OR_PARTITION");
    return detail("a");
  } }));
  await store.load();
  gone = true;
  await store.load();
  equal(store.isGone, true);
  equal(store.detail.value?.id, "a");
});

test("lag is that of this topic, and unknown if a partition's is", () => {
  const of = (...offsets: GroupDetail["offsets"]) => lagOn("orders", { assignments: [], offsets } as unknown as GroupDetail).lag;
  equal(of(offset("orders", 0, 1n, 2n ** 60n), offset("orders", 1, 1n, 3n), offset("views", 0, 1n, 50n)), 2n ** 60n + 3n);
  equal(of(offset("orders", 0, 1n, 2n), offset("orders", 1, null, null)), 2n, "a partition of which nothing is committed");
  equal(of(offset("orders", 0, 1n, null), offset("orders", 1, 1n, 3n)), null);
  equal(of(), null);
});

test("a group that can't be asked is listed, with the reason", async () => {
  const store = storeOf(new FakeKafka({
    async *groups() {
      yield group("b");
      yield group("a");
    },
    group: async (id) => {
      if (id === "b") throw kafkaError("GROUP_AUTHORIZATION_FAILED");
      return { ...group(id), coordinator: 0, assignments: [{ member: "m", clientId: "", host: "", partitions: [{ topic: "orders", partition: 0 }] }], offsets: [offset("orders", 0, 4n, 6n)] };
    },
  }));
  await store.loadReaders();
  deepEqual(store.readers.value?.map((r) => [r.group.id, r.members, r.lag, r.error !== undefined]), [["a", 1, 6n, false], ["b", undefined, undefined, true]]);
});

/** A store with n groups; their answers come when a test lets them. */
function groupsOf(n: number) {
  const asked: string[] = [];
  let due: (() => void)[] = [];
  const store = storeOf(new FakeKafka({
    async *groups() {
      for (let i = 0; i < n; i++) yield group(String(i).padStart(3, "0"));
    },
    group: async (id) => {
      asked.push(id);
      await new Promise<void>((resolve) => due.push(resolve));
      return { ...group(id), coordinator: 0, assignments: [], offsets: [offset("orders", 0, 4n, 6n)] };
    },
  }));
  const answer = async () => {
    for (const resolve of due.splice(0)) resolve();
    await settled();
  };
  return { store, asked, answer };
}

test("groups are asked in one round, however often that is wanted, and answers are of those listed last", async () => {
  const { store, asked, answer } = groupsOf(9);
  void store.loadReaders();
  await settled();
  void store.loadReaders();
  await settled();
  equal(asked.length, 4);
  await answer();
  equal(store.readers.value?.[0]?.lag, 6n);
  for (let i = 0; i < 9; i++) await answer();
  equal(asked.length, 9);
});

test("no group is asked once the page is left, and the round goes on where it is looked at again", async () => {
  const { store, asked, answer } = groupsOf(9);
  let looks = true;
  void store.loadReaders(() => looks);
  await settled();
  looks = false;
  await answer();
  equal(asked.length, 4);
  void store.loadReaders(() => true);
  await settled();
  equal(asked.length, 8);
});

test("groups beyond the first 100 aren't asked, and it is known", async () => {
  const { store, asked, answer } = groupsOf(101);
  void store.loadReaders();
  await settled();
  for (let i = 0; i < 30; i++) await answer();
  equal(asked.length, 100);
  deepEqual(store.readers.value?.slice(-2).map((r) => [r.lag, r.isAsked]), [[6n, true], [undefined, false]]);
});

test("times are those of the partitions that are shown; what was read before stays", async () => {
  const kafka = Object.assign(
    new FakeKafka({ offsets: async ({ partitions }) => partitions!.map((partition) => (partition === 2 ? { topic: "orders", partition, error: kafkaError("ERR_TIMEOUT") } : { topic: "orders", partition, offset: 0n, timestamp: 100 + partition })) }),
    { async *consume({ partitions }: ConsumeOptions) {
      for (const { partition } of partitions!) if (partition !== 1) yield batch([record(5n, { partition, timestamp: 900 + partition })], { partition });
    } },
  );
  const store = storeOf(kafka);
  await store.loadTimes([0, 1]);
  await store.loadTimes([2]);
  await store.loadTimes([]);
  deepEqual([...store.times.value!], [[0, { first: 100, last: 900 }], [1, { first: 101, last: -1 }], [2, { first: -1, last: 902 }]]);
});
