import { Changes } from "./changes.js";

/** What of localStorage is used. */
export type Keeper = Pick<Storage, "getItem" | "setItem">;

const key = "kafkaio.explorer";

/** What the user has chosen. It stays in this browser. Where that keeps nothing, it lasts as long as the tab. */
export class Preferences {
  readonly changes = new Changes();
  #values: Record<string, unknown> = {};

  constructor(private keeper: Keeper | undefined) {
    this.read();
  }

  get<T>(name: string, otherwise: T): T {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] as T) : otherwise;
  }

  /** Keeps a value that JSON can hold. undefined drops it. */
  set(name: string, value: unknown): void {
    this.read(); // another tab may have written
    if (value === undefined) delete this.#values[name];
    else this.#values[name] = value;
    try {
      this.keeper?.setItem(key, JSON.stringify(this.#values));
    } catch {
      // It is full or forbidden.
    }
    this.changes.emit();
  }

  /** Reads what another tab may have written. */
  read(): void {
    try {
      const kept: unknown = JSON.parse(this.keeper?.getItem(key) ?? "null");
      if (kept !== null && typeof kept === "object" && !Array.isArray(kept)) this.#values = kept as Record<string, unknown>;
    } catch {
      // It isn't ours, or forbidden.
    }
    this.changes.emit();
  }
}
