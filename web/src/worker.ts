// The Worker of a page. It is a classic script, so that a page can also load it from elsewhere.
import type { Beat, Init, Report } from "./init.js";
import { loadWasm } from "./load.js";
import { answerBeat, run } from "./run.js";

const report = (r: Report) => (self as unknown as { postMessage(r: Report): void }).postMessage(r);

self.addEventListener("message", (event: MessageEvent<Init | Beat>) => {
  if (!answerBeat(event.data, report)) void run(event.data, report, loadWasm);
});
// A trap in the program is an exception in whatever called into it.
self.addEventListener("error", (event) => report({ state: "crashed", reason: event.message }));
self.addEventListener("unhandledrejection", (event) => report({ state: "crashed", reason: String(event.reason) }));
