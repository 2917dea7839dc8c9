// The Worker in Node.
import { readFile } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import type { Beat, Init, Report } from "./init.js";
import { loadWasm } from "./load.js";
import { answerBeat, run } from "./run.js";

const report = (r: Report) => parentPort!.postMessage(r);

parentPort!.on("message", (message: Init | Beat) => {
  if (!answerBeat(message, report)) void run(message, report, load);
});

async function load(url: string): Promise<WebAssembly.Module> {
  return url.startsWith("file:") ? WebAssembly.compile(await readFile(new URL(url))) : loadWasm(url);
}
