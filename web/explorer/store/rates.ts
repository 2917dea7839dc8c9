/** How long samples count, in milliseconds. */
const span = 20_000;

interface Sample {
  at: number;
  end: bigint;
}

/** How fast the ends of topics grow: offsets a second over the last 20 s, of what was sampled. */
export class Rates {
  #samples = new Map<string, Sample[]>();

  /** Notes the sum of a topic's ends at a time, in milliseconds. */
  add(topic: string, end: bigint, at: number): void {
    const last = this.#samples.get(topic)?.at(-1);
    const kept = last && end < last.end ? [] : (this.#samples.get(topic) ?? []); // smaller: the topic was made again
    this.#samples.set(topic, [...kept.filter((s) => at - s.at <= span), { at, end }]);
  }

  /** What came within how many milliseconds; undefined if the last 20 s don't have two samples. */
  of(topic: string, now: number): { offsets: bigint; ms: number } | undefined {
    const samples = this.#samples.get(topic)?.filter((s) => now - s.at <= span);
    const [first, last] = [samples?.[0], samples?.at(-1)];
    if (!first || !last || last.at - first.at < 500) return undefined;
    return { offsets: last.end - first.end, ms: last.at - first.at };
  }

  drop(topic: string): void {
    this.#samples.delete(topic);
  }

  /** Forgets the topics that are not among these. */
  keep(topics: Set<string>): void {
    for (const topic of this.#samples.keys()) if (!topics.has(topic)) this.#samples.delete(topic);
  }
}
