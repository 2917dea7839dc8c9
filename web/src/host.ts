import { spawn, tellsItsEnd } from "#platform";
import { build } from "./build.js";
import type { Port } from "./calls.js";
import { KafkaError, textOf } from "./errors.js";
import type { FromWorker, Report, Request } from "./init.js";
import { lockName, watchBeats, watchLock } from "./life.js";
import { shown } from "./options.js";
import type { Spawn, Spawned } from "./platform.js";

/** What Workers of this page have compiled, by URL. */
const modules = new Map<string, WebAssembly.Module>();

/** The Worker of one client, of which it sees the end. */
export class Host implements Port {
  onmessage = (_: ArrayBuffer) => {};
  #worker: Spawned;
  #script: string;
  #wasm: string;
  #lock: string | null;
  #running = false;
  #stop: (() => void) | undefined = undefined;
  #answered = () => {};
  #failed: ((error: (writes: boolean) => KafkaError) => void) | undefined;

  /**
   * Starts a Worker. failed is called once, unless end was called before; its argument makes the errors of calls,
   * which may have been writes.
   */
  constructor(worker: string, wasm: string, failed: (error: (writes: boolean) => KafkaError) => void) {
    this.#failed = failed;
    this.#wasm = wasm;
    this.#script = worker;
    this.#worker = started(worker, {
      message: (m) => this.#receive(m),
      ended: (reason) => this.#ended(reason),
    });
    this.#lock = tellsItsEnd ? null : lockName();
    this.#worker.post({ build, wasm: modules.get(wasm) ?? wasm, lock: this.#lock });
    if (!tellsItsEnd) this.#watchBeats(); // until the Worker has its lock, which it may never get
  }

  post(message: Request, transfer: ArrayBuffer[]): void {
    this.#worker.post(message, transfer);
  }

  /** Ends the Worker. */
  end(): void {
    this.#failed = undefined;
    this.#stop?.();
    this.#worker.terminate();
  }

  #receive(message: FromWorker): void {
    if (!this.#failed) return;
    if ("state" in message) this.#report(message);
    else this.onmessage(message);
  }

  #report(r: Report): void {
    switch (r.state) {
      case "locked":
        this.#stop?.();
        this.#stop = watchLock(this.#lock!, () => this.crash("it was terminated"));
        return;
      case "running":
        this.#running = true;
        modules.set(this.#wasm, r.module);
        return;
      case "of another build":
        return this.#notLoaded(
          `${shown(r.file === "wasm" ? this.#wasm : this.#script)} is not of the same build as kafkaio.js, which is of ${build}: ` +
            "serve all files of one version of the package; a copy may be old, and so may what a cache has",
        );
      case "not loaded":
        return this.#notLoaded(`kafka.wasm could not be loaded from ${shown(this.#wasm)}: ${r.reason}`);
      case "crashed":
        return this.crash(r.reason);
      case "alive":
        return this.#answered();
    }
  }

  #watchBeats(): void {
    const beats = watchBeats(this.#worker, () => this.#ended("it doesn't answer"));
    this.#stop = beats.stop;
    this.#answered = beats.answered;
  }

  /** Ends the Worker because of what it did. */
  crash(reason: string): void {
    this.#fail("ERR_CRASHED", `the client's Worker ended: ${reason}`);
  }

  #ended(reason: string): void {
    if (this.#running) this.crash(reason);
    else this.#notLoaded(`the Worker could not be loaded from ${shown(this.#script)}: ${reason}`);
  }

  #notLoaded(message: string): void {
    this.#fail("ERR_NOT_LOADED", message);
  }

  #fail(code: string, message: string): void {
    const failed = this.#failed;
    if (!failed) return;
    this.end();
    failed((writes) => new KafkaError({ code, message, outcomeUnknown: writes }));
  }
}

/** Starts a Worker, which may be forbidden: by a Content-Security-Policy, say. */
const started: Spawn = (url, on) => {
  try {
    return spawn(url, on);
  } catch (cause) {
    throw new KafkaError({ code: "ERR_NOT_LOADED", message: `the Worker could not be started: ${textOf(cause)}`, cause });
  }
};
