// The bridge, and the addresses of brokers. What the broker itself does is in broker.ts.
import { test } from "./harness.js";
import { setup } from "./setup.js";
import { told } from "./told.js";

test("a bridge that ends is told, and the page comes back with it", async (w) => {
  const prefix = w.name("bridge");
  await w.brokers.topic(`${prefix}-before`);
  const site = await w.site();
  const tab = await w.open(site, `#/topics?q=${prefix}`);
  await tab.sees("a", `${prefix}-before`);
  await told(tab, "a bridge that ended", "The bridge does not answer.", () => site.kill());
  await tab.says("Reconnecting", "[role=status]");
  await tab.sees("a", `${prefix}-before`); // what is known stays
  await tab.screenshot("bridge-ended");
  await w.brokers.topic(`${prefix}-meanwhile`);
  await site.again();
  await tab.says("Connected", "[role=status]");
  await tab.sees("a", `${prefix}-meanwhile`);
  await tab.misses("[role=alert]");
});

test("a bridge that isn't there yet is waited for", async (w) => {
  const site = await w.site();
  const tab = await w.open(site, "#/cluster");
  await tab.says("Cluster id");
  await site.kill();
  await tab.says("The bridge does not answer.");
  await site.again();
  await tab.says("Connected", "[role=status]");
});

test("a browser that keeps the page from local networks is named as a cause", async (w) => {
  const site = await w.site();
  const tab = await w.open(site, "#/cluster");
  await tab.says("Cluster id");
  if (setup.browser === "chrome") await tab.page.browserContext().setPermission(site.origin, { permission: { name: "loopback-network" }, state: "denied" });
  await site.kill();
  await tab.says(setup.browser === "chrome" ? /does not answer\. The browser denies this site connections to local networks: allow/ : "The bridge does not answer. Is", "[role=alert]");
  await tab.screenshot("local-networks-denied");
});

test("an advertised name that leads nowhere is told, with what to do", async (w) => {
  const [first, second] = w.brokers.bootstrap as [string, string];
  const site = await w.site({ clusters: [{ name: "test", brokers: [first], connect_to: { [second]: "kafka.invalid:29092" } }] });
  const tab = await w.open(site, "#/cluster");
  await tab.says("1 of 2 brokers answer");
  await tab.says(/The bridge finds no address of kafka\.invalid/, "tbody");
  await tab.says(`--connect-to ${second}=HOST:PORT for kafkaio explore, connect_to in the file of kafkaio bridge`, "tbody");
  await tab.screenshot("advertised-nowhere");
}, "kfake");

test("a broker that refuses connections is told, and the others are used", async (w) => {
  const [first, second] = w.brokers.bootstrap as [string, string];
  const topic = w.name("refusing");
  await w.brokers.topic(topic, { partitions: 20 }); // kfake picks their leaders at random
  const site = await w.site({ clusters: [{ name: "test", brokers: [first], connect_to: { [second]: "127.0.0.1:9" } }] });
  const tab = await w.open(site, "#/cluster");
  await tab.says("1 of 2 brokers answer");
  await tab.says("ERR_BROKER_UNREACHABLE", "tbody");
  await tab.goto(`#/topics/${topic}/partitions`);
  await tab.says("20 partitions");
  await tab.says("unknown", "[role=row]");
  await tab.says("A broker can't be reached.");
}, "kfake");
