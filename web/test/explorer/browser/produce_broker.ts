// After broker.ts, for the same reason.
import { deepEqual } from "node:assert/strict";
import { test } from "./harness.js";

test("a record that no broker takes is told, and sent once the broker is back", async (w) => {
  const topic = w.name("down");
  await w.brokers.topic(topic);
  const tab = await w.explore(`#/produce?topic=${topic}`);
  await tab.fill("textarea", "Value", "while it is down");
  for (let i = 0; i < 12 && (await tab.focused()) !== "Send"; i++) await tab.press("Tab"); // what is told moves the button
  try {
    await w.brokers.broker("kill");
    await tab.press("Enter");
    await tab.says(`Nothing listens at ${w.brokers.bootstrap[0]}.`, "[role=alert]");
    await tab.sees("button", "Sending…"); // it is tried for 30 s
    await tab.says("The record is not stored. No broker acknowledged it in time.", "[role=alert]");
    await tab.screenshot("produce-broker-down");
  } finally {
    await w.brokers.broker("restart");
  }
  await tab.says("Connected", "[role=status]");
  await tab.misses("[role=alert]", /Nothing listens/);
  await tab.press("Enter");
  await tab.says("at offset 0", "li");
  deepEqual((await w.brokers.stored(topic)).map((r) => r.value), [Buffer.from("while it is down").toString("hex")]);
}, "apache");
