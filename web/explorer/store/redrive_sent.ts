import type { Sendable } from "./redrive_delivery.js";

/** Which records were sent, or may have been: of each partition from the first to the last one. */
export class RedriveSent {
  #spans = new Map<string, { first: bigint; last: bigint }>();

  /** source says which topic the record is of: one that is made again is another one. */
  add(source: string, { record: { partition, offset }, to }: Sendable): void {
    const key = `${source}/${partition}/${to}`;
    const { first, last } = this.#spans.get(key) ?? { first: offset, last: offset };
    this.#spans.set(key, { first: offset < first ? offset : first, last: offset > last ? offset : last });
  }

  has(source: string, { record: { partition, offset }, to }: Sendable): boolean {
    const span = this.#spans.get(`${source}/${partition}/${to}`);
    return span !== undefined && offset >= span.first && offset <= span.last;
  }
}
