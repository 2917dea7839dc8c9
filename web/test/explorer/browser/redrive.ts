import { deepEqual, equal } from "node:assert/strict";
import type { Written } from "./brokers.js";
import { test, type World } from "./harness.js";
import { inspect, looks } from "./looks.js";

const utf8 = (text: string) => Buffer.from(text).toString("hex");

/** Makes a topic of dead letters with these records, and targets beside it: FROM-a and FROM-b. It returns FROM. */
async function letters(w: World, records: readonly Written[]): Promise<string> {
  const from = w.name("redrive");
  await w.brokers.topic(from, { partitions: 2 });
  await w.brokers.topic(`${from}-a`, { partitions: 2 });
  await w.brokers.topic(`${from}-b`, { configs: { "max.message.bytes": "300" } });
  await w.brokers.write(from, records);
  return from;
}

/** Three records of the key "order", the last one with a value of 400 bytes, and one of another key. */
const orders: readonly Written[] = [
  { key: "order", value: "1", headers: [["trace", "t1"]], timestamp: 1_700_000_000_001 },
  { key: "other", value: "2" },
  { partition: 1, key: "order", value: "3", timestamp: 1_700_000_000_003 },
  { key: "order", value: "x".repeat(400), timestamp: 1_700_000_000_004 },
];

test("the page Redrive, light and dark, narrow and wide", async (w) => {
  const from = await letters(w, orders);
  await looks(w, "redrive", `#/redrive?topic=${from}&key=order&to=${from}-b`, async (tab) => {
    await tab.says("4 records scanned. Scanned to the end.", "[role=status]");
    await tab.sees("button", "Send 3 records");
    equal(await tab.text("nav[aria-label=Pages] [aria-current=page]"), "Topics");
  });
});

test("a filtered selection is sent to another topic as it is stored, after a preview", async (w) => {
  const from = await letters(w, orders);
  const tab = await w.explore("#/produce");
  await tab.click("a", "Redrive many…");
  await tab.fill("input", "From the topic", from);
  await tab.fill("input", "Topic to send to", `${from}-a`);
  await tab.click("button", "Preview");
  await tab.says(`4 to ${from}-a`, "li");
  await tab.goto(`${tab.fragment}&key=order`); // as Messages has it
  await tab.says(`The newest 50 records of each partition whose key contains “order”.`);
  await tab.says(`3 to ${from}-a`, "li");
  equal((await w.brokers.stored(`${from}-a`)).length, 0); // a preview sends nothing
  await tab.choose(/^Partition/, "partition");
  await tab.click("button", "Preview");
  await tab.at(/&keep=partition/);
  await tab.click("button", "Send 3 records");
  await tab.says("Done. 3 of 3 sent, 0 failed", "[role=status]");
  for (const width of [360, 1280]) await inspect(tab, `redrive-done-${width}`, width);
  deepEqual(await w.brokers.stored(`${from}-a`), [
    { partition: 0, offset: 0, key: utf8("order"), value: utf8("1"), headers: [{ name: "trace", value: utf8("t1") }], timestamp: 1_700_000_000_001 },
    { partition: 0, offset: 1, key: utf8("order"), value: utf8("x".repeat(400)), headers: [], timestamp: 1_700_000_000_004 },
    { partition: 1, offset: 0, key: utf8("order"), value: utf8("3"), headers: [], timestamp: 1_700_000_000_003 },
  ]);
  await tab.page.reload();
  await tab.says(`3 to ${from}-a`, "li"); // the URL has the preview, and nothing is sent by itself
  await tab.sees("button", "Send 3 records");
  equal((await w.brokers.stored(`${from}-a`)).length, 3);
}, "apache");

test("records are sent to the topics that a header names", async (w) => {
  const prefix = w.name("named");
  for (const name of ["dlq", "a", "b"]) await w.brokers.topic(`${prefix}-${name}`);
  await w.brokers.write(`${prefix}-dlq`, [
    { value: "1", headers: [["origin", `${prefix}-a`]] },
    { value: "2", headers: [["origin", "elsewhere"], ["origin", `${prefix}-b`]] },
    { value: "3", headers: [["origin", `${prefix}-gone`]] },
    { value: "4" },
    { value: "5", headers: [["origin", `${prefix}-a`]] },
  ]);
  const tab = await w.explore(`#/redrive?topic=${prefix}-dlq&from=beginning`);
  await tab.choose("To", "by");
  await tab.fill("input", "Name of the header", "origin");
  await tab.click("button", "Preview");
  for (const text of [`2 to ${prefix}-a`, `1 to ${prefix}-b`, `1 can't be sent. There is no topic ${prefix}-gone that you may see.`, "1 can't be sent. The header origin names no topic."]) await tab.says(text, "li");
  for (const width of [360, 1280]) await inspect(tab, `redrive-header-${width}`, width);
  await tab.click("button", "Send 3 records");
  await tab.says("Done. 3 of 3 sent, 0 failed", "[role=status]");
  deepEqual((await w.brokers.stored(`${prefix}-a`)).map((r) => r.value), [utf8("1"), utf8("5")]);
  deepEqual((await w.brokers.stored(`${prefix}-b`)).map((r) => r.value), [utf8("2")]);
}, "apache");

