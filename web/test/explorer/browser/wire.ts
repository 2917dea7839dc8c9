import { deepEqual, equal, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { downloads } from "./browser.js";
import { test, type World } from "./harness.js";
import { inspect } from "./looks.js";
import { setup } from "./setup.js";
import type { Look, Tab } from "./tab.js";

/** Opens the page Wire, and looks at a topic, so that frames pass. Then no more are kept. */
async function wireOf(w: World, look?: Look): Promise<{ tab: Tab; topic: string }> {
  const topic = w.name("wire");
  await w.brokers.topic(topic);
  await w.brokers.write(topic, [{ key: "k", value: "v" }]);
  const tab = await w.explore("#/wire", look);
  await tab.says("Wire", "h1");
  await tab.goto(`#/topics/${topic}/partitions`);
  await tab.says("1 offset");
  await tab.goto("#/wire");
  await tab.sees("[role=option]");
  await tab.click("button", "Pause");
  return { tab, topic };
}

/** Shows the response to a question for metadata, with the topic in it. */
async function openMetadata(tab: Tab, topic: string): Promise<void> {
  await tab.choose("All APIs", "Metadata");
  await tab.choose("Both directions", "response");
  await tab.fill("input", "Search frames", topic);
  await tab.click("[role=option]:first-child");
  await tab.says(/^Metadata v\d+ response$/, "h2");
  await tab.sees("[role=treeitem]", /ClusterID/);
}

test("the page Wire, light and dark, narrow and wide", async (w) => {
  for (const scheme of ["light", "dark"] as const) {
    const { tab, topic } = await wireOf(w, { scheme });
    await inspect(tab, `wire-list-${scheme}-1280`, 1280);
    await openMetadata(tab, topic);
    await tab.click("[role=treeitem]", /ClusterID/);
    for (const width of [360, 1280]) await inspect(tab, `wire-${scheme}-${width}`, width);
  }
});

test("frames arrive, with API, version, correlation id, broker, size and latency", async (w) => {
  const { tab } = await wireOf(w);
  await tab.says(/^\d\d:\d\d:\d\d\.\d+ → \w+ v\d+ \d+ [\w.-]+:\d+ \d+(\.\d+)? (B|KiB)( \d.*)?$/, "[role=option]");
  await tab.says(/^\d\d:\d\d:\d\d\.\d+ ← \w+ v\d+ \d+ [\w.-]+:\d+ \d+(\.\d+)? (B|KiB) \d.*$/, "[role=option]");
});

test("a field highlights its bytes, and a byte its field", async (w) => {
  const { tab, topic } = await wireOf(w);
  await openMetadata(tab, topic);
  await tab.click("[role=treeitem]", /ClusterID/);
  const id = /ClusterID "?([^" ]+)/.exec(await tab.text("[role=treeitem][aria-selected=true]"))?.[1] ?? "";
  await tab.until("its bytes to be marked", async () => (await tab.texts(".ascii .mark")).join("").endsWith(id) && id !== "");

  await tab.click(".hex [data-at='4']");
  await tab.says("CorrelationID", "[role=treeitem][aria-selected=true]");
  equal(await tab.count(".hex .mark"), 4);
  await tab.hover("[role=treeitem]", /ClusterID/);
  await tab.until("a hint at the field under the mouse", async () => (await tab.texts(".ascii .hint")).join("").endsWith(id));

  await tab.click("button", "← Its request");
  await tab.says(/^Metadata v\d+ request$/, "h2");
});

test("the keyboard goes through frames, fields and bytes", async (w) => {
  const { tab, topic } = await wireOf(w);
  await openMetadata(tab, topic);
  await tab.page.evaluate(() => (probe.find("[role=tree]")[0] as HTMLElement).focus());
  await tab.press("ArrowDown", "ArrowDown");
  await tab.until("a field to be chosen", async () => (await tab.count("[role=treeitem][aria-selected=true]")) === 1);
  await tab.sees(".mark");
  const chosen = await tab.text("[role=treeitem][aria-selected=true]");
  await tab.page.evaluate(() => (probe.find("[aria-roledescription='hex dump']")[0] as HTMLElement).focus());
  await tab.press("End");
  await tab.until("another field to be chosen", async () => ((t) => t !== "" && t !== chosen)(await tab.text("[role=treeitem][aria-selected=true]")));
});

