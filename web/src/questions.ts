import { textOf } from "./errors.js";
import type { Value } from "./value.js";

/**
 * A function of the page that the Worker may ask. It may throw, reject, or never settle: then signal is aborted
 * some time, and its answer isn't wanted.
 */
export type Callback = (argument: Value, signal: AbortSignal) => unknown;
export type Callbacks = Record<string, Callback>;

/** How many errors of callbacks are kept until the Worker's error that they cause has come. */
const maxThrown = 64;

/** Tells a callback something. It has no caller that could get its error. */
export async function told(name: string, callback: () => unknown): Promise<void> {
  try {
    await callback();
  } catch (error) {
    console.error(`kafkaio: ${name} failed:`, error);
  }
}

/** Questions that the Worker asks callbacks. */
export class Questions {
  #open = new Map<number, AbortController>();
  #thrown = new Map<number, unknown>();
  #answer: (message: object) => void;

  constructor(answer: (message: object) => void) {
    this.#answer = answer;
  }

  async ask(id: number, callback: Callback | undefined, argument: Value): Promise<void> {
    const control = new AbortController();
    this.#open.set(id, control);
    let message: object;
    try {
      if (!callback) throw new Error("there is no such callback");
      const value: unknown = await callback(argument, control.signal);
      JSON.stringify(value); // what has no JSON is the callback's failure
      message = { answer: id, value };
    } catch (error) {
      if (this.#open.has(id)) this.#keep(id, error);
      message = { answer: id, failed: textOf(error) };
    }
    if (this.#open.delete(id)) this.#answer(message);
  }

  retract(id: number): void {
    const control = this.#open.get(id);
    this.#open.delete(id);
    control?.abort();
  }

  /** Ends all, because nobody will read an answer. */
  end(): void {
    for (const id of [...this.#open.keys()]) this.retract(id);
  }

  /** What the callback threw that was asked a question. */
  thrown(id: number): unknown {
    return this.#thrown.get(id);
  }

  #keep(id: number, error: unknown): void {
    this.#thrown.set(id, error);
    if (this.#thrown.size > maxThrown) this.#thrown.delete(this.#thrown.keys().next().value!);
  }
}
