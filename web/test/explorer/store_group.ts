import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { GroupDetail, OffsetChange } from "kafkaio";
import { behindOf, GroupStore, shownPartitions, type GroupOffset } from "../../explorer/store/group.js";
import { LagHistory } from "../../explorer/store/lag_history.js";
import { resetsOf, resetsTo, sumOf, type ResetForm } from "../../explorer/store/reset.js";
import type { Session } from "../../explorer/store/session.js";
import { FakeKafka, kafkaError } from "./fake_kafka.js";

function offset(topic: string, partition: number, committed: bigint | null, end: bigint | null, lagMs: number | null = null): GroupOffset {
  return { topic, partition, committed, end, lag: committed === null || end === null ? null : end - committed, lagMs, metadata: "" };
}

const member = (name: string, ...partitions: { topic: string; partition: number }[]) => ({ member: `${name}-1`, clientId: name, host: "/10.0.0.1", partitions });

function detail(more: Partial<GroupDetail> = {}): GroupDetail {
  return { id: "g", protocol: "classic", state: "Stable", members: 1, lag: 0n, coordinator: 1, assignments: [], offsets: [], ...more };
}

const storeOf = (kafka: FakeKafka, now = () => 0) => new GroupStore({ kafka: kafka.client } as Session, "g", now);

test("partitions are those that have an offset and those that a member has", async () => {
  const assignments = [member("b", { topic: "views", partition: 0 }), member("a", { topic: "orders", partition: 10 }, { topic: "views", partition: 0 })];
  const store = storeOf(new FakeKafka({ group: async () => detail({ assignments, offsets: [offset("orders", 2, 1n, 5n), offset("orders", 10, 2n ** 60n, 2n ** 60n + 7n)] }) }));
  await store.load();
  const row = (q: string, sort = "topic") => shownPartitions(store.partitions, q, sort).map((p) => `${p.topic}/${p.partition}:${p.offset?.lag ?? "-"}:${p.members.map((m) => m.clientId)}`);
  deepEqual(row(""), ["orders/2:4:", "orders/10:7:a", "views/0:-:b,a"]);
  deepEqual(row("", "-topic"), ["views/0:-:b,a", "orders/10:7:a", "orders/2:4:"]);
  deepEqual(row("", "-lag"), ["orders/10:7:a", "orders/2:4:", "views/0:-:b,a"]);
  deepEqual(row("b-1"), ["views/0:-:b,a"]);
});

test("how far a group is behind in time is the least that is known", async () => {
  const behind = async (...offsets: GroupOffset[]) => {
    const store = storeOf(new FakeKafka({ group: async () => detail({ offsets }) }));
    await store.load();
    return behindOf(store.partitions);
  };
  const known = [offset("t", 0, 1n, 5n, 7_200_000), offset("t", 1, 5n, 5n, 0), offset("t", 2, null, 9n)];
  deepEqual(await behind(...known), { ms: 7_200_000, isLeast: false });
  deepEqual(await behind(...known, offset("t", 3, 1n, 2n)), { ms: 7_200_000, isLeast: true });
  deepEqual(await behind(...known, offset("t", 3, 1n, null)), { ms: 7_200_000, isLeast: true });
  deepEqual(await behind(...known, { ...offset("t", 3, null, 9n), error: kafkaError("ERR_TIMEOUT") }), { ms: 7_200_000, isLeast: true });
});

test("a group that is gone keeps what was known of it, and only an empty one can be reset", async () => {
  let state = "Stable";
  const store = storeOf(new FakeKafka({ group: async () => {
    if (state === "") throw kafkaError("GROUP_ID_NOT_FOUND");
    return detail({ state });
  } }));
  equal(store.isEmpty, false);
  await store.load();
  equal(store.isEmpty, false);
  state = "Empty";
  await store.load();
  equal(store.isEmpty, true);
  state = "";
  await store.load();
  deepEqual([store.isGone, store.detail.value?.state], [true, "Empty"]);
});

