// Values are shown as they are.
import { equal, ok } from "node:assert/strict";
import type { Written } from "./brokers.js";
import { test, type World } from "./harness.js";
import { place, row, rows, scanSays, shows, topicWith } from "./log.js";
import { inspect } from "./looks.js";
import type { Tab } from "./tab.js";

const value = "[role=region]";

/** Opens the only record of a topic that is made for it. */
async function openRecord(w: World, record: Written, configs: Record<string, string> = {}): Promise<Tab> {
  const topic = await topicWith(w, [record], 1, configs);
  const tab = await w.explore(place(topic, "open=0%2F0"));
  await tab.says("Partition 0, offset 0", "h2");
  return tab;
}

/** What an element shows, line by line, white space and all. */
function exact(tab: Tab, name: RegExp): Promise<string> {
  return tab.page.evaluate((n) => [...probe.find("[role=region]", { pattern: n })[0]!.querySelectorAll("pre")].map((e) => e.textContent!).join("|"), name.source);
}

/** What Copy puts on the clipboard. */
async function copied(tab: Tab): Promise<string> {
  await tab.page.evaluate(() => {
    delete (globalThis as { copied?: string }).copied;
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: async (text: string) => void ((globalThis as { copied?: string }).copied = text) } });
  });
  await tab.page.evaluate(() => (probe.find("button", { text: "Copy" }).at(-1) as HTMLElement).scrollIntoView());
  const { x, y } = await tab.page.evaluate(() => ((r) => ({ x: r.x + r.width / 2, y: r.y + r.height / 2 }))(probe.find("button", { text: "Copy" }).at(-1)!.getBoundingClientRect()));
  await tab.page.mouse.click(x, y);
  await tab.says("Copied", ".foot [role=status]");
  return tab.page.evaluate(() => (globalThis as { copied?: string }).copied!);
}

test("every kind of record is shown in the list", async (w) => {
  const binary = Uint8Array.from({ length: 200 }, (_, i) => i);
  const long = "long".repeat(100);
  const topic = await topicWith(w, [
    { key: "probe-7", value: '{"celsius": 21.5, "ok": true}' },
    { value: "plain text, žluťoučký kůň" },
    { key: "probe-7" },
    { key: "", value: "" },
    { key: Uint8Array.of(0, 0, 0, 42), value: binary },
    { key: "<b>bold</b>", value: "<img src=x onerror=alert(1)>" },
    { key: "two\nlines", value: "a\u202eb\u0000c, as it is stored" },
    { key: Uint8Array.of(0x61, 0xff, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a), value: long },
  ]);
  const tab = await w.explore(place(topic));
  await shows(tab,
    '0 0 probe-7 {"celsius": 21.5, "ok": true}', "0 1 null plain text, žluťoučký kůň", "0 2 probe-7 tombstone", "0 3 empty empty",
    `0 4 00 00 00 2a ${[...binary.subarray(0, 60)].map((b) => b.toString(16).padStart(2, "0")).join(" ")}`,
    "0 5 <b>bold</b> <img src=x onerror=alert(1)>", "0 6 two lines aU+202EbU+0000c, as it is stored", `0 7 affbcdefghij ${long.slice(0, 300)}`);
  await tab.page.setViewport({ width: 360, height: 740 });
  ok(await tab.page.evaluate(() => probe.find("[role=option] .end").every((o) => o.clientWidth > 0 && o.clientWidth >= o.scrollWidth)), "an offset is cut");
  await inspect(tab, "messages-kinds-360", 360);
  await inspect(tab, "messages-kinds-1280", 1280);
});

