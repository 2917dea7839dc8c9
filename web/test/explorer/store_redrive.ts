import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { RedriveStore } from "../../explorer/store/redrive.js";
import { formatJob, parseJob } from "../../explorer/store/redrive_job.js";
import type { Session } from "../../explorer/store/session.js";
import { kafkaError } from "./fake_kafka.js";
import { FakeLog } from "./fake_log.js";

const utf8 = (text: string) => new TextEncoder().encode(text);
const jobOf = (query: string) => parseJob(new URLSearchParams(query))!;
const values = (log: FakeLog, topic: string) => log.topics.get(topic)!.map((r) => r.text()).join(" ");

async function previewed(log: FakeLog, query: string) {
  const store = new RedriveStore({ kafka: log.client } as Session);
  await store.preview(jobOf(query));
  return { store, scan: store.scan!, run: store.run! };
}

test("a job is what the URL says, and the URL says it", () => {
  for (const query of ["topic=dlq&from=beginning&partition=1&text=x&key=k&header=h%3D1&to=orders", "topic=dlq&by=origin&keep=partition"]) {
    equal(new URLSearchParams(Object.entries(formatJob(jobOf(query))).filter(([, v]) => v !== "")).toString(), query);
  }
  for (const none of ["", "topic=dlq", "to=orders"]) equal(jobOf(none), undefined);
});

test("a preview counts what goes where, and why not, and sends nothing", async () => {
  const log = new FakeLog("dlq", "a", "b", "__c");
  const to = (name: string | null) => ({ headers: [["to", utf8("x")], ["to", name === null ? null : utf8(name)]] as const });
  for (const fields of [to("a"), to("b"), to("a"), to(null), to("__c"), to("gone"), {}, { ...to("a"), timestamp: -1 }, { ...to("a"), timestamp: 2 ** 60 }]) log.add("dlq", fields);
  log.add("dlq", { headers: [["to", utf8("a")], ["\ufffd", null]] });
  log.configs.set("b", { "message.timestamp.type": "LogAppendTime" });
  const { scan } = await previewed(log, "topic=dlq&from=beginning&by=to");
  deepEqual([scan.state, scan.scanned, scan.count, scan.blockedCount], ["ended", 10, 3, 7]);
  deepEqual(Object.fromEntries(scan.targets), { a: 2, b: 1 });
  deepEqual([...scan.blocked.values()], [2, 1, 1, 1, 1, 1]);
  deepEqual([...scan.ranges], [[0, { from: 0n, until: 3n }]]);
  deepEqual([scan.restamped, log.produced.length], [["b"], 0]);
});

test("a name that is no topic's is told on one line, as much of it as a topic's name has", async () => {
  const log = new FakeLog("dlq");
  for (const name of ["\u202eyap", `pay${"x".repeat(500)}1`, `pay${"x".repeat(500)}2`]) log.add("dlq", { headers: [["to", utf8(name)]] });
  const { scan } = await previewed(log, "topic=dlq&from=beginning&by=to");
  deepEqual([...scan.blocked], [["There is no topic ‹U+202E›yap that you may see.", 1], [`There is no topic pay${"x".repeat(246)}… that you may see.`, 2]]);
});

test("the newest that a filter takes are those of each partition", async () => {
  const log = new FakeLog("dlq", "orders");
  for (let i = 0; i < 9; i++) log.add("dlq", { valueText: String(i), partition: i % 2, ...(i % 3 > 0 && { keyText: "k" }) });
  const { store, scan } = await previewed(log, "topic=dlq&from=newest:2&key=k&to=orders");
  deepEqual([scan.scanned, scan.count, [...scan.ranges]], [9, 4, [[0, { from: 2n, until: 5n }], [1, { from: 2n, until: 4n }]]]);
  await store.send();
  equal(values(log, "orders"), "4 8 5 7");
});

