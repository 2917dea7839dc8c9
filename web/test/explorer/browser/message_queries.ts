// What messages are read, and which of them are shown.
import { deepEqual, equal } from "node:assert/strict";
import { test } from "./harness.js";
import { begin, numbered, orders, place, row, scanSays, shows, topicWith } from "./log.js";
import { inspect } from "./looks.js";

test("the newest of each partition are shown, and further back on demand", async (w) => {
  const topic = await topicWith(w, numbered(9, 3), 3);
  const tab = await w.explore(place(topic));
  await scanSays(tab, "Read back to the beginning. 9 messages scanned");
  await shows(tab, "0 0 k0 v0", "1 0 k1 v1", "2 0 k2 v2", "0 1 k3 v3", "1 1 k4 v4", "2 1 k5 v5", "0 2 k6 v6", "1 2 k7 v7", "2 2 k8 v8");
  await tab.fill("input", "How many of each partition", "1");
  await tab.press("Enter");
  await tab.at(place(topic, "from=newest%3A1"));
  await shows(tab, "0 2 k6 v6", "1 2 k7 v7", "2 2 k8 v8");
  await scanSays(tab, "Found the newest 1 of each partition. 3 messages scanned");
  await tab.click("button", "Further back");
  await shows(tab, "0 1 k3 v3", "1 1 k4 v4", "2 1 k5 v5", "0 2 k6 v6", "1 2 k7 v7", "2 2 k8 v8");
  await tab.click("button", "Further back");
  await scanSays(tab, "Read back to the beginning. 9 messages scanned");
  equal(await tab.count("button", "Further back"), 0);
  await tab.fill("input", "How many of each partition", "0");
  await tab.press("Enter");
  await tab.says("a number from 1 to 99999", "[role=alert]");
});

test("messages are read from the beginning, from an offset, and from a time", async (w) => {
  const topic = await topicWith(w, numbered(6, 2), 2);
  const tab = await w.explore(place(topic));
  await tab.click("button", "Times: local");
  await tab.choose("Read from", "beginning");
  await tab.at(place(topic, "from=beginning"));
  await scanSays(tab, "Read to the end. 6 messages scanned");
  await tab.choose("Read from", "offset");
  await tab.until("the field to have the focus", async () => (await tab.focused()) === "Offset");
  await tab.page.keyboard.type("2");
  await tab.press("Enter");
  await shows(tab, "0 2 k4 v4", "1 2 k5 v5");
  await tab.at(place(topic, "from=offset%3A2"));
  await tab.choose("Read from", "time");
  await tab.until("the field to have the focus", async () => (await tab.focused()) === "Time, in UTC");
  await tab.page.keyboard.type("2023-11-14 22:13:22.001");
  await tab.press("Enter");
  await tab.at(place(topic, `from=time%3A${begin + 2001}`));
  await shows(tab, "1 1 k3 v3", "0 2 k4 v4", "1 2 k5 v5");
  deepEqual((await tab.texts(row))[0], "2023-11-14 22:13:23.000Z 1 1 k3 v3");
  await tab.fill("input", "Time, in UTC", "yesterday");
  await tab.press("Enter");
  await tab.says("A time is as 2026-01-31 12:30:05.123", "[role=alert]");
  await w.brokers.write(topic, [{ partition: 0, value: "later" }]);
  await tab.click("button", "Read what came since");
  await tab.sees(row, /0 3 null later$/);
});

test("partitions are chosen, and a key leads to its own", async (w) => {
  const topic = await topicWith(w, [...numbered(12, 6), { partition: 3, key: "abc", value: "found" }], 6);
  const tab = await w.explore(place(topic));
  await tab.fill("input", "Partitions, with commas between them", "5, 0");
  await tab.press("Enter");
  await tab.at(place(topic, "partition=0%2C5"));
  await shows(tab, "0 0 k0 v0", "5 0 k5 v5", "0 1 k6 v6", "5 1 k11 v11");
  await tab.fill("input", "Partitions, with commas between them", "6");
  await tab.press("Enter");
  await tab.says("numbers from 0 to 5", "[role=alert]");
  await tab.click("button", "Key, header");
  await tab.fill("input", "Text in the key", "abc");
  await tab.click("button", "Only its partition");
  await tab.at(place(topic, "partition=3&key=abc"));
  await shows(tab, "3 2 abc found");
  await scanSays(tab, "3 messages scanned, 1 match");
});

test("messages are filtered by text, key and header, and the URL has the filter", async (w) => {
  const topic = await topicWith(w, [
    { key: "a", value: "in the value: needle" }, { key: "a needle", value: "x" }, { key: "b", value: "y", headers: [["trace", "a needle"]] },
    { key: "c", value: "Needle" }, { key: "a", headers: [["kind", "one"], ["kind", "two"]] },
  ]);
  const tab = await w.explore(place(topic));
  await scanSays(tab, "5 messages scanned");
  await tab.press("/");
  await tab.page.keyboard.type("needle");
  await tab.press("Enter");
  await tab.at(place(topic, "text=needle"));
  await shows(tab, "0 0 a in the value: needle", "0 1 a needle x", "0 2 b y");
  await scanSays(tab, /Read back to the beginning\. 5 messages scanned, 3 match [1-9]\d* B/);
  await tab.page.reload();
  await shows(tab, "0 0 a in the value: needle", "0 1 a needle x", "0 2 b y");
  await tab.goto(place(topic, "key=a"));
  await shows(tab, "0 0 a in the value: needle", "0 1 a needle x", "0 4 a tombstone");
  await tab.fill("input", /^A header's name/, "kind=two");
  await tab.press("Enter");
  await tab.at(place(topic, "key=a&header=kind%3Dtwo"));
  await shows(tab, "0 4 a tombstone");
  await tab.fill("input", /^A header's name/, "none");
  await tab.press("Enter");
  await tab.says("No messages. Here instead: 5 messages that the filter leaves out.");
});

test("filters are saved by name, and columns of JSON paths kept, of each topic", async (w) => {
  const [topic, other] = [await orders(w), await orders(w)];
  const tab = await w.explore(place(topic, "partition=1&text=Brno"));
  await scanSays(tab, "13 messages scanned");
  await tab.click("button", "Saved");
  await tab.page.keyboard.type("orders from Brno");
  await tab.press("Enter");
  await tab.sees("kx-dialog a", "orders from Brno");
  await tab.press("Escape");
  await tab.click("button", "Columns");
  for (const path of ["customer.name", "items[0].count"]) {
    await tab.page.keyboard.type(path);
    await tab.press("Enter");
    await tab.says(path, "kx-dialog li");
  }
  await tab.page.keyboard.type("a..b");
  await tab.press("Enter");
  await tab.says("“a..b” is no path.", "kx-dialog [role=alert]");
  await inspect(tab, "messages-columns-360", 360);
  await inspect(tab, "messages-columns-1280", 1280);
  await tab.press("Escape");
  await tab.sees(row, /^.* 1 0 order-1 "Žofie" 1 \{"id":1001,.*/);
  await inspect(tab, "messages-with-columns-1280", 1280);
  await tab.goto(place(topic));
  await tab.page.reload();
  await tab.sees(row, /order-39 "Žofie" 39 /);
  await tab.click("button", "Saved");
  await tab.click("kx-dialog a", "orders from Brno");
  await tab.at(place(topic, "partition=1&text=Brno"));
  await tab.goto(place(other));
  await tab.sees(row, /order-39 \{"id"/);
  await tab.click("button", "Saved");
  await tab.sees("dialog h2", "Saved filters");
  equal(await tab.count("kx-dialog a"), 0);
});
