import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Group } from "kafkaio";
import { GroupsStore, shownGroups, type GroupsView } from "../../explorer/store/groups.js";
import type { Session } from "../../explorer/store/session.js";
import { FakeKafka, kafkaError } from "./fake_kafka.js";

const group = (id: string, more: Partial<Group> = {}): Group => ({ id, protocol: "classic", state: "Stable", members: 1, lag: 0n, ...more });

/** A store whose brokers tell one list after the other; an error ends a list. */
function storeOf(lists: (Group | Error)[][], now = () => 0): GroupsStore {
  const kafka = new FakeKafka({
    async *groups() {
      for (const g of lists.shift() ?? []) {
        if (g instanceof Error) throw g;
        yield g;
      }
    },
  });
  return new GroupsStore({ kafka: kafka.client } as Session, now);
}

test("groups of a broker that doesn't answer stay as they were, and the error is told", async () => {
  const store = storeOf([[group("a"), kafkaError("ERR_TIMEOUT")], [group("a"), group("b")], [group("a", { lag: 7n }), kafkaError("ERR_TIMEOUT")], [group("b")]]);
  const ids = () => [...store.groups.keys()].join();
  await store.load();
  deepEqual([ids(), store.isWhole, store.error !== undefined], ["a", false, true]);
  await store.load();
  deepEqual([ids(), store.isWhole, store.error], ["a,b", true, undefined]);
  await store.load();
  deepEqual([ids(), store.isWhole, store.error !== undefined, store.groups.get("a")?.lag], ["a,b", true, true, 7n]);
  await store.load();
  deepEqual([ids(), store.error], ["b", undefined]);
});

test("10,000 groups are shown a few times while they come, and not asked for at once again", async () => {
  let [at, told] = [0, 0];
  const all = Array.from({ length: 10_000 }, (_, i) => group(`g${i}`));
  const store = storeOf([all, [group("only")], [group("only")]], () => (at += 0.05));
  store.changes.subscribe(() => told++);
  await store.load();
  equal(store.groups.size, 10_000);
  equal(told > 2 && told < 20, true, `${told} times`);
  await store.load();
  equal(store.groups.size, 10_000);
  at += 10_000;
  await store.load();
  equal(store.groups.size, 1);
});

test("groups are searched, filtered and sorted exactly, with unknown lag last", () => {
  const groups = [group("b", { lag: 2n ** 60n + 1n }), group("a", { lag: 2n ** 60n }), group("c", { lag: null, protocol: "share" }), group("D", { state: "Empty", members: 0 })];
  const ids = (view: Partial<GroupsView>) => shownGroups(groups, { q: "", protocol: "", state: "", sort: "id", ...view }).map((g) => g.id).join("");
  equal(ids({}), "Dabc");
  equal(ids({ sort: "-id" }), "cbaD");
  equal(ids({ sort: "-lag" }), "baDc");
  equal(ids({ sort: "lag" }), "Dabc");
  equal(ids({ sort: "-members" }), "abcD");
  equal(ids({ sort: "constructor" }), "Dabc");
  equal(ids({ q: "d" }), "D");
  equal(ids({ protocol: "share" }), "c");
  equal(ids({ state: "Empty" }), "D");
});
