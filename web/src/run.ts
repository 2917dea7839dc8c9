import "wasm_exec";
import { build, isOfThisBuild } from "./build.js";
import { textOf } from "./errors.js";
import type { Beat, Init, Report } from "./init.js";

/** What of Go's wasm_exec.js is used. */
interface GoProgram {
  importObject: WebAssembly.Imports;
  exit: (code: number) => void;
  run(instance: WebAssembly.Instance): Promise<void>;
}

/** What wasm_exec.js puts into the Worker's scope, and what the program looks for there. */
const scope = globalThis as unknown as {
  Go: new () => GoProgram;
  fs: { writeSync(fd: number, bytes: Uint8Array): number };
  kafkaioPort?: MessagePort;
};

/** How much of the program's last words is kept, in characters. */
const maxWords = 8192;

/** Runs kafka.wasm in this Worker. load compiles what is at a URL. */
export async function run(init: Init, report: (r: Report) => void, load: (url: string) => Promise<WebAssembly.Module>): Promise<void> {
  if (init.build !== build) return report({ state: "of another build", file: "worker" });
  if (init.lock !== null) {
    const locked = navigator.locks.request(init.lock, () => {
      report({ state: "locked" });
      return new Promise(() => {}); // until the Worker ends
    });
    locked.catch(() => {}); // locks may be forbidden, as cookies may: then the page goes on with beats
  }
  const go = new scope.Go();
  let module: WebAssembly.Module;
  let instance: WebAssembly.Instance;
  try {
    module = typeof init.wasm === "string" ? await load(init.wasm) : init.wasm;
    if (!isOfThisBuild(module)) return report({ state: "of another build", file: "wasm" });
    instance = await WebAssembly.instantiate(module, go.importObject);
  } catch (error) {
    return report({ state: "not loaded", reason: textOf(error) });
  }
  const words = lastWords();
  go.exit = () => {};
  scope.kafkaioPort = init.port;
  const running = go.run(instance);
  report({ state: "running", module });
  await running;
  report({ state: "crashed", reason: words() });
}

/** Answers the page's beats: the Worker lives, whatever the program does. */
export function answerBeat(message: Init | Beat, report: (r: Report) => void): message is Beat {
  if (message !== "beat") return false;
  report({ state: "alive" });
  return true;
}

/** Writes the program's standard error to the console, and returns why the program ended. */
function lastWords(): () => string {
  const decoder = new TextDecoder();
  let text = "";
  scope.fs.writeSync = (_fd, bytes) => {
    const piece = decoder.decode(bytes, { stream: true });
    text = (text + piece).slice(-maxWords);
    if (piece.trim()) console.error(piece.trimEnd());
    return bytes.length;
  };
  return () => /^(panic|fatal error): .*$/m.exec(text)?.[0] ?? (text.trim().split("\n").at(-1) || "it exited");
}
