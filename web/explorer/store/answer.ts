import type { Changes } from "./changes.js";

/** How long an answer may take until that is told, in milliseconds. */
const longest = 3000;

/** There is no answer yet. The question stands. */
export class NoAnswerYet extends Error {}

/** The last answer to a question that is asked again and again. A failure keeps the answer from before. */
export class Answer<T> {
  value: T | undefined;
  /** Why the last question failed, or that there is no answer yet; undefined if all is well. */
  error: unknown;
  asking = false;
  #turn = 0;

  constructor(
    readonly changes: Changes,
    private patience = longest,
  ) {}

  /** Asks, unless a question is under way. */
  async ask(question: () => Promise<T>): Promise<void> {
    if (this.asking) return;
    const turn = ++this.#turn;
    this.asking = true;
    this.changes.emit();
    const late = setTimeout(() => {
      if (turn !== this.#turn) return;
      this.error ??= new NoAnswerYet();
      this.changes.emit();
    }, this.patience);
    let value: T | undefined;
    let error: unknown;
    try {
      value = await question();
    } catch (e) {
      error = e ?? new Error("no reason was given");
    }
    clearTimeout(late);
    if (turn !== this.#turn) return;
    this.asking = false;
    this.error = error;
    if (error === undefined) this.value = value;
    this.changes.emit();
  }

  /** Drops the answer that is under way. */
  drop(): void {
    this.#turn++;
    this.asking = false;
  }

  /** Drops the answer, and the one that is under way. */
  forget(): void {
    this.drop();
    this.value = this.error = undefined;
    this.changes.emit();
  }
}