test("JSON is indented from its own text, and copied as it is stored", async (w) => {
  const json = '{"b":1.0,"a":1,"a":9223372036854775808,"e":1e400,"n":-0,"s":"\\u00e9\\/","o":{},"l":[ ],"deep":[{"x":null},true]}';
  const tab = await openRecord(w, { key: "k", value: json });
  await tab.sees("[aria-pressed=true]", "JSON");
  equal(await exact(tab, /^Value, JSON$/), `{
  "b": 1.0,
  "a": 1,
  "a": 9223372036854775808,
  "e": 1e400,
  "n": -0,
  "s": "\\u00e9\\/",
  "o": {},
  "l": [],
  "deep": [
    {
      "x": null
    },
    true
  ]
}`);
  equal(await copied(tab), json);
  await tab.click("[aria-label='Show Value as'] button", "Text");
  equal(await exact(tab, /^Value, Text$/), json);
  await tab.click("[aria-label='Show Value as'] button", "Base64");
  equal(await exact(tab, /^Value, Base64$/), Buffer.from(json).toString("base64"));
  equal(await copied(tab), Buffer.from(json).toString("base64"));
  await tab.click("[aria-label='Show Value as'] button", "Hex");
  await tab.says(/ 7b 22 62 22 3a 31 2e 30 2c 22 61 22 3a 31 2c 22 .* \{"b":1\.0,"a":1,"/, value);
  await tab.page.reload();
  await tab.sees("[aria-label='Show Value as'] [aria-pressed=true]", "Hex"); // it is remembered
});

test("JSON that is nested too deep is text", async (w) => {
  const deep = "[".repeat(10_000) + "]".repeat(10_000);
  const tab = await openRecord(w, { value: deep });
  await tab.says("20,000 bytes, of which the first 16,384 are shown");
  await tab.sees("[aria-pressed=true]", "Text");
  equal(await tab.count("[aria-label='Show Value as'] button", "JSON"), 0);
  equal(await exact(tab, /^Value, Text$/), deep.slice(0, 16_384));
  await tab.click("button", "Show more");
  await tab.says("20,000 bytes", ".foot");
  equal(await exact(tab, /^Value, Text$/), deep);
  equal(await copied(tab), deep);
});

test("bytes that are no text are seen, and can't be copied as one", async (w) => {
  const bytes = Buffer.concat([Buffer.from("before "), Buffer.of(0xff, 0xc3, 0x28), Buffer.from(" after \u0007\u001b[31m\u202eevil\u202c \u200bzero\ufeff and enough text beside, of which there is so much that it is one")]);
  const tab = await openRecord(w, { key: Uint8Array.of(0, 1, 0xfe, 0xff), value: bytes });
  await tab.says("Text", "[aria-label='Show Value as'] [aria-pressed=true]");
  equal(await exact(tab, /^Value, Text$/), "before ff c3( after U+0007U+001B[31mU+202EevilU+202C U+200BzeroU+FEFF and enough text beside, of which there is so much that it is one");
  await tab.says("Hex", "[aria-label='Show Key as'] [aria-pressed=true]");
  await tab.says("000000 00 01 fe ff ····", value);
  for (const width of [360, 1280]) await inspect(tab, `message-no-text-${width}`, width);
  await tab.page.evaluate(() => (probe.find("button", { text: "Copy" }).at(-1) as HTMLElement).focus());
  await tab.press("Enter");
  await tab.says("Not copied: these bytes are no text. Hex and Base64 can be copied.", ".foot [role=status]");
  await tab.click("[aria-label='Show Value as'] button", "Hex");
  equal(await copied(tab), [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" "));
});

test("null, empty and a tombstone look different", async (w) => {
  const topic = await topicWith(w, [{ value: "" }, { key: "" }, { key: "null", value: "null" }]);
  const tab = await w.explore(place(topic, "open=0%2F0"));
  await shows(tab, "0/0 null empty", "0/1 empty tombstone", "0/2 null null");
  await tab.says(/Key null Value empty No headers$/, value);
  await tab.press("j");
  await tab.says(/Key empty Value tombstone No headers$/, value);
  await tab.press("j");
  await tab.says(/Key .*null 4 bytes Value .*null 4 bytes No headers$/, value);
});

test("a large value is shown in part, and the rest on demand", async (w) => {
  const [line, times] = ['{"n":12345,"text":"0123456789abcde"}', 25_600];
  const tab = await openRecord(w, { key: "large", value: line, times });
  const total = line.length * times; // 900 KiB
  await tab.says(new RegExp(`${total.toLocaleString("en-US")} bytes, of which the first [\\d,]+ are shown`), ".foot");
  const shown = async () => (await exact(tab, /^Value, /)).length;
  ok((await shown()) <= 16_384);
  for (const width of [360, 1280]) await inspect(tab, `message-large-${width}`, width);
  for (let before = 0; (await tab.count("button", "Show more")) > 0 && before < 100_000; ) {
    before = await shown();
    await tab.click("button", "Show more");
    await tab.until("more of the value", async () => (await shown()) > before);
  }
  equal((await copied(tab)).length, total);
});

test("records of Java's producer are shown as they are, and a timestamp that is no time as a number", async (w) => {
  const prefix = w.name("java");
  const configs = { "message.timestamp.after.max.ms": "9223372036854775807", "message.timestamp.before.max.ms": "9223372036854775807" };
  for (const name of ["codecs", "odd", "transactions"]) await w.brokers.topic(`${prefix}.${name}`, { configs });
  await w.brokers.java(prefix);
  await w.brokers.write(`${prefix}.odd`, [{ value: "no time", timestamp: -1 }]);
  const tab = await w.explore(place(`${prefix}.odd`));
  await tab.click("button", "Times: local");
  await scanSays(tab, "8 messages scanned");
  for (const words of ["0 tombstone tombstone", "1 null no key", "2 empty empty", "3 ff 00 80 c3 28", "4 headers empty"]) await tab.sees(row, new RegExp(`Z 0 ${words}$`));
  await tab.sees(row, /^none 0 7 null no time$/);
  await tab.sees(row, /^1970-01-01 00:00:00\.000Z 0 6 timestamp 0$/);
  await tab.sees(row, /^≈ 9223372036854775808 0 5 timestamp max$/); // the package has a float of it
  await tab.click(row, /max$/);
  await tab.says("≈ 9223372036854775808 set by the producer", value);
  await tab.click(row, /no time$/);
  await tab.says(/^no timestamp /, value);
  await tab.click(row, /headers empty$/);
  await tab.says("5 headers", "h3");
  equal((await tab.texts("summary")).join("; "), "a: 1; a: null; a: empty; empty: no name; 你: ff");
  await tab.goto(place(`${prefix}.codecs`, "from=beginning"));
  await scanSays(tab, "Read to the end. 500 messages scanned");
  await tab.goto(place(`${prefix}.transactions`, "from=beginning"));
  await shows(tab, "0 0 null committed 0", "0 1 null committed 1", "0 2 null committed 2", "0 7 null committed 0");
}, "apache");

test("headers may be null, empty, binary, and there twice", async (w) => {
  const tab = await openRecord(w, { value: "x", headers: [["a", "1"], ["a", null], ["a", ""], ["", "no name"], ["你", Uint8Array.of(0xff, 0xfe)], ["json", '{"a":1}']] });
  await tab.says("6 headers", "h3");
  equal((await tab.texts("summary")).join("; "), "a: 1; a: null; a: empty; empty: no name; 你: ff fe; json: {\"a\":1}");
  await tab.click("summary", /^json/);
  await tab.says('{ "a": 1 }', "[role=region]");
  for (const width of [360, 1280]) await inspect(tab, `message-headers-${width}`, width);
});

test("hostile keys, values and headers are texts in the list and opened", async (w) => {
  const script = (kind: string) => `<img src=x onerror="probe.hacked++">'"><script>probe.hacked++</script>{{7*7}}\${7*7}${kind}`;
  const json = JSON.stringify({ [script("name")]: script("member"), __proto__: 1, "a.b": script("path") });
  const topic = await topicWith(w, [{ key: script("key"), value: script("value"), headers: [[script("header"), script("header's value")]] }, { key: script("key"), value: json }]);
  const tab = await w.explore(place(topic, `text=${encodeURIComponent("<script>")}`));
  await tab.until("both", async () => (await rows(tab)).length === 2);
  await tab.click(row, /value$/);
  for (const kind of ["key", "value"]) await tab.says(script(kind), "[role=region] pre, [role=region]");
  await tab.click("summary");
  await tab.says(script("header's value"), "details");
  await tab.press("j");
  await tab.says("member", "[role=region]");
  await tab.click("button", "Columns");
  await tab.page.keyboard.type('["a.b"]');
  await tab.press("Enter");
  await tab.page.keyboard.type("<script>probe.hacked++</script>");
  await tab.press("Enter");
  await tab.press("Escape");
  await tab.click("button", "Saved");
  await tab.page.keyboard.type(script("filter"));
  await tab.press("Enter");
  await tab.sees("kx-dialog a", script("filter"));
  await tab.press("Escape");
  await tab.says(script("path").slice(0, 40), row);
});

test("how times are shown is chosen", async (w) => {
  const topic = await topicWith(w, [{ value: "x" }]);
  const tab = await w.explore(place(topic));
  await tab.sees(row, /^2023-11-14 22:13:20\.000 0 0 null x$/); // TZ is UTC
  await tab.click("button", "Times: local");
  await tab.sees(row, /^2023-11-14 22:13:20\.000Z 0 0 null x$/);
});
