// What kafkaio demo opens.
import { deepEqual, equal } from "node:assert/strict";
import { test } from "./harness.js";

test("kafkaio demo has brokers, topics, and messages that keep coming", async (w) => {
  const demo = await w.run("demo");
  const tab = await w.open(demo, demo.link.hash);
  await tab.says(/orders fine 6 3 /, "[role=row]");
  await tab.says(/page-views fine 3 3 /, "[role=row]");
  await tab.goto("#/cluster");
  await tab.says("kafkaio-demo");
  await tab.says("3 of 3 brokers answer");
  await tab.goto("#/topics/orders?from=live");
  for (const count of [1, 3]) await tab.until(`${count} orders`, async () => (await tab.count("[role=option]", /"status":"/)) >= count);
}, "kfake");

test("kafkaio demo has a group that follows, one that is stuck, and one that is empty", async (w) => {
  const demo = await w.run("demo");
  const tab = await w.open(demo, `#/groups?${demo.link.hash.slice(1)}`);
  await tab.says(/^fulfilment Stable classic 2 /, "[role=row]");
  await tab.says(/^nightly-report Empty classic 0 /, "[role=row]");
  await tab.click("a", "invoices");
  await tab.says("Stable");
  const stuckAt = () => tab.page.evaluate(() => (probe.find("a[aria-label$=' of orders 2, before which the group stands']")[0] as HTMLAnchorElement).href);
  await tab.sees("a", / of orders 2, before which/);
  const link = await stuckAt();
  await tab.says("stuck", ".tag"); // after 30 s
  await tab.screenshot("demo-stuck");
  equal(await stuckAt(), link);
  await tab.click("a", / of orders 2, before which/);
  await tab.sees("button", "Copy");
}, "kfake");

test("without the link of the run kafkaio demo shows nothing", async (w) => {
  const demo = await w.run("demo");
  for (const [fragment, heading] of [["", "The bridge wants a token"], ["#token=OFANOTHERRUN", "The bridge refuses this token"]] as const) {
    const tab = await w.open(demo, fragment);
    await tab.says(heading, "h1");
    await tab.says("If kafkaio demo or kafkaio explore runs in a terminal of yours, open the whole link that it printed.");
    await tab.says("Not connected", "[role=status]");
    deepEqual(await tab.texts("[role=row]"), []);
  }
}, "kfake");

test("a reload, and a second tab with the same link, work", async (w) => {
  const demo = await w.run("demo");
  const tab = await w.open(demo, demo.link.hash);
  await tab.click("a", "page-views");
  await tab.says('"visitor"', "[role=option]");
  await tab.page.reload();
  await tab.says('"visitor"', "[role=option]");
  const second = await w.open(demo, demo.link.hash, {}, tab);
  await second.sees("a", "orders");
}, "kfake");
