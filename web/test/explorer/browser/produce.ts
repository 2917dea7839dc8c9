import { deepEqual, equal, match } from "node:assert/strict";
import { test, type World } from "./harness.js";
import { inspect, looks } from "./looks.js";
import type { Tab } from "./tab.js";

const utf8 = (text: string) => Buffer.from(text).toString("hex");

/** Makes a topic. */
async function topicOf(w: World, options: { partitions?: number; configs?: Record<string, string> } = {}): Promise<string> {
  const name = w.name("produce");
  await w.brokers.topic(name, options);
  return name;
}

/** Writes a key, a value or a header. */
async function write(tab: Tab, what: string, as: string, text?: string): Promise<void> {
  await tab.choose(`${what} is written as`, as);
  if (text !== undefined) await tab.fill("textarea", what, text);
}

/** Waits until a field has a text. */
async function has(tab: Tab, name: string, text: string): Promise<void> {
  await tab.until(`${text} in ${name}`, () => tab.page.evaluate((n, t) => (probe.find("textarea, input", { text: n })[0] as HTMLInputElement).value === t, name, text));
}

test("the page Produce, light and dark, narrow and wide", async (w) => {
  const topic = await topicOf(w, { partitions: 6 });
  await looks(w, "produce", `#/produce?topic=${topic}`, async (tab) => {
    await write(tab, "Key", "text", "abc");
    await write(tab, "Value", "json", '{"id": 1.0}');
    await tab.click("button", "Add a header");
    await tab.fill("input", "Name 1", "trace");
    await tab.says("This key chooses 3.");
    await tab.click("button", "Send");
    await tab.says("Stored in");
  });
});

test("a record is stored as it is written, and its result leads to it", async (w) => {
  const topic = await topicOf(w, { partitions: 3 });
  const tab = await w.explore("#/produce");
  await tab.click("button", /^Times: local/);
  await tab.fill("input", "Topic", topic);
  await tab.at(`#/produce?topic=${topic}`);
  await tab.fill("input", /^Partition/, "2");
  await write(tab, "Key", "text", "kůň");
  await write(tab, "Value", "json", '{"greeting":"dobrý den","n":1.0}');
  await tab.click("button", "Add a header");
  await tab.fill("input", "Name 1", "trace");
  await tab.fill("textarea", "Value 1", "4bf92f35");
  await tab.click("button", "Add a header");
  equal(await tab.focused(), "Name 2");
  await tab.page.keyboard.type("trace");
  await write(tab, "Value 2", "null");
  await tab.fill("input", "Time", "2026-01-31 12:30:05.123");
  await tab.choose(/^Compression/, "zstd");
  await tab.click("button", "Send");
  await tab.says(`Stored in ${topic}, partition 2, at offset 0`, "li");
  deepEqual(await w.brokers.stored(topic), [{
    partition: 2, offset: 0, key: utf8("kůň"), value: utf8('{"greeting":"dobrý den","n":1.0}'), timestamp: Date.UTC(2026, 0, 31, 12, 30, 5, 123),
    headers: [{ name: "trace", value: utf8("4bf92f35") }, { name: "trace", value: null }],
  }]);
  await tab.click("li a", "offset 0");
  await tab.at(`#/topics/${topic}/messages?from=offset%3A0&partition=2&open=2%2F0`);
  await tab.says("dobrý den", "pre");
  await tab.go(-1);
  await has(tab, "Key", "kůň"); // what was written is still there
}, "apache");

test("null, empty, tombstones and bytes in hex and base64 are stored as such", async (w) => {
  const topic = await topicOf(w);
  const tab = await w.explore(`#/produce?topic=${topic}`);
  const send = async (offset: number) => {
    await tab.click("button", "Send");
    await tab.says(`at offset ${offset}`, "li");
  };
  await send(0); // no key, and an empty value
  await write(tab, "Key", "text", "k");
  await write(tab, "Value", "null");
  await tab.says("tombstone");
  await send(1);
  await write(tab, "Key", "hex", "ff 00 8");
  await tab.click("button", "Send");
  await tab.says("Key: Hex is two digits for each byte", "[role=alert]");
  await tab.fill("textarea", "Key", "ff 00 80");
  await write(tab, "Value", "base64", "wyg=");
  await send(2);
  await tab.click("button", "Clear");
  await tab.at("#/produce");
  deepEqual((await w.brokers.stored(topic)).map(({ key, value }) => [key, value]), [[null, ""], [utf8("k"), null], ["ff0080", "c328"]]);
}, "apache");