test("frames are filtered by API, direction, broker and text, and the URL has it", async (w) => {
  const { tab, topic } = await wireOf(w);
  await tab.choose("All APIs", "Metadata");
  await tab.at(/api=Metadata/);
  await tab.until("Metadata alone", async () => (await tab.texts("[role=option]")).every((t) => t.includes("Metadata")));
  await tab.choose("Both directions", "request");
  await tab.until("requests alone", async () => (await tab.texts("[role=option]")).every((t) => t.includes("→")));
  await tab.page.reload();
  await tab.at(/api=Metadata.*direction=request|direction=request.*api=Metadata/);

  const again = await wireOf(w);
  await again.tab.fill("input", "Search frames", again.topic);
  await again.tab.says(/^\d+ of \d+ frames/, ".facts span");
  ok((await again.tab.count("[role=option]")) > 0);
  const hex = "0x" + Buffer.from(again.topic).toString("hex");
  const found = await again.tab.count("[role=option]");
  await again.tab.fill("input", "Search frames", hex);
  await again.tab.at(/q=0x/);
  await again.tab.until("the same frames by their bytes", async () => (await again.tab.count("[role=option]")) === found);
  await again.tab.fill("input", "Search frames", topic);
  await again.tab.says(/None of \d+ frames passes the filter/);
});

test("paused, frames are counted and not kept", async (w) => {
  const { tab } = await wireOf(w);
  await tab.says(/Paused: \d+ passed while paused/);
  const kept = await tab.text(".facts span");
  await tab.press("g", "t");
  await tab.says("Topics", "h1");
  await tab.press("g", "w");
  await tab.says(/Paused: [1-9]\d* passed while paused, and (is|are) not kept/);
  equal(await tab.text(".facts span"), kept);
  await tab.click("button", "Resume");
  await tab.press("g", "t");
  await tab.says("Topics", "h1");
  await tab.press("g", "w");
  await tab.until("more frames", async () => (await tab.text(".facts span")) !== kept);
  await tab.click("button", "Clear");
  await tab.until("fewer frames", async () => (await tab.text(".facts")).includes("0 frames") || (await tab.count("[role=option]")) < 10);
});

test("frames are saved for Wireshark and as JSON", async (w) => {
  const { tab, topic } = await wireOf(w);
  await tab.fill("input", "Search frames", topic);
  await tab.says(/^\d+ of \d+ frames/, ".facts span");
  const frames = Number(/^\d+/.exec(await tab.text(".facts span"))![0]);
  const capture = await saved(tab, "Export pcapng", ".pcapng");
  equal(capture.readUInt32BE(0), 0x0a0d0d0a);
  const types = blocksOf(capture);
  equal(types[1], 1, "an interface follows the section");
  ok(types.filter((t) => t === 6).length >= frames, `${frames} frames are in ${types.join(" ")}`);
  ok(capture.includes(topic), "the topic's name is in it");
  wireshark(capture, frames);

  const json = JSON.parse((await saved(tab, "Export JSON", ".json")).toString()) as unknown;
  ok(JSON.stringify(json).includes(topic));
  deepEqual(typeof json, "object");
});

/** Has tshark read each frame, where there is one: TestTshark says that it is missing. */
function wireshark(capture: Buffer, frames: number): void {
  const fields = ["kafka.request_key", "kafka.request.version", "kafka.correlation_id"].flatMap((f) => ["-e", f]);
  const file = join(setup.temp, "capture.pcapng");
  writeFileSync(file, capture);
  const args = ["-r", file, "-N", "n", "-Y", "kafka", "-T", "fields", ...fields];
  const { error, stdout, stderr } = spawnSync("tshark", args, { encoding: "utf8", env: { ...process.env, HOME: setup.temp } });
  if (error && "code" in error && error.code === "ENOENT") return;
  const read = (stdout ?? "").split("\n").filter((l) => /\t\d+$/.test(l));
  ok(read.length >= frames, `tshark reads ${read.length} of ${frames} frames: ${String(error ?? stderr)}`);
  ok(read.some((l) => /^3\t\d+\t\d+$/.test(l)), `it knows no request for metadata: ${stdout}`);
}

/** What a button has the browser save. */
async function saved(tab: Tab, button: string, ending: string): Promise<Buffer> {
  const all = () => (existsSync(downloads) ? readdirSync(downloads).filter((f) => f.endsWith(ending)) : []);
  const before = new Set(all());
  await tab.click("button", button);
  let content = Buffer.alloc(0);
  await tab.until(`a file ${ending}`, async () => {
    const name = all().find((f) => !before.has(f));
    if (name !== undefined) content = readFileSync(join(downloads, name));
    return content.length > 0;
  });
  return content;
}

/** The types of the blocks of a pcapng file, which is little-endian. */
function blocksOf(file: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) types.push(file.readUInt32LE(at));
  return types;
}
