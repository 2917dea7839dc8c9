// What happens to a broker. These tests are the last ones: a broker that doesn't come back would fail all others.
import { test } from "./harness.js";
import { told } from "./told.js";

test("a broker that is frozen is told, and looked at again", async (w) => {
  const prefix = w.name("frozen");
  await w.brokers.topic(`${prefix}-before`);
  const tab = await w.open(await w.site(), `#/topics?q=${prefix}`);
  await tab.sees("a", `${prefix}-before`);
  try {
    await told(tab, "a broker that is frozen", /^No answer yet\./, () => w.brokers.broker("freeze"));
    await tab.screenshot("broker-frozen");
    await tab.says("No answer in time.", "[role=alert]");
    await tab.says("Reconnecting", "[role=status]");
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
    await told(tab, "a broker that was killed", /^A broker can't be reached\./, () => w.brokers.broker("kill"));
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
