import type { Beat, Init, Report } from "./init.js";

/** A Worker. */
export interface Spawned {
  post(message: Init | Beat, transfer?: Transferable[]): void;
  terminate(): void;
}

/** Starts a Worker. ended may be called several times, and after terminate. */
export type Spawn = (url: string, on: { report(r: Report): void; ended(reason: string): void }) => Spawned;
