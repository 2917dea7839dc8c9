import { readFile } from "node:fs/promises";
import { versions } from "node:process";
import { Worker } from "node:worker_threads";
import { loadText } from "./load.js";
import type { Spawn } from "./platform.js";
import { keepWrapper } from "./wrapper_node.js";

/** Where the Worker and kafka.wasm are, beside this module. */
export const workerURL = (): URL => new URL("kafkaio/worker.node.js", import.meta.url);
export const wasmURL = (): URL => new URL("kafkaio/kafka.wasm", import.meta.url);
export const rootsURL = (): URL => new URL("kafkaio/roots.pem", import.meta.url);

export async function readText(url: URL, signal: AbortSignal): Promise<string> {
  return url.protocol === "file:" ? new TextDecoder().decode(await readFile(url)) : loadText(url, signal);
}

/** Relative URLs have nothing to start from. */
export const baseURL = (): string | undefined => undefined;

/** Node tells when a Worker has ended. */
export const tellsItsEnd = true;

export const spawn: Spawn = (url, on) => {
  if (!("WebSocket" in globalThis)) throw new Error(`it needs Node 22 or later, and this is Node ${versions.node}, which has no WebSocket`);
  keepWrapper();
  const worker = new Worker(new URL(url), { execArgv: [] }); // flags may be of a script that is no file
  worker.on("message", (message) => on.message(message));
  worker.on("error", (error) => on.ended(String(error)));
  worker.on("exit", () => on.ended("it was terminated"));
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    terminate: () => void worker.terminate(),
  };
};