test("a trend counts what came and what was committed, and begins anew with a reset", () => {
  const history = new LagHistory();
  const p = { topic: "t", partition: 0 };
  const add = (committed: bigint, end: bigint, at: number) => history.add(detail({ lag: end - committed, offsets: [offset("t", 0, committed, end), offset("t", 1, null, 9n)] }), at);
  add(2n ** 60n, 2n ** 60n + 10n, 1000);
  add(2n ** 60n + 1n, 2n ** 60n + 20n, 3000);
  add(2n ** 60n + 1n, 2n ** 60n + 25n, 5000);
  const trend = () => {
    const { since, arrived, committed, still } = history.of(p)!;
    return [since, arrived, committed, still];
  };
  deepEqual(trend(), [1000, 15n, 1n, 3000]);
  equal(history.of({ topic: "t", partition: 1 }), undefined);
  deepEqual(history.rates("arrived"), [null, 5, 2.5]);
  deepEqual(history.rates("committed"), [null, 0.5, 0]);
  add(5n, 2n ** 60n + 25n, 7000);
  deepEqual(trend(), [7000, 0n, 0n, 7000]);
  deepEqual(history.samples.map((s) => s.lag), [10n, 19n, 24n, 2n ** 60n + 20n]);
});

test("a long history gets coarser, and loses nothing", () => {
  const history = new LagHistory();
  for (let i = 0; i <= 1500; i++) history.add(detail({ offsets: [offset("t", 0, BigInt(i), BigInt(2 * i))] }), i * 1000);
  equal(history.samples.length <= 600, true);
  equal(history.samples.reduce((n, s) => n + s.arrived, 0n), 3000n);
  equal(new Set(history.rates("committed").slice(1)).size, 1);
});

test("the form of a reset says what is wrong with it", () => {
  const read = (form: Partial<ResetForm>) => resetsOf({ topic: "t", partitions: "", to: "earliest", value: "", ...form }, ["t", "u"], true);
  deepEqual(read({}), [{ topic: "t", to: "earliest" }]);
  deepEqual(read({ topic: "", partitions: "3", to: "latest" }), [{ topic: "t", to: "latest" }, { topic: "u", to: "latest" }]);
  deepEqual(read({ partitions: "0-2", to: "offset", value: " 9223372036854775807 " }), [{ topic: "t", partitions: [0, 1, 2], to: { offset: 2n ** 63n - 1n } }]);
  deepEqual(read({ to: "time", value: "1970-01-01 00:00:01" }), [{ topic: "t", to: { timestamp: 1000 } }]);
  deepEqual(read({ to: "last", value: "5" }), [{ topic: "t", to: { last: 5 } }]);
  for (const form of [{ partitions: "x" }, { to: "offset", value: "9223372036854775808" }, { to: "offset", value: "-1" }, { to: "time", value: "soon" }, { to: "last", value: "" }] as const) equal(typeof read(form), "string");
});

test("a reset commits what its preview has told, and leaves out what failed or stays", async () => {
  const asked: unknown[] = [];
  const change = (partition: number, from: bigint | null, to: bigint, error?: ReturnType<typeof kafkaError>): OffsetChange => ({ topic: "t", partition, from, to, ...(error && { error }) });
  const changes = [change(0, 10n, 4n), change(1, null, 4n), change(2, 4n, 4n), change(3, 1n, -1n, kafkaError("ERR_TIMEOUT")), change(4, 1n, 9n)];
  const store = storeOf(new FakeKafka({ group: async () => detail(), resetOffsets: async (...of) => (asked.push(of), changes) }));
  await store.preview([{ topic: "t", to: "latest" }]);
  await store.reset(changes);
  const exact = [{ topic: "t", partitions: [0, 1], to: { offset: 4n } }, { topic: "t", partitions: [4], to: { offset: 9n } }];
  deepEqual(asked, [["g", [{ topic: "t", to: "latest" }], { preview: true }], ["g", exact]]);
  deepEqual(resetsTo(changes), exact);
  deepEqual(sumOf(changes), { partitions: 3, again: 6n, skipped: 8n, failed: 1 });
});
