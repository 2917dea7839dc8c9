import { ok } from "node:assert/strict";
import type { Name, Tab } from "./tab.js";

/** How many seconds a busy machine may take for what an idle one tells in 3 s. */
const most = 15;

/** Does something bad, and waits until the page tells of it. It prints how long that took. */
export async function told(tab: Tab, what: string, text: Name, fault: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await fault();
  await tab.says(text, "[role=alert]");
  const seconds = (performance.now() - start) / 1000;
  console.log(`note: ${what}: told after ${seconds.toFixed(1)} s`);
  ok(seconds < most, `it was told after ${seconds.toFixed(1)} s`);
}
