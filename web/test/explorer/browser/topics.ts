import { deepEqual, equal, ok } from "node:assert/strict";
import { test, type World } from "./harness.js";
import { inspect, looks } from "./looks.js";
import type { Tab } from "./tab.js";

const names = "[role=gridcell] a";

/** Makes three topics whose names begin alike, and returns that beginning. */
async function three(w: World): Promise<string> {
  const prefix = w.name("topics");
  await w.brokers.topic(`${prefix}-b`, { partitions: 2 });
  await w.brokers.topic(`${prefix}-a`, { partitions: 3 });
  await w.brokers.topic(`${prefix}-c`);
  return prefix;
}

/** Waits until these topics are shown, in this order, and no others. */
async function shows(tab: Tab, prefix: string, ...wanted: string[]): Promise<void> {
  const list = wanted.map((n) => `${prefix}-${n}`);
  await tab.until(`the topics ${list.join(", ")}`, async () => JSON.stringify(await tab.texts(names)) === JSON.stringify(list));
}

test("the page Topics, light and dark, narrow and wide", async (w) => {
  const prefix = await three(w);
  await w.brokers.write(`${prefix}-a`, [{ value: "x" }]);
  await looks(w, "topics", `#/topics?q=${prefix}`, async (tab) => {
    await shows(tab, prefix, "a", "b", "c");
    await tab.says("3 of ", "[role=status]");
  });
});

test("topics are searched by name, and the URL has the search", async (w) => {
  const prefix = await three(w);
  const tab = await w.explore("#/topics");
  await tab.fill("input", "Search topics by name", `-A ${prefix}`);
  await shows(tab, prefix, "a");
  await tab.page.reload();
  await shows(tab, prefix, "a");
  await tab.fill("input", "Search topics by name", `${prefix}-d`);
  await tab.says("No topic fits.");
  await tab.click("button", "Show all");
  await tab.at("#/topics");
  await tab.sees(names);
});

test("topics are sorted by a column, and the URL has it", async (w) => {
  const prefix = await three(w);
  const tab = await w.explore(`#/topics?q=${prefix}`);
  await shows(tab, prefix, "a", "b", "c");
  await tab.click("[role=columnheader] button", "Name");
  await shows(tab, prefix, "c", "b", "a");
  equal(await tab.count("[aria-sort=descending]", "Name"), 1);
  await tab.click("[role=columnheader] button", "Partitions");
  await shows(tab, prefix, "a", "b", "c");
  await tab.at(/sort=-partitions/);
  await tab.click("[role=columnheader] button", "Partitions");
  await shows(tab, prefix, "c", "b", "a");
  await tab.page.reload();
  await shows(tab, prefix, "c", "b", "a");
});

test("pinned topics come first, also after a reload", async (w) => {
  const prefix = await three(w);
  const tab = await w.explore(`#/topics?q=${prefix}`);
  await tab.click("button", `Pin ${prefix}-c`);
  await shows(tab, prefix, "c", "a", "b");
  await tab.page.reload();
  await shows(tab, prefix, "c", "a", "b");
  await tab.click("button", `Pin ${prefix}-c`);
  await shows(tab, prefix, "a", "b", "c");
});

test("the offsets of topics are counted", async (w) => {
  const prefix = await three(w);
  await w.brokers.write(`${prefix}-b`, Array.from({ length: 7 }, (_, i) => ({ partition: i % 2, value: "x" })));
  const tab = await w.explore(`#/topics?q=${prefix}-b`);
  await tab.says(new RegExp(`${prefix}-b fine 2 1 7 `), "[role=row]");
});

test("a topic is created, and one that exists already is told", async (w) => {
  const tab = await w.explore("#/topics");
  const name = w.name("created");
  await tab.click("button", "Create topic");
  await tab.sees("h2", "Create a topic");
  await tab.until("the focus in the field for the name", async () => (await tab.focused()) === "Name");
  await tab.page.keyboard.type("no name");
  await tab.press("Enter");
  await tab.says("A name has 1 to 249 letters, digits, dots, dashes and underscores.", "[role=alert]");
  await tab.fill("input", "Name", name);
  await tab.fill("input", "Partitions", "4");
  await tab.fill("textarea", undefined, "retention.ms=4200000");
  for (const width of [360, 1280]) await inspect(tab, `create-topic-${width}`, width);
  await tab.click("button", "Create");
  await tab.at(`#/topics/${name}/partitions`);
  await tab.says("4 partitions");
  await tab.goto(`#/topics/${name}/config?changed=1`);
  await tab.says("4200000", "li");

  await tab.goto("#/topics");
  await tab.click("button", "Create topic");
  await tab.fill("input", "Name", name);
  await tab.click("button", "Create");
  await tab.says("There is a topic of this name already.");
  await tab.press("Escape");
  await tab.misses("h2", "Create a topic");
  equal(await tab.focused(), "Create topic");
});

test("a topic is deleted once its name is typed", async (w) => {
  const name = w.name("deleted");
  await w.brokers.topic(name, { partitions: 2 });
  await w.brokers.write(name, [{ value: "x" }, { value: "y" }]);
  const tab = await w.explore(`#/topics/${name}/partitions`);
  await tab.says("2 offsets");
  await tab.click("button", "Delete…");
  await tab.says("This deletes 2 partitions and what is at 2 offsets.");
  await tab.fill("input", "Type the topic's name", name.slice(0, -1));
  equal(await tab.count("button:disabled", "Delete this topic"), 1);
  await tab.press("Enter");
  await tab.page.keyboard.type(name.slice(-1));
  await tab.sees("button:enabled", "Delete this topic");
  for (const width of [360, 1280]) await inspect(tab, `delete-topic-${width}`, width);
  await tab.click("button", "Delete this topic");
  await tab.at("#/topics");
  await tab.says(/\d+ of \d+/, "[role=status]");
  await tab.until("the topic to be gone", async () => !(await tab.texts(names)).includes(name));
  await tab.go(-1);
  await tab.says("The cluster has no such topic.");
});

test("the keyboard moves through topics and opens one", async (w) => {
  const prefix = await three(w);
  const tab = await w.explore(`#/topics?q=${prefix}`);
  await shows(tab, prefix, "a", "b", "c");
  await tab.press("/");
  equal(await tab.focused(), "Search topics by name");
  await tab.press("Tab");
  for (let i = 0; i < 12 && (await tab.focused()) !== `${prefix}-a`; i++) await tab.press("Tab");
  const seen = [await tab.focused()];
  for (const key of ["ArrowDown", "End", "Home", "ArrowDown"] as const) {
    await tab.press(key);
    await new Promise((resolve) => setTimeout(resolve, 50));
    seen.push(await tab.focused());
  }
  deepEqual(seen, ["a", "b", "c", "a", "b"].map((n) => `${prefix}-${n}`));
  await tab.press("Enter");
  await tab.at(`#/topics/${prefix}-b/messages`);
  ok((await tab.page.title()).startsWith(`${prefix}-b`));
});

test("where there are no topics the page says so, until there is one", async (w) => {
  const prefix = w.name("first");
  const site = await w.site({ policies: [{ identities: ["*"], allow: "read-only", topics: [`${prefix}-*`] }] });
  const tab = await w.open(site, "");
  await tab.says("This cluster has no topics that you may see. They show up here when they are created.");
  for (const width of [360, 1280]) await inspect(tab, `topics-none-${width}`, width);
  await w.brokers.topic(`${prefix}-topic`);
  await tab.click("a", `${prefix}-topic`);
  await tab.says("Nothing was ever written to the partitions.");
});
