import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Changes } from "../store/changes.js";

/** Renders its host again whenever one of the stores that it names has changed. */
export class Watch implements ReactiveController {
  #watched: readonly (Changes | undefined)[] = [];
  #ends: (() => void)[] = [];

  /** watched is asked after each update of the host, since a property may bring another store. */
  constructor(
    private host: ReactiveControllerHost,
    private watched: () => readonly (Changes | undefined)[],
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#follow();
  }

  hostUpdated(): void {
    this.#follow();
  }

  hostDisconnected(): void {
    for (const end of this.#ends) end();
    this.#ends = this.#watched = [] as never[];
  }

  #follow(): void {
    const watched = this.watched();
    if (watched.length === this.#watched.length && watched.every((c, i) => c === this.#watched[i])) return;
    for (const end of this.#ends) end();
    this.#ends = watched.flatMap((c) => (c ? [c.subscribe(() => this.host.requestUpdate())] : []));
    if (this.#watched.length > 0) this.host.requestUpdate();
    this.#watched = watched;
  }
}
