import type { ReactiveController, ReactiveControllerHost } from "lit";

/** What a form has asked for last. The form is rendered again when that changes. */
export class Attempt implements ReactiveController {
  busy = false;
  error: unknown;
  #turn = 0;

  constructor(private host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.forget();
  }

  /** Is to be called once the form is closed, or another one: what comes of work that is under way isn't taken. */
  forget(): void {
    this.#turn++;
    this.#set(false, undefined);
  }

  /** Does some work, and has what comes of it taken. */
  async make<T>(work: () => Promise<T>, take: (result: T) => void): Promise<void> {
    const turn = ++this.#turn;
    this.#set(true, undefined);
    try {
      const result = await work();
      if (turn !== this.#turn) return;
      this.#set(false, undefined);
      take(result);
    } catch (error) {
      if (turn === this.#turn) this.#set(false, error);
    }
  }

  #set(busy: boolean, error: unknown): void {
    [this.busy, this.error] = [busy, error];
    this.host.requestUpdate();
  }
}
