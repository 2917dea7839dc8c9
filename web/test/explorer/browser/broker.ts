// What happens to a broker. These tests are the last ones: a broker that doesn't come back would fail all others.
import { test } from "./harness.js";
import { inspect } from "./looks.js";
import { told } from "./told.js";
import { Valve } from "./valve.js";

test("one frozen broker of two is named on every page, until it answers", async (w) => {
  const [first, second] = w.brokers.bootstrap as [string, string];
  const topic = w.name("half-frozen");
  await w.brokers.topic(topic, { partitions: 4 });
  const valve = await Valve.before(second);
  try {
    const tab = await w.open(await w.site({ clusters: [{ name: "test", brokers: [first], connect_to: { [second]: valve.address } }] }), `#/topics?q=${topic}`, { scheme: "dark" });
    await tab.sees("a", topic);
    const named = new RegExp(`^Broker \\d+ at ${second}: no answer\\. The broker may be stopped`);
    await told(tab, "one frozen broker of two", named, async () => valve.shut());
    for (const page of [`topics/${topic}`, `topics/${topic}/partitions`, `topics/${topic}/groups`, "groups", "produce"]) {
      await tab.goto(`#/${page}`);
      await tab.says(named, "[role=alert]");
      for (const width of [360, 1280]) await inspect(tab, `half-frozen-${page.replace(topic, "topic").replaceAll("/", "-")}-${width}`, width);
    }
    await tab.goto("#/cluster");
    await tab.says("1 of 2 brokers answer");
    await tab.says(/no answer The broker may be stopped/, "tbody");
    await tab.screenshot("half-frozen-cluster");
    valve.open();
    await tab.says("2 of 2 brokers answer");
    await tab.goto(`#/topics/${topic}/partitions`);
    await tab.says("4 partitions");
    await tab.misses("[role=alert]");
  } finally {
    valve.close();
  }
}, "kfake");

test("a broker that is frozen is told, and looked at again", async (w) => {
  const prefix = w.name("frozen");
  await w.brokers.topic(`${prefix}-before`);
  const tab = await w.open(await w.site(), `#/topics?q=${prefix}`);
  await tab.sees("a", `${prefix}-before`);
  try {
    await told(tab, "a broker that is frozen", /^Broker \d+ at \S+: no answer\./, () => w.brokers.broker("freeze"));
    await tab.screenshot("broker-frozen");
    await tab.says("Reconnecting", "[role=status]");
    await tab.says(/^Broker \d+ at \S+: no answer\./, "[role=alert]");
    await tab.sees("a", `${prefix}-before`);
    await tab.screenshot("broker-frozen-longer");
  } finally {
    await w.brokers.broker("thaw");
  }
  await tab.says("Connected", "[role=status]");
  await w.brokers.topic(`${prefix}-after`);
  await tab.sees("a", `${prefix}-after`);
  await tab.misses("[role=alert]");
}, "apache");

test("a broker that is killed is told, and looked at again when it is back", async (w) => {
  const prefix = w.name("killed");
  await w.brokers.topic(`${prefix}-before`);
  const tab = await w.open(await w.site(), `#/topics?q=${prefix}`);
  await tab.sees("a", `${prefix}-before`);
  try {
    await told(tab, "a broker that was killed", /^A broker can't be reached|^Broker \d+ at \S+: refused\./, () => w.brokers.broker("kill"));
    await tab.says(/^Broker \d+ at \S+: refused\./, "[role=alert]");
    await tab.says("Reconnecting", "[role=status]");
    await tab.sees("a", `${prefix}-before`);
    await tab.screenshot("broker-killed");
  } finally {
    await w.brokers.broker("restart");
  }
  await tab.says("Connected", "[role=status]");
  await w.brokers.topic(`${prefix}-after`);
  await tab.sees("a", `${prefix}-after`);
  await tab.misses("[role=alert]");
}, "apache");
