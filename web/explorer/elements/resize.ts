import type { LitElement, ReactiveController } from "lit";

/** Does something when its host has got a size, and then whenever that changes. */
export class Resize implements ReactiveController {
  #observer: ResizeObserver;

  constructor(
    private host: LitElement,
    work: () => void,
  ) {
    this.#observer = new ResizeObserver(work);
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer.observe(this.host);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }
}
