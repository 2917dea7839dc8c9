import { equal, ok } from "node:assert/strict";
import { test } from "./harness.js";
import { numbered, orders, place, row, rows, scanSays, shows, topicWith } from "./log.js";
import { inspect } from "./looks.js";

test("the page Messages, light and dark, narrow and wide", async (w) => {
  const topic = await orders(w);
  for (const scheme of ["light", "dark"] as const) {
    const tab = await w.explore(place(topic), { scheme });
    await scanSays(tab, "Read back to the beginning. 40 messages scanned");
    await tab.sees(row, /order-39/);
    for (const width of [360, 1280]) await inspect(tab, `messages-list-${scheme}-${width}`, width);
    await tab.click(row, /order-38/);
    await tab.says("Partition 2, offset 12", "h2");
    await tab.click("summary", /^trace/);
    for (const width of [360, 1280]) await inspect(tab, `messages-${scheme}-${width}`, width);
  }
});

test("on a narrow page a message that is opened is brought in sight", async (w) => {
  const tab = await w.explore(place(await orders(w)), { width: 360, height: 740 });
  await tab.click(row, /order-38/);
  await tab.says("Partition 2, offset 12", "h2");
  await tab.until("the message to be in sight", () => tab.page.evaluate(() => probe.find("h2", { pattern: "^Partition" })[0]!.getBoundingClientRect().bottom < innerHeight / 2));
  await inspect(tab, "messages-opened-360", 360);
});

test("messages are opened by mouse and by keyboard, and the URL has the open one", async (w) => {
  const topic = await topicWith(w, numbered(5));
  const tab = await w.explore(place(topic));
  await tab.click(row, /v2$/);
  await tab.at(place(topic, "open=0%2F2"));
  await tab.says("v2", "section, [role=region]");
  await tab.press("j");
  await tab.at(place(topic, "open=0%2F3"));
  await tab.press("k", "k");
  await tab.says("Partition 0, offset 1", "h2");
  await tab.click("button", "Next message");
  await tab.says("Partition 0, offset 2", "h2");
  await tab.press("Escape");
  await tab.at(place(topic));
  await tab.misses("h2", /^Partition/);
  await tab.page.evaluate(() => (probe.find("[role=listbox]")[0] as HTMLElement).focus());
  await tab.press("End");
  await tab.says("Partition 0, offset 4", "h2");
  await tab.press("ArrowUp");
  await tab.says("Partition 0, offset 3", "h2");
  await tab.page.reload();
  await tab.says("Partition 0, offset 3", "h2");
  await tab.sees("[aria-selected=true]", /v3$/);
});

test("back and forward go through queries and open messages", async (w) => {
  const topic = await topicWith(w, numbered(5));
  const tab = await w.explore(place(topic, "from=beginning"));
  await tab.click(row, /v2$/);
  await tab.click("nav[aria-label=Topic] a", "Partitions");
  await tab.says("5 offsets");
  await tab.go(-1);
  await tab.at(place(topic, "from=beginning&open=0%2F2"));
  await tab.says("Partition 0, offset 2", "h2");
  equal((await rows(tab)).length, 5);
  await tab.go(1);
  await tab.at(`#/topics/${topic}/partitions`);
  await tab.click("nav[aria-label=Topic] a", "Messages"); // it leads to what was shown
  await tab.at(place(topic, "from=beginning&open=0%2F2"));
});

test("a link opens its message, or says why there is none", async (w) => {
  const topic = await topicWith(w, numbered(8, 2), 2);
  await w.brokers.deleteBefore(topic, 1, 2);
  const link = (offset: number) => place(topic, `from=offset%3A${offset}&partition=1&open=1%2F${offset}`);
  const tab = await w.explore(link(3));
  await tab.says("Partition 1, offset 3", "h2");
  await tab.says("v7", "[role=region]");
  await tab.sees("[aria-selected=true]", /v7$/);
  equal(await tab.page.evaluate(() => (probe.find("a").find((a) => a.textContent === "Link to it") as HTMLAnchorElement).hash), link(3));
  await tab.goto(link(0));
  await tab.says(/There is no message at offset 0 of partition 1 any more: the partition begins at 2\./, "[role=alert]");
  await shows(tab, "1/2 k5 v5", "1/3 k7 v7");
  for (const width of [360, 1280]) await inspect(tab, `messages-gone-${width}`, width);
  await tab.goto(link(4));
  await tab.says(/There is no message at offset 4 of partition 1 yet: the partition ends at 4\./, "[role=alert]");
  await tab.says("No messages. The partitions end at 4 (1).");
});

test("where messages may be produced they can be edited and redriven, and elsewhere not", async (w) => {
  const topic = await topicWith(w, numbered(3));
  const tab = await w.explore(place(topic, "text=v&open=0%2F1"));
  await tab.sees("a", "Edit and produce again");
  await tab.click("a", "Redrive…");
  await tab.at(`#/redrive?topic=${topic}&text=v`);
  const site = await w.site({ policies: [{ identities: ["*"], allow: "read-only", topics: ["*"] }] });
  const reader = await w.open(site, place(topic, "open=0%2F1"));
  await reader.says("v1", "[role=region]");
  await reader.says("read-only", "header");
  equal(await reader.count("main a", /produce|redrive/i), 0);
});

test("who may not read messages is told so", async (w) => {
  const topic = await topicWith(w, numbered(3));
  const site = await w.site({ policies: [{ identities: ["*"], allow: ["Metadata", "DescribeConfigs"], topics: ["*"] }] });
  const tab = await w.open(site, place(topic));
  await tab.says("You may not read messages here.");
  ok((await tab.count(row)) === 0);
});
