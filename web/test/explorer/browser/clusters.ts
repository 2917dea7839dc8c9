import { equal } from "node:assert/strict";
import { test } from "./harness.js";
import { inspect, looks } from "./looks.js";
import { tokenOf } from "./site.js";

test("the page Clusters, light and dark, narrow and wide", async (w) => {
  await looks(w, "clusters", "#/clusters", (tab) => tab.says("This bridge lets everybody in"));
});

test("of several clusters one is chosen, and the URL has it", async (w) => {
  const brokers = w.brokers.bootstrap;
  const site = await w.site({
    auth: { tokens: [tokenOf("t", "alice")] },
    clusters: [{ name: "dev", brokers }, { name: "prod", brokers, default: true }],
    policies: [
      { identities: ["*"], clusters: ["dev"], allow: "full", topics: ["*"] },
      { identities: ["*"], clusters: ["prod"], allow: "read-only", topics: ["*"] },
    ],
  });
  const tab = await w.open(site, "#/clusters?token=t");
  await tab.says("You are alice");
  await tab.says("shown", "section[aria-label=prod]");
  await tab.says("not: create topics", "section[aria-label=prod]");
  await tab.says("✓ create topics".slice(2), "section[aria-label=dev]");
  for (const width of [360, 1280]) await inspect(tab, `clusters-several-${width}`, width);

  await tab.click("a", "dev");
  await tab.at("#/topics?cluster=dev");
  await tab.sees("button", "Create topic");
  await tab.click("nav a", "Cluster");
  await tab.at("#/cluster?cluster=dev");
  await tab.page.reload();
  await tab.says("Cluster id");
  equal(tab.fragment, "#/cluster?cluster=dev");

  await tab.choose("Cluster", "prod");
  await tab.at("#/topics");
  await tab.says("read-only");
  equal(await tab.count("button", "Create topic"), 0);
});

test("of several clusters without a default one is chosen", async (w) => {
  const brokers = w.brokers.bootstrap;
  const tab = await w.open(await w.site({ clusters: [{ name: "dev", brokers }, { name: "prod", brokers }] }), "");
  await tab.click("h2 a", "prod");
  await tab.at("#/topics?cluster=prod");
  await tab.says("Connected", "[role=status]");
});

test("a cluster that isn't served is told, with those that are", async (w) => {
  const brokers = w.brokers.bootstrap;
  const site = await w.site({ clusters: [{ name: "dev", brokers }, { name: "prod", brokers, default: true }] });
  const tab = await w.open(site, "#/topics?cluster=gone");
  await tab.says("It serves you no cluster gone.");
  await tab.click("a", "prod");
  await tab.says("Connected", "[role=status]");
});
