import axe from "axe-core";
import { ok } from "node:assert/strict";
import type { Scheme } from "./browser.js";
import type { World } from "./harness.js";
import type { Tab } from "./tab.js";

const widths = [360, 1280];
const schemes: Scheme[] = ["light", "dark"];

/**
 * Looks at a page in light and dark, narrow and wide: it isn't wider than its window, axe-core finds nothing, and a
 * picture of it is kept. ready waits until it shows what it should.
 */
export async function looks(w: World, picture: string, fragment: string, ready: (tab: Tab) => Promise<void>): Promise<void> {
  for (const scheme of schemes) {
    const tab = await w.explore(fragment, { scheme });
    await ready(tab);
    for (const width of widths) await inspect(tab, `${picture}-${scheme}-${width}`, width);
    await tab.close();
  }
}

/** Looks at a tab as it is, in a window of this width. */
export async function inspect(tab: Tab, picture: string, width: number): Promise<void> {
  await tab.page.setViewport({ width, height: width < 500 ? 740 : 800 });
  await tab.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await tab.screenshot(picture);
  const wide = await tab.page.evaluate(() => probe.tooWide());
  ok(wide.length === 0, `${picture}: ${wide.join("\n")}`);
  const violations = await violationsOf(tab);
  ok(violations.length === 0, `${picture}: ${violations.join("\n")}`);
}

async function violationsOf(tab: Tab): Promise<string[]> {
  await tab.page.evaluate(axe.source);
  return tab.page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.flat().join(" >> ")}: ${n.failureSummary ?? ""} ${n.html.slice(0, 200)}`));
  });
}
