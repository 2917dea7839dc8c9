import { equal } from "node:assert/strict";
import { test, type World } from "./harness.js";
import { inspect, looks } from "./looks.js";
import type { Tab } from "./tab.js";

const names = "[role=gridcell] a";

/** Makes three groups whose ids begin alike: a has a member and no lag, b lags by 5, c by 7. It returns that beginning. */
async function three(w: World): Promise<string> {
  const prefix = w.name("groups");
  await w.brokers.topic(prefix);
  await w.brokers.write(prefix, Array.from({ length: 7 }, (_, i) => ({ value: String(i) })));
  await w.brokers.commit(`${prefix}-c`, prefix, 0, 0);
  await w.brokers.commit(`${prefix}-b`, prefix, 0, 2);
  await w.brokers.member(`${prefix}-a`, prefix);
  return prefix;
}

/** Waits until these groups are shown, in this order, and no others. */
async function shows(tab: Tab, prefix: string, ...wanted: string[]): Promise<void> {
  const list = wanted.map((n) => `${prefix}-${n}`);
  await tab.until(`the groups ${list.join(", ")}`, async () => JSON.stringify(await tab.texts(names)) === JSON.stringify(list));
}

test("the page Groups, light and dark, narrow and wide", async (w) => {
  const prefix = await three(w);
  await looks(w, "groups", `#/groups?q=${prefix}`, async (tab) => {
    await shows(tab, prefix, "a", "b", "c");
    await tab.says(/-a Stable classic 1 0$/, "[role=row]");
  });
});

test("groups have a state, a protocol, members and lag, and follow by themselves", async (w) => {
  const prefix = await three(w);
  const tab = await w.explore(`#/groups?q=${prefix}`);
  await tab.says(/-a Stable classic 1 0$/, "[role=row]");
  await tab.says(/-b Empty classic 0 5$/, "[role=row]");
  await w.brokers.commit(`${prefix}-b`, prefix, 0, 6);
  await tab.says(/-b Empty classic 0 1$/, "[role=row]");
  await tab.click("a", `${prefix}-b`);
  await tab.at(`#/groups/${prefix}-b`);
  await tab.go(-1);
  await shows(tab, prefix, "a", "b", "c");
}, "apache");

test("groups are searched by name, protocol and state, and the URL has it", async (w) => {
  const prefix = await three(w);
  const tab = await w.explore("#/groups");
  await tab.fill("input", "Search groups by name", prefix);
  await shows(tab, prefix, "a", "b", "c");
  await tab.choose("any state", "Empty");
  await shows(tab, prefix, "b", "c");
  await tab.choose("any protocol", "classic");
  await tab.at(`#/groups?q=${prefix}&state=Empty&protocol=classic`);
  await tab.page.reload();
  await shows(tab, prefix, "b", "c");
  await tab.says(/^2 of \d+$/, "[role=status]");
  await tab.fill("input", "Search groups by name", `${prefix}-d`);
  await tab.says("No group fits.");
  await tab.click("button", "Show all");
  await tab.at("#/groups");
});

test("groups are sorted by a column, and the URL has it", async (w) => {
  const prefix = await three(w);
  const tab = await w.explore(`#/groups?q=${prefix}`);
  await tab.says(/-a Stable classic 1 0$/, "[role=row]");
  for (const [column, ...order] of [["Lag", "c", "b", "a"], ["Members", "a", "b", "c"], ["Group", "a", "b", "c"], ["Group", "c", "b", "a"]] as const) {
    await tab.click("[role=columnheader] button", column);
    await shows(tab, prefix, ...order);
  }
  await tab.at(`#/groups?q=${prefix}&sort=-id`);
  equal(await tab.count("[aria-sort=descending]", "Group"), 1);
}, "apache");

test("the keyboard moves through groups and opens one", async (w) => {
  const prefix = await three(w);
  const tab = await w.explore(`#/groups?q=${prefix}`);
  await shows(tab, prefix, "a", "b", "c");
  await tab.press("/");
  equal(await tab.focused(), "Search groups by name");
  for (let i = 0; i < 12 && (await tab.focused()) !== `${prefix}-a`; i++) await tab.press("Tab");
  await tab.press("ArrowDown");
  await tab.until("the next row to have the focus", async () => (await tab.focused()) === `${prefix}-b`);
  await tab.press("Enter");
  await tab.says(`${prefix}-b`, "h1");
});

test("groups that a policy doesn't show aren't there", async (w) => {
  const prefix = await three(w);
  const site = await w.site({ policies: [{ identities: ["*"], allow: "read-only", topics: ["*"], consumer_groups: { see: [`${prefix}-b`] } }] });
  const tab = await w.open(site, "#/groups");
  await shows(tab, prefix, "b");
  await inspect(tab, "groups-policy", 1280);
  await tab.goto(`#/groups/${prefix}-a`);
  await tab.says("Nothing is known of this group.");
  await tab.says(/You may not do this with the group|The cluster has no such group/, "[role=alert]");
});
