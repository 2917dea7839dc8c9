// Live messages, and what happens to a tail. Those with faults of the broker come last.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test, type World } from "./harness.js";
import { numbered, place, row, rows, scanSays, shows, topicWith } from "./log.js";
import type { Tab } from "./tab.js";

/** Opens the live messages of a topic. */
async function tailOf(w: World, topic: string): Promise<Tab> {
  const tab = await w.explore(place(topic, "from=live"));
  await scanSays(tab, /^Stop Live\. .* 0 behind/);
  return tab;
}

test("messages are shown as they arrive", async (w) => {
  const topic = await topicWith(w, [{ value: "before" }], 3);
  const tab = await w.explore(place(topic));
  await shows(tab, "0 0 null before");
  await tab.choose("Read from", "live");
  await tab.at(place(topic, "from=live"));
  await tab.says("Messages that come from now on are shown here.");
  await scanSays(tab, "0 behind");
  await w.brokers.write(topic, numbered(100, 3));
  await scanSays(tab, /100 messages scanned/);
  await tab.sees(row, /k99 v99$/); // the newest is in sight
  await scanSays(tab, "0 behind");
  await tab.says("101 offsets", ".facts");
  equal(await tab.page.evaluate(() => probe.find("[role=option]")[0]!.getAttribute("aria-setsize")), "100");
  await tab.click("button", "Stop");
  await w.brokers.write(topic, [{ value: "meanwhile" }]);
  await scanSays(tab, "Stopped. 100 messages scanned");
  await tab.click("button", "Resume");
  await tab.sees(row, /meanwhile$/);
});

test("what isn't drawn is counted, and what has no room dropped", async (w) => {
  const topic = await topicWith(w, []);
  const tab = await tailOf(w, topic);
  const other = await w.explore("#/cluster");
  await other.says("Cluster id");
  await other.page.bringToFront();
  await w.brokers.write(topic, numbered(2500), { together: true });
  await scanSays(tab, /2,500 messages scanned .*0 behind 2,000 shown, 500 older ones dropped/); // while it is in the background
  await tab.page.bringToFront();
  await tab.sees(row, /k2499 v2499$/);
  ok((await tab.count(row)) < 100, "only what fits is drawn");
});

test("an open message stays in its place while others arrive", async (w) => {
  const topic = await topicWith(w, []);
  const tab = await tailOf(w, topic);
  await w.brokers.write(topic, numbered(60));
  await tab.click(row, /v55$/);
  await tab.says("Partition 0, offset 55", "h2");
  const places = () => tab.page.evaluate(() => ["h2", "[role=option][aria-selected=true]", "[role=region]"].map((s) => probe.find(s)[0]!.getBoundingClientRect().top));
  await tab.sees("[aria-selected=true]");
  const before = await places();
  await w.brokers.write(topic, numbered(100).map((r) => ({ ...r, value: `later ${r.value}` })), { together: true });
  await scanSays(tab, "160 messages scanned");
  await tab.sees("button", "↓ Newest");
  deepEqual(await places(), before);
  await tab.says("v55", "[role=region]");
  await tab.click("button", "↓ Newest");
  await tab.sees(row, /later v99$/);
  await tab.says("Partition 0, offset 55", "h2"); // it is open still
});

test("a click opens the message where the pointer went down", async (w) => {
  const topic = await topicWith(w, []);
  const tab = await tailOf(w, topic);
  await w.brokers.write(topic, numbered(60));
  await tab.sees(row, /v59$/);
  const { x, y } = await tab.page.evaluate(() => ((r) => ({ x: r.x + r.width / 2, y: r.y + r.height / 2 }))(probe.find("[role=option]", { pattern: "v57$" })[0]!.getBoundingClientRect()));
  await tab.page.mouse.move(x, y);
  await tab.page.mouse.down();
  await w.brokers.write(topic, numbered(5).map((r) => ({ ...r, value: `later ${r.value}` })), { together: true });
  await tab.sees(row, /later v4$/); // which has moved it away
  await tab.page.mouse.up();
  await tab.says("Partition 0, offset 57", "h2");
});

