import type { Brokers } from "./harness.js";

/** Finds the brokers that tests want. Apache Kafka is started for the first test that may run on it. */
export class Places {
  #origin: string;
  #apache: Promise<string> | undefined;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** The origin for a test that runs on these brokers, or what is missing for them. */
  async find(on: Brokers): Promise<string | { missing: string }> {
    if (on === "kfake") return this.#origin;
    if (on === "synthetic") return `${this.#origin}/synthetic`;
    this.#apache ??= fetch(`${this.#origin}/stack/apache`, { method: "POST" }).then(async (r) => (await r.json()) as string);
    const missing = await this.#apache;
    if (!missing) return `${this.#origin}/apache`;
    return on === "either" ? this.#origin : { missing };
  }
}
