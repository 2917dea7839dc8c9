import { equal, ok } from "node:assert/strict";
import { test } from "./harness.js";
import { inspect } from "./looks.js";
import { tokenOf } from "./site.js";
import type { World } from "./harness.js";

const token = "the token of a run";

function guarded(w: World) {
  return w.site({ auth: { tokens: [tokenOf(token, "alice")] } });
}

const parameter = `token=${encodeURIComponent(token)}`;

test("a link with a token connects, and the URL has it no longer", async (w) => {
  const tab = await w.open(await guarded(w), `#${parameter}`);
  await tab.says("Connected", "[role=status]");
  ok(!tab.page.url().includes("token"), tab.page.url());
  await tab.click("nav a", "Cluster");
  await tab.at("#/cluster");
  await tab.go(-1);
  await tab.says("Topics", "h1");
  ok(!tab.page.url().includes("token"), `back leads to ${tab.page.url()}`);
  await tab.page.reload();
  await tab.says("Connected", "[role=status]"); // the tab has kept it
});

test("a link with a token keeps the place that it leads to", async (w) => {
  const tab = await w.open(await guarded(w), `#/cluster?${parameter}`);
  await tab.says("Connected", "[role=status]");
  equal(tab.fragment, "#/cluster");
  await tab.says("Cluster", "h1");
});

test("without a token the page asks for one", async (w) => {
  const tab = await w.open(await guarded(w), "#/cluster");
  await tab.says("The bridge wants a token", "h1");
  await tab.says("Not connected", "[role=status]");
  equal(await tab.focused(), "Token");
  await tab.page.keyboard.type(token);
  await tab.press("Enter");
  await tab.says("Cluster id");
});

test("a refused token is told, and another one is taken", async (w) => {
  const tab = await w.open(await guarded(w), "#token=OFANOTHERRUN");
  await tab.says("The bridge refuses this token", "h1");
  ok(!tab.page.url().includes("token"), tab.page.url());
  for (const width of [360, 1280]) await inspect(tab, `locked-${width}`, width);
  await tab.fill("input", "Token", token);
  await tab.click("button", "Go on");
  await tab.says("Connected", "[role=status]");
});

test("a link with a token that is pasted over the page lets it in", async (w) => {
  const site = await guarded(w);
  const tab = await w.open(site, "");
  await tab.says("The bridge wants a token", "h1");
  await tab.page.evaluate((url) => void (location.href = url), `${site.origin}/#${parameter}`);
  await tab.says("Connected", "[role=status]");
  ok(!tab.page.url().includes("token"), tab.page.url());
});

test("a second tab gets the token of the first", async (w) => {
  const site = await guarded(w);
  const first = await w.open(site, `#${parameter}`);
  await first.says("Connected", "[role=status]");
  const second = await w.open(site, "#/cluster", {}, first);
  await second.says("Cluster id");
});
