import { equal } from "node:assert/strict";
import { test } from "./harness.js";
import { inspect } from "./looks.js";

test("? shows a sheet with the keys, and Escape closes it", async (w) => {
  const tab = await w.explore("#/topics");
  await tab.says("Connected", "[role=status]");
  await tab.press("?");
  await tab.sees("dialog h2", "Keys");
  for (const words of ["search on this page", "go to Topics", "go to Wire", "show this sheet"]) await tab.says(words, "dl");
  for (const width of [360, 1280]) await inspect(tab, `keys-${width}`, width);
  await tab.press("Escape");
  await tab.misses("dialog h2", "Keys");
  await tab.click("button", "Keys");
  await tab.sees("dialog h2", "Keys");
  await tab.press("Escape");
  await tab.misses("dialog h2", "Keys");
  equal(await tab.focused(), "Keys");
});

test("g and a letter go to each page of the navigation", async (w) => {
  const tab = await w.explore("#/topics");
  await tab.says("Connected", "[role=status]");
  await tab.press("?");
  await tab.sees("dialog h2", "Keys");
  const goes = [...(await tab.text("dl")).matchAll(/g (\w) go to (\w+)/g)].map(([, key, page]) => ({ key: key!, page: page! }));
  equal(goes.length, await tab.count("nav[aria-label=Pages] a"));
  await tab.press("Escape");
  await tab.misses("dialog h2", "Keys");
  for (const { key, page } of goes) {
    await tab.press("g", key as "t");
    await tab.says(page, "h1");
    equal(await tab.count("nav a[aria-current=page]", page), 1);
  }
});

test("letters that are typed into a field go nowhere", async (w) => {
  const tab = await w.explore("#/topics");
  await tab.says("Topics", "h1");
  await tab.press("/");
  await tab.page.keyboard.type("gw?");
  await tab.at("#/topics?q=gw%3F");
  await tab.says("Topics", "h1");
  equal(await tab.count("dialog h2", "Keys"), 0);
});

test("the first Tab skips to the page", async (w) => {
  const tab = await w.explore("#/topics");
  await tab.says("Connected", "[role=status]");
  await tab.press("Tab");
  equal(await tab.focused(), "Skip to the page");
  await tab.press("Enter");
  equal(await tab.page.evaluate(() => probe.focused()?.id), "main");
});

test("the theme and how times are shown are kept", async (w) => {
  const tab = await w.explore("#/topics", { scheme: "dark" });
  const ground = () => tab.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await tab.sees("button", "Theme: auto");
  const dark = await ground();
  await tab.click("button", "Theme: auto");
  await tab.sees("button", "Theme: light");
  const light = await ground();
  equal(light === dark, false);
  await tab.click("button", "Times: local");
  await tab.page.reload();
  await tab.sees("button", "Theme: light");
  await tab.sees("button", "Times: UTC");
  equal(await ground(), light);
  await tab.click("button", "Theme: light");
  await tab.sees("button", "Theme: dark");
  equal(await ground(), dark);
});

test("an address at which nothing is says so", async (w) => {
  for (const fragment of ["#/nothing", "#/topics/a/b/c", "#/topics/%E0%A4%A"]) {
    const tab = await w.explore(fragment);
    await tab.says("There is nothing at this address.", "h1");
    await tab.click("main a", "Topics");
    await tab.says("Topics", "h1");
  }
});
