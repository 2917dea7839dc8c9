import { ok } from "node:assert/strict";
import { test } from "./harness.js";
import { looks } from "./looks.js";

test("the page Cluster, light and dark, narrow and wide", async (w) => {
  await looks(w, "cluster", "#/cluster", async (tab) => {
    await tab.says("brokers answer");
    await tab.says(/[0-9] partitions offline/);
  });
});

test("the page Cluster has brokers, controller, version, rights and disks", async (w) => {
  const tab = await w.explore("#/cluster");
  for (const address of w.brokers.bootstrap) await tab.says(address, "tbody");
  await tab.says(`${w.brokers.bootstrap.length} of ${w.brokers.bootstrap.length} brokers answer`);
  await tab.says(/Version Kafka \d+\.\d+/, "dl");
  await tab.says(/Controller broker \d+/, "dl");
  await tab.says("read records", "ul");
  await tab.says(/\d B|[KMGT]iB/, "section");
  ok((await tab.text()).includes("controller"));
});

test("a problem of the cluster leads to the topics that have it", async (w) => {
  const tab = await w.explore("#/cluster");
  await tab.click("a", /under-replicated/);
  await tab.at(/^#\/topics\?(?=.*only=under-replicated)(?=.*internal=1)/);
  await tab.click("button", /^Only under-replicated/);
  await tab.at("#/topics?internal=1");
});