test("a redrive stops at what its target refuses, and goes on or sends it again", async (w) => {
  const from = await letters(w, [{ value: "1" }, { value: "x".repeat(400) }, { value: "3" }]);
  const tab = await w.explore(`#/redrive?topic=${from}&to=${from}-b`);
  await tab.click("button", "Send 3 records");
  await tab.says("Stopped at a failure. 1 of 3 sent, 1 failed", "[role=status]");
  await tab.says(/^0 1 \S+-b no MESSAGE_TOO_LARGE: .* Edit$/, "[role=row]");
  for (const width of [360, 1280]) await inspect(tab, `redrive-refused-${width}`, width);
  await tab.click("button", "Go on");
  await tab.says("Done. 2 of 3 sent, 1 failed", "[role=status]");
  deepEqual((await w.brokers.stored(`${from}-b`)).map((r) => r.value), [utf8("1"), utf8("3")]);
  await tab.click("button", "Send 1 again");
  await tab.says("Done. 2 of 3 sent, 1 failed", "[role=status]");
  await tab.click("a", "Edit");
  await tab.says(`Begins with the record at offset 1 of ${from}, partition 0.`);
  await tab.fill("textarea", "Value", "shorter");
  await tab.click("button", "Send");
  await tab.says(`Stored in ${from}-b, partition 0, at offset 2`, "li");
  await tab.go(-1);
  await tab.says("Done. 2 of 3 sent, 1 failed", "[role=status]"); // what became of it is still told
}, "apache");

test("a redrive that goes on after failures sends all that is taken", async (w) => {
  const from = await letters(w, [{ value: "x".repeat(400) }, { value: "2" }, { value: "y".repeat(400) }, { value: "4" }]);
  const tab = await w.explore(`#/redrive?topic=${from}&to=${from}-b`);
  await tab.click("input", "Go on after failures");
  await tab.click("button", "Send 4 records");
  await tab.says("Done. 2 of 4 sent, 2 failed", "[role=status]");
  await tab.says("2 records failed");
  deepEqual((await w.brokers.stored(`${from}-b`)).map((r) => r.value), [utf8("2"), utf8("4")]);
}, "apache");

test("a redrive to a topic that a policy forbids stores nothing, and says so of each record", async (w) => {
  const from = await letters(w, [{ value: "1" }, { value: "2" }]);
  const site = await w.site({ policies: [
    { identities: ["*"], allow: "read-only", topics: ["redrive*"] },
    { identities: ["*"], allow: "read-write", topics: ["others"] },
  ] });
  const tab = await w.open(site, `#/redrive?topic=${from}&to=${from}-a`);
  await tab.click("button", "Send 2 records");
  await tab.says("0 of 2 sent, 2 failed", "[role=status]");
  await tab.says(/^0 1 \S+-a no TOPIC_AUTHORIZATION_FAILED/, "[role=row]");
  deepEqual(await w.brokers.stored(`${from}-a`), []);
}, "apache");

test("a redrive that is stopped goes on where it was", async (w) => {
  const from = await letters(w, [{ value: "1" }, { value: "2" }]);
  const tab = await w.explore(`#/redrive?topic=${from}&to=${from}-a`);
  await tab.sees("button", "Send 2 records");
  await w.brokers.broker("freeze");
  try {
    await tab.click("button", "Send 2 records");
    await tab.click("button", "Stop");
    await tab.says("Stopping, once what is under way has an answer…", "[role=status]");
    await inspect(tab, "redrive-stopping", 1280);
  } finally {
    await w.brokers.broker("thaw");
  }
  await tab.says(/Stopped\. \d of 2 sent, 0 failed/, "[role=status]");
  await tab.click("button", "Go on");
  await tab.says("Done. 2 of 2 sent, 0 failed", "[role=status]");
  deepEqual((await w.brokers.stored(`${from}-a`)).map((r) => r.value), [utf8("1"), utf8("2")]);
}, "apache");

test("what can't be redriven is said, and a redrive into its own topic ends", async (w) => {
  const from = await letters(w, orders);
  const tab = await w.explore("#/redrive");
  for (const [place, text] of [
    [`topic=${from}&to=${from}-none`, `4 can't be sent. There is no topic ${from}-none that you may see.`],
    [`topic=${from}&to=${from}-b&keep=partition`, `1 can't be sent. ${from}-b has no partition 1.`],
    [`topic=${from}&to=${from}-a&from=live`, "A redrive sends what is there. Choose another start than live."],
    [`topic=${from}-none&to=${from}-a`, "The cluster has no such topic."],
    [`topic=${from}&to=${from}-a&text=nothing`, "None of them fits the selection, so there is nothing to send."],
  ] as const) {
    await tab.goto(`#/redrive?${place}`);
    await tab.says(text);
  }
  await tab.goto(`#/redrive?topic=${from}&to=${from}`);
  await tab.says("They come from there. What is sent isn't read again.");
  await tab.click("button", "Send 4 records");
  await tab.says("Done. 4 of 4 sent, 0 failed", "[role=status]");
  equal((await w.brokers.stored(from)).length, 8);
}, "apache");
