// What kafkaio explore and kafkaio bridge open.
import { equal, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "./harness.js";
import { inspect } from "./looks.js";
import { Relay } from "./relay.js";
import { setup } from "./setup.js";
import { tokenOf } from "./site.js";
import { told } from "./told.js";

test("kafkaio explore opens a cluster that the page may only read", async (w) => {
  const topic = w.name("sensors");
  await w.brokers.topic(topic, { partitions: 4 });
  await w.brokers.write(topic, [{ partition: 3, value: "may be read" }]);
  const explore = await w.run("explore", w.brokers.bootstrap.join(","));
  const tab = await w.open(explore, explore.link.hash);
  await tab.says("read-only", "header");
  await tab.fill("input", /Search topics/, topic);
  await tab.says(/4 1 /, "[role=row]");
  equal(await tab.count("button", "Create topic"), 0);
  await tab.click("a", topic);
  await tab.says("may be read", "[role=option]");
  await tab.goto("#/produce");
  await tab.says("--allow-writes", "main");
  equal(await tab.count("button", "Produce"), 0);
});

test("kafkaio explore --allow-writes opens one that it may change", async (w) => {
  const topic = w.name("letters");
  const explore = await w.run("explore", "--allow-writes", "--broker", w.brokers.bootstrap.join(","));
  const tab = await w.open(explore, explore.link.hash);
  await tab.says("Connected", "[role=status]");
  await tab.click("button", "Create topic");
  await tab.fill("input", "Name", topic);
  await tab.press("Enter");
  await tab.says(topic, "h1");
  await tab.goto("#/cluster");
  for (const broker of w.brokers.bootstrap) await tab.says(broker, "tbody");
  equal(await tab.count("header .tag", "read-only"), 0);
});

test("after a restart of kafkaio explore the page wants the new link", async (w) => {
  const brokers = w.brokers.bootstrap.join(",");
  const explore = await w.run("explore", brokers);
  const tab = await w.open(explore, explore.link.hash);
  await tab.says("Connected", "[role=status]");
  await told(tab, "kafkaio explore that ended", "Is kafkaio still running in your terminal?", () => explore.interrupt());
  const again = await w.run("explore", brokers, "--listen", explore.link.host);
  await tab.says("The bridge refuses this token", "h1");
  await tab.page.evaluate((url) => void (location.href = url), again.link.href);
  await tab.says("Connected", "[role=status]");
  ok(!tab.page.url().includes("token"), tab.page.url());
});

test("a network that breaks is told, and the page comes back with it", async (w) => {
  const prefix = w.name("network");
  await w.brokers.topic(`${prefix}-before`);
  const explore = await w.run("explore", w.brokers.bootstrap.join(","));
  const relay = await Relay.to(explore.link);
  const tab = await w.open(relay, `#/topics?q=${prefix}&${explore.link.hash.slice(1)}`);
  await tab.sees("a", `${prefix}-before`);
  await told(tab, "a network that broke", "The bridge does not answer.", async () => relay.break());
  await tab.says("Reconnecting", "[role=status]");
  await w.brokers.topic(`${prefix}-meanwhile`);
  relay.mend();
  await tab.says("Connected", "[role=status]");
  await tab.sees("a", `${prefix}-meanwhile`);
  await tab.misses("[role=alert]");
  relay.close();
});

test("who has no credentials for a cluster reads the bridge's reason", async (w) => {
  const file = join(setup.temp, "identities.yaml");
  writeFileSync(file, "alice: {user: alice, password: of alice}\n", { mode: 0o600 });
  const site = await w.site({
    auth: { tokens: [tokenOf("t", "bob")] },
    clusters: [{ name: "prod", brokers: w.brokers.bootstrap, allow_plaintext: true, sasl: { mechanism: "scram-sha-512", identities_file: file } }],
  });
  const tab = await w.open(site, "#token=t");
  await tab.says("The bridge denies it.", "[role=alert]");
  await tab.says("The bridge has no credentials of bob for this cluster", "[role=alert]");
  for (const width of [360, 1280]) await inspect(tab, `no-credentials-${width}`, width);
});