test("a live tail has a filter, and j and k go through it", async (w) => {
  const topic = await topicWith(w, []);
  const tab = await w.explore(place(topic, "from=live&text=even"));
  await scanSays(tab, "0 behind");
  await w.brokers.write(topic, Array.from({ length: 10 }, (_, i) => ({ value: `${i} ${i % 2 ? "odd" : "even"}` })));
  await scanSays(tab, "10 messages scanned, 5 match");
  deepEqual((await rows(tab)).map((r) => r.split(" ")[3]), ["0", "2", "4", "6", "8"]);
  await tab.click(row, /4 even$/);
  await tab.press("j");
  await tab.says("Partition 0, offset 6", "h2");
});

test("a topic that is made again under the tail is followed", async (w) => {
  const topic = await topicWith(w, numbered(5));
  const tab = await w.explore(place(topic, "from=live"));
  await scanSays(tab, "0 behind");
  await w.brokers.write(topic, [{ value: "old" }]);
  await tab.sees(row, /old$/);
  await w.brokers.remove(topic);
  await w.brokers.topic(topic);
  await w.brokers.write(topic, [{ value: "new" }]);
  await tab.sees(row, /new$/);
  await tab.says(/made again/, ".notice");
  await tab.says("made again while you look", ".head");
  await tab.says("1 partition · 1 replica · 1 offset", ".facts");
  await tab.misses("[role=alert]");
  await tab.screenshot("messages-made-again");
});

test("a topic that is deleted is told, and followed when it is back", async (w) => {
  const topic = await topicWith(w, []);
  const tab = await tailOf(w, topic);
  await w.brokers.write(topic, [{ value: "last words" }]);
  await tab.sees(row, /last words$/);
  await w.brokers.remove(topic);
  await tab.says("The cluster has no such topic.", "[role=alert]");
  await tab.sees(row, /last words$/); // it stays
  await tab.screenshot("messages-deleted");
  await w.brokers.topic(topic);
  await tab.misses("[role=alert]");
  await w.brokers.write(topic, [{ value: "first words" }]);
  await tab.sees(row, /first words$/);
});

test("a leader that can't be reached is told, and nothing is called empty", async (w) => {
  const [first, second] = w.brokers.bootstrap as [string, string];
  const topic = await topicWith(w, numbered(8, 8), 8);
  const site = await w.site({ clusters: [{ name: "test", brokers: [first], connect_to: { [second]: "127.0.0.1:9" } }] });
  for (const from of ["", "from=beginning", "from=live"]) {
    const tab = await w.open(site, place(topic, from));
    if (from !== "from=live") await tab.sees(row); // of the other leader
    await tab.says(/A broker can't be reached\..*It is tried again\./, "[role=alert]");
    ok(!(await tab.text()).includes("No messages."), "it isn't known");
    if (from === "from=beginning") await tab.screenshot("messages-leader-unreachable");
    await tab.close();
  }
}, "kfake");

test("a bridge that ends under the tail loses no message", async (w) => {
  const topic = await topicWith(w, []);
  const site = await w.site();
  const tab = await w.open(site, place(topic, "from=live"));
  await scanSays(tab, "0 behind");
  await w.brokers.write(topic, [{ value: "record 0" }]);
  await tab.sees(row, /record 0$/);
  await tab.click(row, /record 0$/);
  await site.kill();
  await tab.says("The bridge does not answer.", "[role=alert]");
  await w.brokers.write(topic, Array.from({ length: 9 }, (_, i) => ({ value: `record ${i + 1}` })));
  await tab.says("Partition 0, offset 0", "h2");
  await site.again();
  await tab.says("Connected", "[role=status]");
  await tab.sees(row, /record 9$/);
  deepEqual((await rows(tab)).map((r) => r.split(" ").at(-1)), Array.from({ length: 10 }, (_, i) => String(i)));
  await tab.misses("[role=alert]");
});

test("a broker that is killed under the tail is told, and the tail goes on", async (w) => {
  const topic = await topicWith(w, []);
  const tab = await tailOf(w, topic);
  await w.brokers.write(topic, [{ value: "before" }]);
  await tab.sees(row, /before$/);
  try {
    await w.brokers.broker("kill");
    await tab.says("A broker can't be reached.", "[role=alert]");
    await tab.sees(row, /before$/);
    await tab.screenshot("messages-broker-killed");
  } finally {
    await w.brokers.broker("restart");
  }
  await tab.says("Connected", "[role=status]");
  await w.brokers.write(topic, [{ value: "after" }]);
  await tab.sees(row, /after$/);
  await tab.misses("[role=alert]");
}, "apache");
