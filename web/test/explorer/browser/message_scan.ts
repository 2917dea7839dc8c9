// What a scan says of itself: how far it is, why it stopped, and what there is in place of messages.
import { equal, ok } from "node:assert/strict";
import { test } from "./harness.js";
import { numbered, place, row, scanSays, shows, topicWith } from "./log.js";
import { inspect } from "./looks.js";

test("a full page says so, and there is a next one", async (w) => {
  const topic = w.name("endless");
  await w.brokers.topic(topic);
  const tab = await w.explore(place(topic, "from=beginning"));
  await scanSays(tab, /^Next page The page is full\. 2,0\d\d messages scanned [\d.]+ [KM]iB · [\d,]+\/s/);
  await tab.sees(row, /^\S+ \S+ 0 0 /);
  await tab.click("button", "Next page");
  await tab.sees(row, /^\S+ \S+ 0 2,0\d\d /);
  await scanSays(tab, /^Next page The page is full\. 4,0\d\d messages scanned/);
  await tab.goto(place(topic, `from=offset%3A${2n ** 62n - 5n}`));
  await tab.sees(row, /^\S+ \S+ 0 4,611,686,018,427,387,901 /); // beyond 2^53
  await scanSays(tab, "Read to the end. 5 messages scanned");
}, "synthetic");

test("a scan can be stopped and resumed", async (w) => {
  const topic = w.name("endless");
  await w.brokers.topic(topic);
  const tab = await w.explore(place(topic, "from=beginning&text=no+message+has+this"));
  await scanSays(tab, /^Stop Reading….*[1-9][\d,]* messages scanned, 0 match [\d.]+ [KMG]iB · [\d,]+\/s/);
  await tab.says("Nothing was found so far.");
  await tab.click("button", "Stop");
  await scanSays(tab, /^Resume Stopped\. /);
  await tab.says("Nothing was found until it was stopped.");
  const scanned = async () => Number(/([\d,]+) messages scanned/.exec(await tab.text(".scan"))![1]!.replaceAll(",", ""));
  const before = await scanned();
  await tab.click("button", "Resume");
  await tab.until("it to go on", async () => (await scanned()) > before);
  for (const width of [360, 1280]) await inspect(tab, `messages-scanning-${width}`, width);
  await tab.click("nav[aria-label=Topic] a", "Partitions"); // it doesn't go on unseen
  await tab.says("Leader");
  await tab.go(-1);
  await scanSays(tab, "Reading…");
  ok((await scanned()) > before);
}, "synthetic");

test("offsets aren't called messages", async (w) => {
  const topic = w.name("committed");
  await w.brokers.topic(topic);
  for (let i = 0; i < 10; i++) await w.brokers.write(topic, [{ value: `v${i}` }], { transaction: "commit" });
  const tab = await w.explore(place(topic));
  await tab.says("1 partition · 1 replica · 20 offsets", ".facts");
  await scanSays(tab, "Read back to the beginning. 10 messages scanned");
  await tab.sees(".scan span", /^10 messages scanned$/);
  equal(await tab.count(row), 10);
  equal(await tab.page.evaluate(() => probe.find(".scan span").find((e) => e.textContent!.includes("scanned"))!.getAttribute("title")), "10 markers of transactions");
});

test("a topic without messages says what is there instead", async (w) => {
  const empty = await topicWith(w, [], 2);
  const tab = await w.explore(place(empty));
  await tab.says("No messages. Nothing was ever written to the partitions.");
  for (const width of [360, 1280]) await inspect(tab, `messages-empty-${width}`, width);

  const aborted = w.name("aborted");
  await w.brokers.topic(aborted);
  await w.brokers.write(aborted, numbered(3), { transaction: "abort" });
  await tab.goto(place(aborted));
  await tab.says("No messages. Here instead: 1 marker of transactions. 3 messages of aborted transactions.");

  const deleted = await topicWith(w, numbered(5, 2), 2);
  for (const [partition, before] of [[0, 3], [1, 2]] as const) await w.brokers.deleteBefore(deleted, partition, before);
  await tab.goto(place(deleted));
  await tab.says("No messages. Here instead: 5 offsets of 2 partitions of which all was deleted, by retention or by somebody.");
  await tab.goto(place(deleted, "from=beginning"));
  await tab.says("No messages. Here instead: 5 offsets of 2 partitions of which all was deleted, by retention or by somebody.");
});

test("what an open transaction has written isn't nothing", async (w) => {
  const topic = w.name("open");
  await w.brokers.topic(topic);
  await w.brokers.write(topic, numbered(3), { transaction: "leave" });
  const tab = await w.explore(place(topic));
  await tab.says("No messages. Here instead: 3 offsets of transactions that are open, or that came since.");
}, "apache");

test("what was compacted is told", async (w) => {
  const topic = await topicWith(w, [], 1, { "cleanup.policy": "compact", "segment.ms": "1", "min.cleanable.dirty.ratio": "0.01", "delete.retention.ms": "0" });
  for (let i = 0; i < 5; i++) await w.brokers.write(topic, [{ key: "k", value: `v${i}` }]);
  const tab = await w.explore(place(topic, "from=beginning"));
  await tab.until("compaction", async () => {
    await w.brokers.write(topic, [{ key: "last", value: "x" }]);
    await tab.click("button", "Read");
    await scanSays(tab, "Read to the end.");
    return (await tab.page.evaluate(() => probe.find(".scan span").find((e) => e.textContent!.includes("scanned"))!.getAttribute("title") ?? "")).includes("compacted, deleted or never used");
  });
  await tab.sees(row, /k v4$/);
}, "apache");

test("the beginning of a partition may have been deleted", async (w) => {
  const topic = await topicWith(w, numbered(5));
  await w.brokers.deleteBefore(topic, 0, 3);
  const tab = await w.explore(place(topic, "from=beginning"));
  await shows(tab, "0 3 k3 v3", "0 4 k4 v4");
  await tab.goto(place(topic, "from=offset%3A1"));
  await shows(tab, "0 3 k3 v3", "0 4 k4 v4");
});
