import type { World } from "./harness.js";

/** What a record of a test has. */
export interface Written {
  partition?: number;
  key?: string;
  value?: string | null;
  /** How often the value is repeated. Default: once. */
  times?: number;
  headers?: [string, string][];
  timestamp?: number;
}

let made = 0;

/** A topic of a test's own. */
export class Topic {
  readonly name: string;
  #origin: string;

  constructor(w: World, name = `topic.${Date.now()}.${++made}`) {
    this.name = name;
    this.#origin = w.origin;
  }

  make(partitions = 1, configs: Record<string, string> = {}): Promise<void> {
    return this.#ask("topics", { name: this.name, partitions, configs });
  }

  /** A transaction that is left stays open. */
  write(records: Written[], transaction?: "commit" | "abort" | "leave", compression?: "none" | "gzip" | "snappy" | "lz4" | "zstd"): Promise<void> {
    return this.#ask("records", { topic: this.name, transaction, compression, records });
  }

  /** Deletes the records of partition 0 before an offset. */
  deleteBefore(before: number): Promise<void> {
    return this.#ask("deletions", { topic: this.name, before });
  }

  async #ask(what: string, body: object): Promise<void> {
    const answer = await fetch(`${this.#origin}/stack/${what}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${what}: ${await answer.text()}`);
  }
}

/** A topic with a record for each value. */
export async function topicOf(w: World, ...values: string[]): Promise<Topic> {
  const topic = new Topic(w);
  await topic.make();
  await topic.write(values.map((value) => ({ value })));
  return topic;
}
