/** How often subscribers are told of changes that come in numbers, in milliseconds. */
const every = 100;

/** Tells subscribers that a store has changed: once for all the changes of a microtask. */
export class Changes {
  #subscribers = new Set<() => void>();
  #due = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueLater = false;

  /** Calls f after each change, until the function that it returns is called. */
  subscribe(f: () => void): () => void {
    const own = () => f(); // so that the same f may subscribe twice
    this.#subscribers.add(own);
    return () => void this.#subscribers.delete(own);
  }

  emit(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      for (const f of [...this.#subscribers]) f();
    });
  }

  /** Tells them of one of many changes: at once, or a little later if they were told of one just now. */
  emitSometimes(): void {
    this.#dueLater = true;
    if (this.#timer === undefined) this.#tell();
  }

  #tell = (): void => {
    this.#timer = undefined;
    if (!this.#dueLater) return;
    this.#dueLater = false;
    this.#timer = setTimeout(this.#tell, every);
    this.emit();
  };
}
