/** What the page sends its Worker first, with the client's port. */
export interface Init {
  port: MessagePort;
  /** The URL of kafka.wasm. */
  wasm: string;
  /** The name of the lock that the Worker holds while it lives; null where there are no locks. */
  lock: string | null;
}

/** What the Worker itself says, beside what goes over the port. */
export type Report =
  | { state: "locked" }
  /** kafka.wasm runs. */
  | { state: "running" }
  /** kafka.wasm could not be loaded. */
  | { state: "not loaded"; reason: string }
  /** The program has ended, by a panic or a trap. */
  | { state: "crashed"; reason: string }
  /** The answer to a beat of the page. */
  | { state: "alive" };

/** What the page says to the Worker later on. */
export type Beat = "beat";
