import type { Spawn } from "./platform.js";

/** Where the Worker and kafka.wasm are, beside this module. Bundlers know this spelling. */
export const workerURL = (): URL => new URL("kafkaio/worker.js", import.meta.url);
export const wasmURL = (): URL => new URL("kafkaio/kafka.wasm", import.meta.url);
export const rootsURL = (): URL => new URL("kafkaio/roots.pem", import.meta.url);

export async function readText(url: URL, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url.href} answered ${response.status}`);
  return response.text();
}

/** What relative URLs start from; undefined in a Worker that was made from a blob, say. */
export const baseURL = (): string | undefined => globalThis.location?.href;

/** No Worker tells that it was terminated: see watch. */
export const tellsItsEnd = false;

export const spawn: Spawn = (url, on) => {
  const script = sameOrigin(url);
  const worker = new Worker(script);
  worker.onmessage = (event) => on.report(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    on.ended(event.message || `${url} could not be loaded`);
  };
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(script); // does nothing for other URLs
    },
  };
};

/** A page may not start a Worker of another origin, but a Worker of its own may load that script. */
function sameOrigin(url: string): string {
  if (!/^https?:/.test(url) || new URL(url).origin === globalThis.location?.origin) return url;
  const script = new Blob([`importScripts(${JSON.stringify(url)})`], { type: "text/javascript" });
  return URL.createObjectURL(script);
}
