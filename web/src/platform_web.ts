import { faultOf, loadText } from "./load.js";
import type { Spawn } from "./platform.js";

/** Where the Worker and kafka.wasm are, beside this module. Bundlers know this spelling. */
export const workerURL = (): URL => new URL("kafkaio/worker.js", import.meta.url);
export const wasmURL = (): URL => new URL("kafkaio/kafka.wasm", import.meta.url);
export const rootsURL = (): URL => new URL("kafkaio/roots.pem", import.meta.url);

export const readText = loadText;

/** What relative URLs start from; undefined in a Worker that was made from a blob, say, and in Deno. */
export const baseURL = (): string | undefined => globalThis.location?.href;

/** No Worker tells that it was terminated: see watchLock and watchBeats. */
export const tellsItsEnd = false;

export const spawn: Spawn = (url, on) => {
  const violations = watchViolations();
  const script = sameOrigin(url);
  const release = () => {
    violations.stop();
    URL.revokeObjectURL(script); // does nothing for other URLs
  };
  let worker: Worker;
  try {
    worker = new Worker(script, { type: classic ? "classic" : "module" });
  } catch (error) {
    release();
    throw error;
  }
  let loaded = false;
  worker.onmessage = (event) => {
    if (!loaded) violations.stop();
    loaded = true;
    on.message(event.data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    if (loaded) return on.ended(event.message);
    void whyNotLoaded(url, event.message, violations).then(on.ended);
  };
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    terminate: () => {
      release();
      worker.terminate();
    },
  };
};

/** Whether there are classic Workers, and so importScripts. Deno has none, and no location by default. */
const classic = globalThis.location !== undefined;

/** A page may not start a Worker of another origin, but a Worker of its own may load that script. */
function sameOrigin(url: string): string {
  if (!classic || !/^https?:/.test(url) || new URL(url).origin === location.origin) return url;
  const script = new Blob([`importScripts(${JSON.stringify(url)})`], { type: "text/javascript" });
  return URL.createObjectURL(script);
}

interface Violations {
  seen: string | undefined;
  stop(): void;
}

/** Sees what a Content-Security-Policy forbids of Workers. */
function watchViolations(): Violations {
  const violations: Violations = { seen: undefined, stop: () => globalThis.removeEventListener?.("securitypolicyviolation", saw) };
  const saw = (event: SecurityPolicyViolationEvent) => {
    if (event.effectiveDirective === "worker-src") violations.seen = event.blockedURI;
  };
  globalThis.addEventListener?.("securitypolicyviolation", saw);
  return violations;
}

/** Browsers say little of why a Worker wasn't loaded. message is what they say, which may be empty. */
async function whyNotLoaded(url: string, message: string, violations: Violations): Promise<string> {
  const fault = await fetch(url).then(faultOf, () => null); // and meanwhile the violation is told
  if (violations.seen?.startsWith("blob")) {
    return "the page's Content-Security-Policy forbids Workers of blob: (worker-src), which a script of another origin needs; " +
      "serve worker.js from the page's own origin and name it with workerURL, or allow blob:";
  }
  if (violations.seen) return "the page's Content-Security-Policy forbids it (worker-src)";
  return fault ?? (message || "the browser does not say why");
}
