import type { FromPage, FromWorker } from "./init.js";

/** A Worker. */
export interface Spawned {
  post(message: FromPage, transfer?: Transferable[]): void;
  terminate(): void;
}

/** Starts a Worker. ended may be called several times, and after terminate. */
export type Spawn = (url: string, on: { message(m: FromWorker): void; ended(reason: string): void }) => Spawned;