test("of the newest that a filter takes, those found before it stops or fails can be sent", async () => {
  for (const end of ["stopped", "failed"] as const) {
    const log = new FakeLog("dlq", "orders");
    log.configs.set("orders", { "message.timestamp.type": "LogAppendTime" });
    for (let i = 0; i < 9; i++) log.add("dlq", { keyText: "k" });
    const store = new RedriveStore({ kafka: log.client } as Session);
    log.batchRead = (next) => {
      if (next < 6n) return;
      if (end === "failed") throw kafkaError("ERR_CLOSED");
      store.scan!.stop();
      equal(store.scan!.isReady, false); // the topics haven't told their settings
    };
    await store.preview(jobOf("topic=dlq&from=newest:2&key=k&to=orders"));
    const { state, scanned, count, ranges, restamped } = store.scan!;
    deepEqual([state, scanned, count, [...ranges], restamped], [end, 4, 2, [[0, { from: 2n, until: 4n }]], ["orders"]]);
    equal(store.scan!.isReady, true);
  }
});

test("records are sent as they are stored, and those alone that were found", async () => {
  const log = new FakeLog("dlq", "orders");
  const source = [
    log.add("dlq", { keyText: "k", value: new Uint8Array([0xff]), timestamp: 0, headers: [["h", null], ["h", utf8("")]] }),
    log.add("dlq", { keyText: "other" }),
    log.add("dlq", { keyText: "k", value: null }),
  ];
  const { store, run } = await previewed(log, "topic=dlq&from=beginning&key=k&to=orders&keep=partition");
  log.add("dlq", { keyText: "k", valueText: "came later" });
  await store.send();
  const sent = log.produced.flatMap((p) => p.records);
  deepEqual(sent, [source[0]!, source[2]!].map(({ key, value, headers, timestamp }) => ({ topic: "orders", key, value, headers, timestamp, partition: 0 })));
  deepEqual([run.state, run.sent, run.read, run.missing, run.failures], ["done", 2, 3, 0, []]);
  await store.send();
  equal(log.topics.get("orders")!.length, 2);
});

test("a topic that is sent to itself ends where it ended at the preview", async () => {
  const log = new FakeLog("orders");
  for (let i = 0; i < 5; i++) log.add("orders");
  const { store, run } = await previewed(log, "topic=orders&from=beginning&to=orders");
  await store.send();
  deepEqual([run.state, run.sent, log.topics.get("orders")!.length], ["done", 5, 10]);
});

test("after a failure nothing more is sent, and it goes on or tries it again as asked", async () => {
  const log = new FakeLog("dlq", "orders");
  for (let i = 0; i < 6; i++) log.add("dlq", { valueText: String(i) });
  const { store, run } = await previewed(log, "topic=dlq&from=beginning&to=orders");
  log.refuse = (r) => (new TextDecoder().decode(r.value as Uint8Array) === "1" ? kafkaError("MESSAGE_TOO_LARGE") : undefined);
  await store.send();
  deepEqual([run.state, values(log, "orders"), run.failures.map((f) => [f.offset, f.unknown])], ["held", "0", [[1n, false]]]);
  await store.resend();
  deepEqual([run.state, run.failures.length], ["held", 1]);
  log.refuse = () => undefined;
  await store.resend();
  deepEqual([run.state, run.failures.length, values(log, "orders")], ["held", 0, "0 1"]);
  await store.send();
  deepEqual([run.state, run.sent, values(log, "orders")], ["done", 6, "0 1 2 3 4 5"]);
});

test("what may be stored isn't sent again, and failures needn't stop it", async () => {
  const log = new FakeLog("dlq", "orders");
  for (let i = 0; i < 4; i++) log.add("dlq", { valueText: String(i) });
  const { store, run } = await previewed(log, "topic=dlq&from=beginning&to=orders");
  run.goesOn = true;
  log.refuse = (r) => (new TextDecoder().decode(r.value as Uint8Array) === "0" ? Object.assign(kafkaError("ERR_TIMEOUT"), { outcomeUnknown: true }) : undefined);
  await store.send();
  deepEqual([run.state, run.sent, run.resendable, run.missing], ["done", 3, [], 0]);
  await store.resend();
  equal(values(log, "orders"), "1 2 3");
});

test("a client that ends fails all that was under way, and nothing else", async () => {
  const log = new FakeLog("dlq", "orders");
  for (let i = 0; i < 6; i++) log.add("dlq", { valueText: String(i) });
  const { store, run } = await previewed(log, "topic=dlq&from=beginning&to=orders");
  log.before = () => {
    throw Object.assign(kafkaError("ERR_CLOSED"), { outcomeUnknown: true });
  };
  await store.send();
  deepEqual([run.state, run.sent, run.failures.map((f) => f.unknown)], ["held", 0, [true, true]]);
  log.before = () => {};
  await store.send();
  deepEqual([run.state, values(log, "orders")], ["done", "2 3 4 5"]);
});

