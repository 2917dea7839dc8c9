import { deepEqual, equal } from "node:assert/strict";
import { test } from "./harness.js";
import { inspect } from "./looks.js";

test("where nothing may be written no button writes", async (w) => {
  const topic = w.name("readonly");
  await w.brokers.topic(topic);
  const site = await w.site({ policies: [{ identities: ["*"], allow: "read-only", topics: ["*"], consumer_groups: { see: ["*"] } }] });
  const tab = await w.open(site, `#/topics?q=${topic}`);
  await tab.sees("a", topic);
  await tab.says("read-only", "header");
  equal(await tab.count("button", "Create topic"), 0);
  for (const width of [360, 1280]) await inspect(tab, `read-only-${width}`, width);
  await tab.click("a", topic);
  for (const label of ["Partitions", "Groups", "Config"]) {
    await tab.click("nav[aria-label=Topic] a", label);
    await tab.says(/1 partition · 1 replica/);
    equal(await tab.count("main button", /delete|reset|create|produce|send|edit/i), 0, label);
  }
  await tab.goto("#/cluster");
  await tab.says("not: create topics", "ul");
  await tab.says("not: produce records", "ul");
});

test("topics that a policy doesn't show aren't there", async (w) => {
  const prefix = w.name("shown");
  for (const name of [`${prefix}-yes`, `${prefix}-no`]) await w.brokers.topic(name);
  const site = await w.site({ policies: [{ identities: ["*"], allow: "read-only", topics: [`${prefix}-y*`] }] });
  const tab = await w.open(site, "#/topics");
  await tab.sees("a", `${prefix}-yes`);
  deepEqual(await tab.texts("[role=gridcell] a"), [`${prefix}-yes`]);
  await tab.goto(`#/topics/${prefix}-no/partitions`);
  await tab.says(/The cluster has no such topic|You may not do this with the topic/);
});
