import { ok } from "node:assert/strict";
import type { Name, Tab } from "./tab.js";

/** Within how many seconds a fault is to be told on an idle machine, and on one that is busy. */
const [idle, busy] = [3, 15];

/** Does something bad, and waits until the page tells of it. It prints how long that took. */
export async function told(tab: Tab, what: string, text: Name, fault: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await fault();
  await tab.says(text, "[role=alert]");
  const seconds = (performance.now() - start) / 1000;
  console.log(`note: ${what}: told after ${seconds.toFixed(1)} s, and ${idle} s are allowed on an idle machine`);
  ok(seconds < busy, `it was told after ${seconds.toFixed(1)} s`);
}
