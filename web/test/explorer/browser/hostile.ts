import { equal } from "node:assert/strict";
import { test, type World } from "./harness.js";

/** A text that is a script, wherever it isn't taken for a text. */
function script(kind: string): string {
  return `<img src=x onerror="probe.hacked++">'"><script>probe.hacked++</script>{{7*7}}\${7*7}%3Cb%3E&lt;/?#${kind}`;
}

/** Texts that others write, in all that the explorer shows. The names are allowed by kfake. */
async function hostile(w: World): Promise<{ topic: string; group: string; client: string }> {
  const unique = w.name("");
  const [topic, group, client] = [script(`topic${unique}`), script(`group${unique}`), script(`client${unique}`)];
  await w.brokers.topic(topic, { configs: { "cleanup.policy": script("config") } });
  await w.brokers.write(topic, [{ key: script("key"), value: script("value"), headers: [[script("header"), script("header's value")]] }]);
  await w.brokers.write(topic, [{ key: script("key"), value: JSON.stringify({ [script("name")]: script("json") }) }]);
  await w.brokers.member(group, topic, { clientId: client });
  return { topic, group, client };
}

test("hostile names, settings, keys, values and headers are shown as texts", async (w) => {
  const { topic, group } = await hostile(w);
  const tab = await w.explore(`#/topics?q=${encodeURIComponent(topic)}`);
  await tab.sees("[role=gridcell] a", topic);
  await tab.click("[role=gridcell] a", topic);
  await tab.says(topic, "h1");
  const place = `#/topics/${encodeURIComponent(topic)}`;
  await tab.at(`${place}/messages`);
  await tab.goto(`${place}/partitions`);
  await tab.says("2 offsets");
  await tab.goto(`${place}/groups`);
  await tab.says(group, "[role=row]");
  await tab.goto(`${place}/config`);
  await tab.says(script("config"), "li");
  await tab.click("button", "Delete…");
  await tab.says(`Delete ${topic}`, "h2");
  await tab.press("Escape");
}, "kfake");

test("hostile ids of groups and clients are shown as texts", async (w) => {
  const { topic, group, client } = await hostile(w);
  const tab = await w.explore("#/groups");
  await tab.fill("input", "Search groups by name", group);
  await tab.click("[role=gridcell] a", group);
  await tab.says(group, "h1");
  await tab.at(`#/groups/${encodeURIComponent(group)}`);
  await tab.says(`${topic} 0 ${client} 2 2 0`, "[role=row]");
  await tab.click("nav[aria-label=Group] a", "Members");
  await tab.says(client, "[role=gridcell] a");
}, "kfake");

test("hostile records are shown as texts where they are produced and redriven", async (w) => {
  const { topic } = await hostile(w);
  const plain = w.name("hostile");
  await w.brokers.topic(plain);
  const at = encodeURIComponent(topic);
  const tab = await w.explore(`#/redrive?topic=${at}&to=${plain}`);
  await tab.says(`${plain} `, "[role=row]");
  await tab.says(script("key"), "[role=row]");
  await tab.click("button", "Send 2 records");
  await tab.says("Done. 2 of 2 sent, 0 failed", "[role=status]");
  await tab.goto(`#/redrive?topic=${at}&by=${encodeURIComponent(script("header"))}`);
  await tab.says(`1 can't be sent. There is no topic ${script("header's value")} that you may see.`, "li");
  await tab.goto(`#/produce?from=${encodeURIComponent(`${plain}/0/0`)}`);
  await tab.says("Begins with the record at offset 0");
  equal(await tab.page.evaluate(() => (probe.find("textarea", { text: "Key" })[0] as HTMLTextAreaElement).value), script("key"));
  await tab.fill("input", "Topic", topic);
  await tab.click("button", "Send");
  await tab.says(`Stored in ${topic}, partition 0, at offset 2`, "li");
}, "kfake");

test("hostile texts on the wire are shown as texts", async (w) => {
  const { topic } = await hostile(w);
  const tab = await w.explore("#/wire");
  await tab.says("Wire", "h1");
  await tab.goto(`#/topics/${encodeURIComponent(topic)}/config`);
  await tab.says(script("config"), "li");
  await tab.goto("#/wire");
  await tab.sees("[role=option]");
  await tab.click("button", "Pause");
  await tab.fill("input", "Search frames", topic);
  await tab.choose("Both directions", "response");
  await tab.choose("All APIs", "Metadata");
  await tab.click("[role=option]:first-child");
  await tab.sees("[role=treeitem]");
  await tab.page.evaluate(() => (probe.find("[role=tree]")[0] as HTMLElement).focus());
  await tab.until("the topic's name among the fields", async () => {
    await tab.press("ArrowDown");
    return (await tab.text("[role=treeitem][aria-selected=true]")).includes("<script>probe.hacked++</script>"); // it is quoted
  });
}, "kfake");

test("hostile parameters of the URL are texts", async (w) => {
  const text = encodeURIComponent(script("url"));
  for (const fragment of [`#/topics?q=${text}&sort=${text}&only=${text}`, `#/topics/${text}/${text}`, `#/topics/${text}/config?q=${text}`, `#/wire?q=${text}&api=${text}&broker=${text}`, `#/groups/${text}`, `#/redrive?topic=${text}&by=${text}&key=${text}&header=${text}`, `#/produce?topic=${text}&from=${text}`, `#/topics?cluster=${text}`]) {
    const tab = await w.explore(fragment);
    await tab.says(/Connected|No cluster chosen/, "[role=status]");
    await tab.sees("h1");
    await tab.close();
  }
}, "kfake");
