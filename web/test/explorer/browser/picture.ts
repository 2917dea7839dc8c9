// Makes README's pictures: see web/picture.js.
import { join } from "node:path";
import { closeBrowsers } from "./browser.js";
import { Command, endCommands } from "./command.js";
import { setup } from "./setup.js";
import { Tab } from "./tab.js";

async function pictures(): Promise<void> {
  const demo = await Command.start("demo", "--listen", "127.0.0.1:0");
  const tab = await Tab.open(demo, `#/wire?${demo.link.hash.slice(1)}`, { height: 900 });
  await tab.says("Connected", "[role=status]");

  await tab.goto("#/topics/orders?from=newest:20");
  await tab.click("[role=option]:nth-last-of-type(8)");
  await tab.sees("button", "Copy");
  await take(tab, "page");

  // A response with a message in it, of those that come one by one.
  await tab.goto("#/topics/orders?from=live");
  await tab.sees("[role=option]:nth-of-type(6)");
  await tab.goto("#/wire?api=Fetch&direction=response");
  await tab.until("a message", () => tab.page.evaluate(() => {
    const found = probe.find("[role=option]").findLast((e) => / [4-9]\d\d B /.test(probe.text(e)));
    (found as HTMLElement | undefined)?.click();
    return found !== undefined;
  }));
  await tab.sees("[role=treeitem]");
  await tab.page.evaluate(() => (probe.find("[role=tree]")[0] as HTMLElement).focus());
  await tab.until("its value", async () => /^Value /.test(await tab.text("[role=treeitem][aria-selected=true]")) || (await tab.press("ArrowDown"), false));
  await tab.page.evaluate(() => (probe.focused() as HTMLElement).blur());
  await tab.sees(".mark");
  await take(tab, "wire");
}

async function take(tab: Tab, name: string): Promise<void> {
  await tab.page.mouse.move(0, 0);
  await tab.page.screenshot({ path: join(setup.artifacts, `${name}.png`) as `${string}.png` });
}

void pictures().finally(async () => {
  endCommands();
  await closeBrowsers();
});
