/** What the page sends its Worker first. */
export interface Init {
  /** The build of the page's kafkaio.js. */
  build: string;
  /** kafka.wasm: its URL, or the module that another Worker has compiled of it. */
  wasm: string | WebAssembly.Module;
  /** The name of the lock that the Worker holds while it lives; null where there are no locks. */
  lock: string | null;
}

/** What the Worker itself says. */
export type Report =
  | { state: "locked" }
  /** kafka.wasm runs. Compiling it takes longer than anything else, so later Workers get the module. */
  | { state: "running"; module: WebAssembly.Module }
  /** A file is of another build than the page's kafkaio.js. Releases keep this report as it is. */
  | { state: "of another build"; file: "worker" | "wasm" }
  /** kafka.wasm could not be loaded. */
  | { state: "not loaded"; reason: string }
  /** The program has ended, by a panic or a trap. */
  | { state: "crashed"; reason: string }
  /** The answer to a beat of the page, which sends them until the Worker is locked. */
  | { state: "alive" };

/** What the page says to the Worker itself later on. */
export type Beat = "beat";

/** What the page sends to the program: see web/wasm/internal/port/PROTOCOL.md. */
export type Request = [text: string, bytes?: Uint8Array];

export type FromPage = Init | Beat | Request;

/** An ArrayBuffer is the program's. */
export type FromWorker = Report | ArrayBuffer;
