import type { GroupDetail, TopicPartition } from "kafkaio";

/** What was seen of a group at a time, in milliseconds; arrived and committed count offsets since the sample before. */
export interface LagSample {
  at: number;
  lag: bigint | null;
  arrived: bigint;
  committed: bigint;
}

/** How a partition went on since it was seen first. still says since when nothing was committed. Times in milliseconds. */
export interface Trend {
  since: number;
  arrived: bigint;
  committed: bigint;
  still: number;
}

/** The most samples: then pairs of them become one. */
const most = 600;

/** How a group's lag has changed since the page looks at it. */
export class LagHistory {
  samples: LagSample[] = [];
  #trends = new Map<string, Trend & { end: bigint; at: bigint }>();

  add({ lag, offsets }: Pick<GroupDetail, "lag" | "offsets">, now: number): void {
    const sample = { at: now, lag, arrived: 0n, committed: 0n };
    for (const { topic, partition, committed: at, end } of offsets) {
      if (at === null || end === null) continue;
      const key = `${topic}/${partition}`;
      const trend = this.#trends.get(key);
      if (!trend || end < trend.end || at < trend.at) { // the topic was made again, or the group was reset
        this.#trends.set(key, { since: now, arrived: 0n, committed: 0n, still: now, end, at });
        continue;
      }
      const [arrived, committed] = [end - trend.end, at - trend.at];
      sample.arrived += arrived;
      sample.committed += committed;
      trend.arrived += arrived;
      trend.committed += committed;
      if (committed > 0n) trend.still = now;
      [trend.end, trend.at] = [end, at];
    }
    this.samples = [...this.samples, sample];
    if (this.samples.length > most) this.samples = halved(this.samples);
  }

  of({ topic, partition }: TopicPartition): Trend | undefined {
    return this.#trends.get(`${topic}/${partition}`);
  }

  /** The offsets a second that came or were committed before each sample; null for the first. */
  rates(which: "arrived" | "committed"): (number | null)[] {
    return this.samples.map((s, i) => {
      const before = this.samples[i - 1];
      return before && s.at > before.at ? (Number(s[which]) * 1000) / (s.at - before.at) : null;
    });
  }
}

function halved(samples: readonly LagSample[]): LagSample[] {
  return samples.flatMap((s, i) => {
    const next = samples[i + 1];
    return i % 2 > 0 ? [] : next ? [{ ...next, arrived: s.arrived + next.arrived, committed: s.committed + next.committed }] : [s];
  });
}
