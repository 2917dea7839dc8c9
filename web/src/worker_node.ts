// The Worker in Node.
import { readFile } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import type { Beat, Init, Report } from "./init.js";
import { answer, run } from "./run.js";

const report = (r: Report) => parentPort!.postMessage(r);

parentPort!.on("message", (message: Init | Beat) => {
  if (!answer(message, report)) void run(message, report, load);
});

async function load(url: string): Promise<WebAssembly.Module> {
  if (url.startsWith("file:")) return WebAssembly.compile(await readFile(new URL(url)));
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}