test("keys go to the partition of Kafka's own clients", async (w) => {
  const topic = await topicOf(w, { partitions: 6 });
  const tab = await w.explore(`#/produce?topic=${topic}`);
  await tab.says("Without a key: any.");
  // The hashes are in the test of Kafka's own murmur2: 479470107, -790332482, -985981536. The partition is what
  // their lower 31 bits leave modulo 6.
  for (const [key, partition] of [["abc", 3], ["foobar", 0], ["a-little-bit-long-string", 2]] as const) {
    await write(tab, "Key", "text", key);
    await tab.says(`This key chooses ${partition}.`);
    await tab.click("button", "Send");
    await tab.says(`Stored in ${topic}, partition ${partition}, at offset 0`, "li");
  }
  deepEqual((await w.brokers.stored(topic)).map((r) => [r.partition, r.key]), [[0, utf8("foobar")], [2, utf8("a-little-bit-long-string")], [3, utf8("abc")]]);
}, "apache");

test("JSON is checked, and what isn't any can be sent as text", async (w) => {
  const topic = await topicOf(w);
  const tab = await w.explore(`#/produce?topic=${topic}`);
  await write(tab, "Value", "json", '{"a": 1,\n "b" 2}');
  await tab.says("This is no JSON after line 2, column");
  await tab.click("button", "Send");
  await tab.says("Value: This is no JSON", "[role=alert]");
  await inspect(tab, "produce-no-json", 360);
  await write(tab, "Value", "text");
  await tab.click("button", "Send");
  await tab.says("at offset 0", "li");
  deepEqual((await w.brokers.stored(topic)).map((r) => r.value), [utf8('{"a": 1,\n "b" 2}')]);
}, "apache");

test("what can't be sent is said at once", async (w) => {
  const topic = await topicOf(w, { partitions: 2 });
  const tab = await w.explore("#/produce");
  await tab.click("button", "Send");
  await tab.says("Topic: Which one?", "[role=alert]");
  await tab.fill("input", "Topic", `${topic}-not`);
  await tab.says("There is no topic of this name that you may see.");
  await tab.fill("input", "Topic", topic);
  await tab.fill("input", /^Partition/, "2");
  await tab.fill("input", "Time", "tomorrow");
  await tab.click("button", "Send");
  await tab.says("Partition: The topic has 0 to 1. Time: Such as 2026-01-31", "[role=alert]");
  deepEqual(await w.brokers.stored(topic), []);
}, "apache");

test("a record that is too large for its topic is refused in words", async (w) => {
  const topic = await topicOf(w, { configs: { "max.message.bytes": "150" } });
  const tab = await w.explore(`#/produce?topic=${topic}`);
  await tab.fill("textarea", "Value", "x".repeat(100));
  await tab.click("button", "Send");
  await tab.says("The record is not stored. The topic takes less at once: see its max.message.bytes.", "[role=alert]");
  await tab.click("summary", "Details");
  await tab.says("MESSAGE_TOO_LARGE", "code");
  for (const width of [360, 1280]) await inspect(tab, `produce-refused-${width}`, width);
  await tab.fill("textarea", "Value", "fits");
  await tab.click("button", "Send");
  await tab.says("at offset 0", "li");
  await tab.misses("[role=alert]");
  deepEqual((await w.brokers.stored(topic)).map((r) => r.value), [utf8("fits")]);
}, "apache");

test("a topic that a policy doesn't let one write to is refused in words", async (w) => {
  const topic = await topicOf(w);
  const site = await w.site({ policies: [
    { identities: ["*"], allow: "read-only", topics: ["produce*"] },
    { identities: ["*"], allow: "read-write", topics: ["others"] },
  ] });
  const tab = await w.open(site, `#/produce?topic=${topic}`);
  await tab.fill("textarea", "Value", "must not be written");
  await tab.click("button", "Send");
  await tab.says("The record is not stored. The brokers' ACLs or the bridge's policy forbid it.", "[role=alert]");
  await tab.click("summary", "Details");
  await tab.says("TOPIC_AUTHORIZATION_FAILED", "code");
  deepEqual(await w.brokers.stored(topic), []);
}, "apache");

test("where nothing may be written, Produce and Redrive say so", async (w) => {
  const site = await w.site({ policies: [{ identities: ["*"], allow: "read-only", topics: ["*"] }] });
  const tab = await w.open(site, "#/produce");
  await tab.says("You may only read here. The bridge's policy or the brokers' ACLs decide that. kafkaio explore takes --allow-writes.");
  await inspect(tab, "produce-read-only", 360);
  await tab.goto("#/redrive");
  await tab.says("You may only read here.");
  equal(await tab.count("main button"), 0);
});

test("a record is sent once: not twice by a double click, nor by a key that is held", async (w) => {
  const topic = await topicOf(w);
  const tab = await w.explore(`#/produce?topic=${topic}`);
  await tab.sees("button", "Send");
  const { x, y } = (await tab.page.evaluate(() => probe.point(probe.find("button", { text: "Send" })[0]!)))!;
  await tab.page.mouse.click(x, y, { count: 2 });
  await tab.says("at offset 0", "li");
  await tab.click("button", "Send the same again…"); // asks once more
  for (let i = 0; i < 4; i++) await tab.page.keyboard.down("Enter"); // it repeats
  await tab.says("at offset 1", "li");
  await tab.page.keyboard.down("Enter");
  await tab.page.keyboard.up("Enter");
  await tab.sees("button", "Send the same again…");
  equal((await w.brokers.stored(topic)).length, 2);
}, "apache");

