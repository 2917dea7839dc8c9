import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Does something when its host appears, and then again and again while the tab is visible. */
export class Refresh implements ReactiveController {
  #timer: ReturnType<typeof setInterval> | undefined;

  /** every is in milliseconds. rest is done when the tab is hidden. */
  constructor(
    host: ReactiveControllerHost,
    private every: number,
    private work: () => void,
    private rest: () => void = () => {},
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    queueMicrotask(this.#run); // once the host has its properties
    this.#timer = setInterval(this.#run, this.every);
    document.addEventListener("visibilitychange", this.#run);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#run);
  }

  #run = (): void => {
    if (document.hidden) this.rest();
    else this.work();
  };
}
