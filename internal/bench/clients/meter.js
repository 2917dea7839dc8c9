// The clients that are compared count what they consume with this, in Node and in a page.

/** Measures how fast records come. It begins after a tenth of them, when all that is read ahead is on its way. */
export class Meter {
  #count = 0;
  #next;
  #last;
  #began;
  /** Records per second, once all have come. */
  rate = 0;

  /** All are far more than one call of add counts. */
  constructor(all) {
    this.#next = all / 10;
    this.#last = all;
  }

  /** Counts records, and returns whether the last of all has come with them. */
  add(records) {
    this.#count += records;
    if (this.#count < this.#next) return false;
    const now = { count: this.#count, at: performance.now() };
    if (this.#began) {
      this.rate = ((now.count - this.#began.count) / (now.at - this.#began.at)) * 1000;
      this.#next = Infinity;
      return true;
    }
    this.#began = now;
    this.#next = this.#last;
    return false;
  }
}
