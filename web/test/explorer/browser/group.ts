import { equal } from "node:assert/strict";
import { test, type World } from "./harness.js";
import { inspect, looks } from "./looks.js";
import type { Tab } from "./tab.js";

/** Makes a group that has committed 3 of 10 in partition 0 of a topic, and 10 of 10 in partition 1, and returns its id. The topic has the same name. */
async function behind(w: World): Promise<string> {
  const name = w.name("group");
  await w.brokers.topic(name, { partitions: 3 });
  for (const partition of [0, 1]) await w.brokers.write(name, Array.from({ length: 10 }, (_, i) => ({ partition, value: `${partition}/${i}`, timestamp: 1_700_000_000_000 + i })));
  await w.brokers.commit(name, name, 0, 3);
  await w.brokers.commit(name, name, 1, 10);
  return name;
}

/** Opens the reset of a group. */
async function reset(tab: Tab): Promise<void> {
  await tab.click("button", "Reset offsets…");
  await tab.sees("dialog h2", /^Reset the offsets of/);
}

test("a group's partitions, members and trend, light and dark, narrow and wide", async (w) => {
  const name = await behind(w);
  await w.brokers.member(name, name, { clientId: "checkout-7", idle: true });
  await looks(w, "group", `#/groups/${name}`, (tab) => tab.says(/0 checkout-7 3 10 7/, "[role=row]"));
  await looks(w, "group-members", `#/groups/${name}?show=members`, (tab) => tab.says(`${name} 0-2`, "[role=row]"));
  await looks(w, "group-trend", `#/groups/${name}?show=trend`, (tab) => tab.says("Lag in offsets"));
}, "apache");

test("a group's partitions have lag in offsets and time, and lead to the message that is next", async (w) => {
  const name = await behind(w);
  const tab = await w.explore(`#/groups/${name}`);
  await tab.says(/0 members · coordinator: broker \d+ · lag 7 · up to [\d,]+ d \d+ h behind/);
  await tab.says(new RegExp(`^${name} 0 none 3 10 7 [\\d,]+ d \\d+ h \\S open$`), "[role=row]");
  await tab.says(new RegExp(`^${name} 1 none 10 10 0 0 \\S$`), "[role=row]");
  await tab.click("a", `Open the record at 3 of ${name} 0, before which the group stands`);
  await tab.at(new RegExp(`^#/topics/${name}/messages\\?from=offset%3A3&partition=0&open=0%2F3$`));
  await tab.says("0/3", "pre");
}, "apache");

test("a group's lag is followed: what comes, and what is committed", async (w) => {
  const name = await behind(w);
  const tab = await w.explore(`#/groups/${name}`);
  await tab.says("lag 7");
  await w.brokers.write(name, Array.from({ length: 5 }, () => ({ partition: 0, value: "more" })));
  await tab.says(new RegExp(`^${name} 0 none 3 15 12 .* \\+5 open$`), "[role=row]");
  await w.brokers.commit(name, name, 0, 14);
  await tab.says(new RegExp(`^${name} 0 none 14 15 1 .* −6 open$`), "[role=row]");
  await tab.click("nav[aria-label=Group] a", "Trend");
  await tab.says(/Lag in offsets .*lag 1\b/);
}, "apache");

test("a group's members have what they are assigned", async (w) => {
  const name = await behind(w);
  await w.brokers.member(name, name, { clientId: "checkout-7" });
  const tab = await w.explore(`#/groups/${name}`);
  await tab.says("1 member");
  await tab.says("To reset its offsets or delete it, stop its members first.");
  equal(await tab.count("main button", /Reset|Delete/), 0);
  await tab.click("nav[aria-label=Group] a", "Members");
  await tab.says(new RegExp(`^checkout-7 checkout-7-\\S+ \\S+ 3 ${name} 0-2$`), "[role=row]");
  await tab.click("a", "checkout-7");
  await tab.at(/\?q=checkout-7-/);
  await tab.says("3 of 3", "[role=status]");
  await tab.fill("input", "Search by topic, client, member or host", "no such");
  await tab.says("No partition fits.");
}, "apache");

