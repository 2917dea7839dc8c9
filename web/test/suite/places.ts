import type { Brokers } from "./harness.js";

/** Whether there is Apache Kafka. Both are empty: there is. */
interface Started {
  missing: string;
  failed: string;
}

/** Finds the brokers that tests want. Apache Kafka is started for the first test that may run on it. */
export class Places {
  #origin: string;
  #apache: Promise<Started> | undefined;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** The origin for a test that runs on these brokers, or what is missing for them. It rejects if they don't start. */
  async find(on: Brokers): Promise<string | { missing: string }> {
    if (on === "kfake") return this.#origin;
    if (on === "synthetic") return `${this.#origin}/synthetic`;
    this.#apache ??= fetch(`${this.#origin}/stack/apache`, { method: "POST" }).then(async (r) => (await r.json()) as Started);
    const { missing, failed } = await this.#apache;
    if (!missing && !failed) return `${this.#origin}/apache`;
    if (on === "either") return this.#origin;
    if (failed) throw new Error(failed);
    return { missing };
  }
}
