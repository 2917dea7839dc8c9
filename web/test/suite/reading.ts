import type { Consumer, KafkaError, KafkaRecord } from "kafkaio";
import { equal } from "./harness.js";

/** Reads a topic, and notes what is reported. */
export class Reading {
  readonly reports: { error: KafkaError; at: number }[] = [];
  #records: AsyncIterator<KafkaRecord, undefined>;
  #reported = () => {};

  constructor(consume: (onRetry: (error: KafkaError) => void) => Consumer) {
    this.#records = consume((error) => {
      this.reports.push({ error, at: performance.now() });
      this.#reported();
    }).records();
  }

  /** The text of the next record; undefined after the end. */
  async next(): Promise<string | null | undefined> {
    return (await this.#records.next()).value?.text();
  }

  /** Waits for a report, and returns its error. It must come in time; a little is for a busy machine. */
  async report(): Promise<KafkaError> {
    const began = performance.now();
    const before = this.reports.length;
    while (this.reports.length === before) await new Promise<void>((resolve) => (this.#reported = resolve));
    const { error, at } = this.reports[before]!;
    equal(at - began < 4500, true, `"${error.message}" came after ${at - began} ms, and in time`);
    return error;
  }

  end(): Promise<unknown> {
    return this.#records.return!();
  }
}
