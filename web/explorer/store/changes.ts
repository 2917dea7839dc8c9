/** Tells subscribers that a store has changed: once for all the changes of a microtask. */
export class Changes {
  #subscribers = new Set<() => void>();
  #due = false;

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
}