test("a group's offsets are reset after a preview", async (w) => {
  const name = await behind(w);
  const tab = await w.explore(`#/groups/${name}`);
  await tab.says("lag 7");
  await reset(tab);
  await tab.click("button", "Preview");
  await tab.says("3 partitions of 3 would change: 13 offsets would come again.", "[role=status]");
  for (const width of [360, 1280]) await inspect(tab, `group-reset-${width}`, width);
  await tab.choose(/^Go on at/, "latest");
  await tab.misses("button", /^Reset \d/); // the preview was of another form
  await tab.click("button", "Preview");
  await tab.says("2 partitions of 3 would change: 7 offsets would be skipped.", "[role=status]");
  await tab.click("button", "Reset 2 partitions");
  await tab.says("2 partitions of 2 changed: 7 offsets are skipped.", "[role=status]");
  equal(await tab.focused(), "Close");
  await tab.press("Enter");
  await tab.misses("dialog h2");
  await tab.says("lag 0");
}, "apache");

test("a reset takes partitions, an offset, a time or a distance from the end", async (w) => {
  const name = await behind(w);
  const tab = await w.explore(`#/groups/${name}`);
  await tab.click("button", /^Times: local/);
  await reset(tab);
  for (const [to, value, partition, ...shown] of [
    ["offset", "5", "0", `${name} 0 3 5`],
    ["offset", "-5", "0", "An offset was expected"],
    ["last", "4", "0-1", `${name} 0 3 6`, `${name} 1 10 6`],
    ["time", "2023-11-14 22:13:20.002", "0-1", `${name} 0 3 2`, `${name} 1 10 2`],
    ["time", "yesterday", "0", "A time such as 2026-01-31 12:30 was expected"],
    ["offset", "11", "0,1", "OFFSET_OUT_OF_RANGE"],
    ["offset", "0", "zero", "Partitions: numbers such as 0-2, 5 were expected."],
  ] as const) {
    await tab.choose(/^Topic all/, name);
    await tab.fill("input", "Partitions", partition);
    await tab.choose(/^Go on at/, to);
    await tab.fill("input", to === "last" ? "How many" : to === "offset" ? "Offset" : "Time", value);
    await tab.press("Enter");
    for (const text of shown) await tab.says(text, "dialog");
  }
  equal(await tab.count("button", /^Reset \d/), 0); // of what was wrong
  await tab.press("Escape");
  await tab.says("lag 7"); // nothing was changed
}, "apache");

test("what Kafka refuses while a group has members is said", async (w) => {
  const name = await behind(w);
  const tab = await w.explore(`#/groups/${name}`);
  await reset(tab);
  await tab.click("button", "Preview");
  await tab.sees("button", "Reset 3 partitions");
  const other = await w.explore(`#/groups/${name}`);
  await other.click("button", "Delete…");
  await other.fill("input", "Type the group's name", name);
  await w.brokers.member(name, name, { idle: true });
  await other.click("button", "Delete this group");
  await other.says("The group has members. Stop them first.", "[role=alert]");
  await inspect(other, "group-delete-refused", 360);
  await tab.page.bringToFront();
  await tab.click("button", "Reset 3 partitions");
  await tab.says("The group has members. Stop them first.", "[role=alert]");
  await inspect(tab, "group-reset-refused", 360);
}, "apache");

test("a group is deleted once its name is typed", async (w) => {
  const name = await behind(w);
  const tab = await w.explore(`#/groups/${name}`);
  await tab.click("button", "Delete…");
  await tab.fill("input", "Type the group's name", name.slice(0, -1));
  equal(await tab.count("button:disabled", "Delete this group"), 1);
  await tab.page.keyboard.type(name.slice(-1));
  await inspect(tab, "group-delete", 1280);
  await tab.press("Enter");
  await tab.at("#/groups");
  await tab.says(/\d+ of \d+/, "[role=status]");
  equal(await tab.count("a", name), 0);
  await tab.go(-1);
  await tab.says("The cluster has no such group.", "[role=alert]");
  equal(await tab.count("main button", /Reset|Delete/), 0);
}, "apache");

test("a group shows no button where nothing may be written", async (w) => {
  const name = await behind(w);
  const site = await w.site({ policies: [{ identities: ["*"], allow: "read-only", topics: ["*"], consumer_groups: { see: ["*"] } }] });
  const tab = await w.open(site, `#/groups/${name}`);
  await tab.says("lag 7");
  await tab.says("read-only", "header");
  equal(await tab.count("main button", /reset|delete/i), 0);
  equal((await tab.text("main")).includes("stop its members first"), false);
}, "apache");
