import type { Spawned } from "./platform.js";

/** The interval of beats, and how many in a row may stay without an answer. */
const beatInterval = 5000;
const maxUnanswered = 3;

/** The name of a lock for a Worker to hold; null where there are none: on pages that aren't secure. */
export function lockName(): string | null {
  return globalThis.navigator?.locks ? `kafkaio-${crypto.randomUUID()}` : null;
}

/** Waits for the end of a Worker by waiting for the lock that it holds. Returns what ends the waiting. */
export function watchLock(name: string, died: () => void): () => void {
  const control = new AbortController();
  navigator.locks.request(name, { signal: control.signal }, () => died()).catch(() => {}); // the wait has ended
  return () => control.abort();
}

/**
 * Finds out that a Worker has ended, or has never begun, within 20 s, by beats that it answers. A beat without an answer counts when
 * the page sends the next: a page that sleeps sends none. Returns what ends the beats, and what to call with
 * each answer.
 */
export function watchBeats(worker: Spawned, died: () => void): { stop(): void; answered(): void } {
  let unanswered = 0;
  const timer = setInterval(() => {
    if (unanswered === maxUnanswered) {
      clearInterval(timer);
      died();
      return;
    }
    unanswered++;
    worker.post("beat");
  }, beatInterval);
  return { stop: () => clearInterval(timer), answered: () => (unanswered = 0) };
}