test("Stop waits for what is under way, and Send goes on after it", async () => {
  const log = new FakeLog("dlq", "orders");
  for (let i = 0; i < 6; i++) log.add("dlq", { valueText: String(i) });
  const { store, run } = await previewed(log, "topic=dlq&from=beginning&to=orders");
  log.before = () => {
    run.stop();
    equal(run.state, "stopping");
  };
  await store.send();
  deepEqual([run.state, run.sent], ["stopped", 2]);
  log.before = () => {};
  await store.send();
  deepEqual([run.state, values(log, "orders")], ["done", "0 1 2 3 4 5"]);
});

test("a further preview tells what may have been sent before", async () => {
  const log = new FakeLog("dlq", "orders", "others");
  for (let i = 0; i < 6; i++) log.add("dlq", { valueText: String(i), partition: i % 2 });
  const { store, run, scan } = await previewed(log, "topic=dlq&from=beginning&to=orders");
  equal(scan.again, 0);
  run.goesOn = true;
  log.refuse = (r) => {
    const value = new TextDecoder().decode(r.value as Uint8Array);
    return value === "2" ? Object.assign(kafkaError("ERR_TIMEOUT"), { outcomeUnknown: true }) : value > "2" ? kafkaError("MESSAGE_TOO_LARGE") : undefined;
  };
  await store.send();
  const again = async (query: string) => {
    await store.preview(jobOf(query));
    return [store.scan!.count, store.scan!.again, [...store.scan!.lastAgain]];
  };
  deepEqual(await again("topic=dlq&from=beginning&to=orders"), [6, 3, [[0, 1n], [1, 0n]]]);
  deepEqual(await again("topic=dlq&from=beginning&to=others"), [6, 0, []]);
  log.ids.set("dlq", "2");
  deepEqual(await again("topic=dlq&from=beginning&to=orders"), [6, 0, []]);
});

test("a topic that was made again since the preview isn't sent", async () => {
  const log = new FakeLog("dlq", "orders");
  log.add("dlq");
  const { store, run } = await previewed(log, "topic=dlq&from=beginning&to=orders");
  log.ids.set("dlq", "2");
  await store.send();
  equal(run.state, "failed");
  match(String(run.error), /made again/);
  equal(log.produced.length, 0);
});

test("what is gone since the preview is counted", async () => {
  const log = new FakeLog("dlq", "orders");
  for (let i = 0; i < 4; i++) log.add("dlq");
  const { store, run } = await previewed(log, "topic=dlq&from=beginning&to=orders");
  log.batchRecords = 4;
  log.topics.set("dlq", log.topics.get("dlq")!.slice(0, 3));
  await store.send();
  deepEqual([run.state, run.sent, run.missing], ["done", 3, 1]);
});

test("large records are sent alone, and a preview that fails says why", async () => {
  const log = new FakeLog("dlq", "orders");
  log.batchRecords = 4;
  for (const size of [10, 2_000_000, 10, 10]) log.add("dlq", { value: new Uint8Array(size) });
  const { store } = await previewed(log, "topic=dlq&from=beginning&to=orders");
  await store.send();
  deepEqual(log.produced.map((p) => [p.records.length, p.options?.maxMessageBytes]), [[1, undefined], [1, 100_000_000], [2, undefined]]);
  log.produced = [];
  log.configs.set("orders", { "max.message.bytes": "250" });
  await (await previewed(log, "topic=dlq&from=beginning&to=orders")).store.send();
  deepEqual(log.produced.map((p) => p.records.length), [1, 1, 2]);
  log.configs.set("orders", { "max.message.bytes": "150" });
  log.produced = [];
  await (await previewed(log, "topic=dlq&from=beginning&to=orders")).store.send();
  deepEqual(log.produced.map((p) => p.records.length), [1, 1, 1, 1]);
  const { scan } = await previewed(log, "topic=dlq&from=live&to=orders");
  match(String(scan.error), /another start than live/);
});
