// The Worker in Node.
import { readFile } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import { loadWasm } from "./load.js";
import { serve } from "./run.js";

parentPort!.on("message", serve((message, transfer = []) => parentPort!.postMessage(message, transfer), load));

async function load(url: string): Promise<WebAssembly.Module> {
  return url.startsWith("file:") ? WebAssembly.compile(await readFile(new URL(url))) : loadWasm(url);
}
