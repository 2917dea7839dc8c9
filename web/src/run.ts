import "wasm_exec";
import { build, isOfThisBuild } from "./build.js";
import { textOf } from "./errors.js";
import type { FromPage, FromWorker, Init, Request } from "./init.js";

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
  kafkaioPort?: Port;
};

/** How much of the program's last words is kept, in characters. */
const maxWords = 8192;

/** Posts to the page. */
export type Post = (message: FromWorker, transfer?: Transferable[]) => void;

type Load = (url: string) => Promise<WebAssembly.Module>;

/** Returns what takes the page's messages in this Worker. load compiles what is at a URL. */
export function serve(post: Post, load: Load): (message: FromPage) => void {
  const port = new Port(post);
  return (message) => {
    if (message === "beat") post({ state: "alive" }); // the Worker lives, whatever the program does
    else if (Array.isArray(message)) port.take(message);
    else void run(message, port, post, load);
  };
}

/** The program's way to the page. What comes before the program listens waits for it. */
class Port {
  #waiting: Request[] = [];
  #listener: ((message: Request) => void) | undefined;
  #post: Post;

  constructor(post: Post) {
    this.#post = post;
  }

  take(message: Request): void {
    if (this.#listener) this.#listener(message);
    else this.#waiting.push(message);
  }

  /** Called by the program, once. */
  listen(listener: (message: Request) => void): void {
    this.#listener = listener;
    for (const message of this.#waiting.splice(0)) listener(message);
  }

  /** Called by the program. */
  post(bytes: ArrayBuffer): void {
    this.#post(bytes, [bytes]);
  }
}

/** Runs kafka.wasm in this Worker. */
async function run(init: Init, port: Port, report: Post, load: Load): Promise<void> {
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
  scope.kafkaioPort = port;
  report({ state: "running", module }); // before anything that the program posts
  await go.run(instance);
  report({ state: "crashed", reason: words() });
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