test("a topic that is made again while its record is written gets it", async (w) => {
  const topic = await topicOf(w);
  const tab = await w.explore(`#/produce?topic=${topic}`);
  await tab.click("button", "Send");
  await tab.says("at offset 0", "li");
  const other = await w.explore(`#/topics/${topic}/partitions`);
  await other.click("button", "Delete…");
  await other.fill("input", "Type the topic's name", topic);
  await other.click("button", "Delete this topic");
  await other.at("#/topics");
  await w.brokers.topic(topic, { partitions: 2 });
  await tab.page.bringToFront();
  await tab.fill("textarea", "Value", "to the new one");
  await tab.fill("input", /^Partition/, "0");
  await tab.click("button", "Send");
  await tab.until("a second result", async () => (await tab.count("li a", "offset 0")) === 2);
  deepEqual((await w.brokers.stored(topic)).map((r) => r.value), [utf8("to the new one")]);
}, "apache");

test("a stored record is edited and sent again, byte for byte where it is left alone", async (w) => {
  const topic = await topicOf(w);
  const tab = await w.explore(`#/produce?topic=${topic}`);
  await write(tab, "Key", "hex", "ff0080");
  await write(tab, "Value", "hex", "c3280d0a7b");
  for (const [i, [name, as, text]] of ([["none", "null", undefined], ["empty", "text", ""], ["none", "hex", "ff"]] as const).entries()) {
    await tab.click("button", "Add a header");
    await tab.fill("input", `Name ${i + 1}`, name);
    await write(tab, `Value ${i + 1}`, as, text);
  }
  await tab.fill("input", "Time", "1700000000123");
  await tab.click("button", "Send");
  await tab.click("li a", "offset 0");
  await tab.click("a", /edit/i);
  await tab.at(`#/produce?from=${encodeURIComponent(`${topic}/0/0`)}`);
  await tab.says(`Begins with the record at offset 0 of ${topic}, partition 0. What you leave alone is sent as it is stored.`);
  for (const width of [360, 1280]) await inspect(tab, `produce-edit-${width}`, width);
  await tab.click("button", "Send");
  await tab.says("at offset 1", "li");
  await tab.fill("textarea", "Key", "01");
  await tab.click("button", "Remove header 2");
  await tab.click("button", "Send");
  await tab.says("at offset 2", "li");
  const [first, second, third] = await w.brokers.stored(topic);
  deepEqual(first, { partition: 0, offset: 0, key: "ff0080", value: "c3280d0a7b", timestamp: 1_700_000_000_123, headers: [{ name: "none", value: null }, { name: "empty", value: "" }, { name: "none", value: "ff" }] });
  deepEqual(second, { ...first, offset: 1 });
  deepEqual(third, { ...first, offset: 2, key: "01", headers: [first!.headers[0], first!.headers[2]] });
}, "apache");

test("a large record is edited when asked for, and is sent as it is stored", async (w) => {
  const topic = await topicOf(w);
  const value = "0123456789".repeat(95_000);
  await w.brokers.write(topic, [{ key: "large", value }]);
  const tab = await w.explore(`#/produce?from=${encodeURIComponent(`${topic}/0/0`)}`);
  await tab.says("950,000 bytes as stored");
  equal(await tab.count("textarea", "Value"), 0);
  await tab.click("button", "Send");
  await tab.says("at offset 1", "li");
  await tab.click("button", "Edit");
  await tab.sees("textarea", "Value");
  deepEqual((await w.brokers.stored(topic)).map((r) => r.value), [utf8(value), utf8(value)]);
}, "apache");

test("what nobody acknowledges has no offset", async (w) => {
  const topic = await topicOf(w);
  const tab = await w.explore(`#/produce?topic=${topic}`);
  await tab.choose(/^Acknowledged by/, "none");
  await tab.click("button", "Send");
  await tab.says(`Sent to ${topic}, partition 0. Nobody acknowledges it, so its offset isn't known.`, "li");
  await tab.until("the record", async () => (await w.brokers.stored(topic)).length === 1);
}, "apache");

test("a record that isn't there can't be begun with", async (w) => {
  const topic = await topicOf(w);
  const tab = await w.explore(`#/produce?from=${encodeURIComponent(`${topic}/0/7`)}`);
  await tab.says("The record can't be read.", "[role=alert]");
  match(await tab.text("[role=alert]"), /it was deleted or compacted|OFFSET_OUT_OF_RANGE/);
  await w.brokers.write(topic, Array.from({ length: 8 }, (_, i) => ({ value: `value ${i}` })));
  await tab.click("button", "Try now");
  await has(tab, "Value", "value 7");
  await tab.misses("[role=alert]");
}, "apache");
