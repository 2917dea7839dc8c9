import { deepEqual, equal } from "node:assert/strict";
import { test, type World } from "./harness.js";
import { looks } from "./looks.js";

/** Makes a topic with records and a setting of its own, which keeps records of long ago. */
async function topicOf(w: World): Promise<string> {
  const name = w.name("topic");
  await w.brokers.topic(name, { partitions: 2, configs: { "retention.ms": "3153600000000" } });
  await w.brokers.write(name, [
    { partition: 0, value: "a", timestamp: 1_700_000_000_123 },
    { partition: 0, value: "b", timestamp: 1_700_000_001_000 },
    { partition: 1, value: "c", timestamp: 1_700_000_002_000 },
  ]);
  return name;
}

test("the tabs of a topic, light and dark, narrow and wide", async (w) => {
  const name = await topicOf(w);
  await w.brokers.member(`${name}-group`, name);
  await looks(w, "topic-partitions", `#/topics/${name}/partitions`, (tab) => tab.says(/3 offsets/));
  await looks(w, "topic-groups", `#/topics/${name}/groups`, (tab) => tab.says(`${name}-group`, "[role=row]"));
  await looks(w, "topic-config", `#/topics/${name}/config`, (tab) => tab.says("retention.ms", "li"));
});

test("a topic's tabs are links, and back and forward go through them", async (w) => {
  const name = await topicOf(w);
  const tab = await w.explore(`#/topics?q=${name}`);
  await tab.click("a", name);
  await tab.at(`#/topics/${name}/messages`);
  for (const [label, place] of [["Partitions", "partitions"], ["Groups", "groups"], ["Config", "config"]] as const) {
    await tab.click("nav[aria-label=Topic] a", label);
    await tab.at(`#/topics/${name}/${place}`);
    equal(await tab.count("nav[aria-label=Topic] a[aria-current=page]", label), 1);
  }
  const seen: string[] = [];
  for (const place of ["groups", "partitions", "messages"]) {
    await tab.go(-1);
    await tab.at(`#/topics/${name}/${place}`);
    seen.push(await tab.text("nav[aria-label=Topic] a[aria-current=page]"));
  }
  deepEqual(seen, ["Groups", "Partitions", "Messages"]);
  await tab.go(-1);
  await tab.at(`#/topics?q=${name}`);
  await tab.sees("a", name);
  await tab.go(1);
  await tab.at(`#/topics/${name}/messages`);
  await tab.says(name, "h1");
});

test("a topic's partitions have leaders, offsets and times", async (w) => {
  const name = await topicOf(w);
  const tab = await w.explore(`#/topics/${name}/partitions`);
  await tab.click("button", /^Times: local/);
  await tab.says(/^0 \d+ \d+ 0 2 2 2023-11-14 22:13:20.123Z 2023-11-14 22:13:21.000Z$/, "[role=row]");
  await tab.says(/^1 \d+ \d+ 0 1 1 2023-11-14 22:13:22.000Z 2023-11-14 22:13:22.000Z$/, "[role=row]");
  await w.brokers.write(name, [{ partition: 1, value: "d" }]);
  await tab.says("4 offsets"); // by itself
});

test("a topic's groups have members and lag", async (w) => {
  const name = await topicOf(w);
  const tab = await w.explore(`#/topics/${name}/groups`);
  await tab.says("No group has committed offsets of this topic, or reads it now.");
  await w.brokers.member(`${name}-group`, name);
  await tab.says(new RegExp(`${name}-group Stable \\w+ 1 0$`), "[role=row]");
});

test("a topic's settings are searched, and told from defaults", async (w) => {
  const name = await topicOf(w);
  const tab = await w.explore(`#/topics/${name}/config`);
  await tab.says(/retention\.ms.* 3153600000000 .*set on this topic/, "li");
  await tab.click("input", "Only what differs from Kafka's default");
  await tab.at(/changed=1/);
  await tab.until("settings that differ alone", async () => (await tab.texts("li")).every((t) => !t.includes("Kafka's default")));
  await tab.fill("input", "Search settings", "retention.m");
  await tab.says(/^1 of \d+$/, "[role=status]");
  await tab.click("summary", "retention.ms");
  await tab.says("retain", "details");
  await tab.page.reload();
  await tab.says(/^1 of \d+$/, "[role=status]");
});

test("a topic that doesn't exist is told", async (w) => {
  const tab = await w.explore(`#/topics/${w.name("none")}/partitions`);
  await tab.says("The cluster has no such topic.");
  equal(await tab.count("button", "Delete…"), 0);
});

test("a topic that is made again while it is looked at is told", async (w) => {
  const name = await topicOf(w);
  const tab = await w.explore(`#/topics/${name}/partitions`);
  await tab.says("3 offsets");
  const other = await w.explore(`#/topics/${name}/partitions`);
  await other.click("button", "Delete…");
  await other.fill("input", "Type the topic's name", name);
  await other.click("button", "Delete this topic");
  await other.at("#/topics");
  await w.brokers.topic(name);
  await tab.page.bringToFront(); // a page that isn't seen asks for nothing
  await tab.says("made again while you look");
  await tab.says("1 partition · 1 replica · 0 offsets");
});
