import type { Preferences } from "./preferences.js";

/** The pinned topics of a cluster. */
export class Pins {
  constructor(
    private preferences: Preferences,
    private clusterId: string,
  ) {}

  get #key(): string {
    return `pins ${this.clusterId}`;
  }

  get all(): readonly string[] {
    const kept = this.preferences.get<unknown>(this.#key, []);
    return Array.isArray(kept) ? kept.filter((name) => typeof name === "string") : [];
  }

  has(topic: string): boolean {
    return this.all.includes(topic);
  }

  toggle(topic: string): void {
    const others = this.all.filter((name) => name !== topic);
    const pins = this.has(topic) ? others : [...others, topic];
    this.preferences.set(this.#key, pins.length > 0 ? pins : undefined);
  }
}
