import type { Frame } from "kafkaio";

/** How many seconds statistics go back. */
export const statisticsSeconds = 120;

/** How many latencies of a second are kept. Of more, it is a random choice; count and max are of all. */
const maxSample = 256;

/** What passed within a second. */
export interface Second {
  requests: number;
  responses: number;
  sent: bigint;
  received: bigint;
  /** Latencies of responses in milliseconds, at most 256 of them. */
  sample: number[];
  latencies: number;
  max: number;
}

/** Quantiles of latencies in milliseconds. isSample: they are those of a random choice. */
export interface Quantiles {
  p50: number;
  p95: number;
  max: number;
  count: number;
  isSample: boolean;
}

/** What passed in all, and second by second. */
export class Series {
  requests = 0;
  responses = 0;
  sent = 0n;
  received = 0n;
  #seconds = new Map<number, Second>(); // by seconds since 1970

  add(frame: Frame, second: number): void {
    const s = this.#second(second);
    const bytes = BigInt(frame.size);
    if (frame.direction === "request") {
      this.requests++, s.requests++;
      (this.sent += bytes), (s.sent += bytes);
      return;
    }
    this.responses++, s.responses++;
    (this.received += bytes), (s.received += bytes);
    if (frame.latency === undefined) return;
    s.latencies++;
    s.max = Math.max(s.max, frame.latency);
    if (s.sample.length < maxSample) s.sample.push(frame.latency);
    else {
      const at = Math.floor(Math.random() * s.latencies);
      if (at < maxSample) s.sample[at] = frame.latency;
    }
  }

  /** undefined: nothing passed. */
  at(second: number): Second | undefined {
    return this.#seconds.get(second);
  }

  /** Quantiles of the seconds from first to last; undefined without any response in them. */
  quantiles(first: number, last: number): Quantiles | undefined {
    const seconds: Second[] = [];
    for (const [at, s] of this.#seconds) if (at >= first && at <= last && s.latencies > 0) seconds.push(s);
    return quantilesOf(seconds);
  }

  #second(second: number): Second {
    let s = this.#seconds.get(second);
    if (s) return s;
    this.#seconds.set(second, (s = { requests: 0, responses: 0, sent: 0n, received: 0n, sample: [], latencies: 0, max: 0 }));
    if (this.#seconds.size > statisticsSeconds) for (const at of this.#seconds.keys()) if (at <= second - statisticsSeconds) this.#seconds.delete(at);
    return s;
  }
}

/** Quantiles by nearest rank. Each second weighs as much as it had latencies, though its sample has fewer. */
export function quantilesOf(seconds: readonly Second[]): Quantiles | undefined {
  const all: { latency: number; weight: number }[] = [];
  let [count, max, isSample] = [0, 0, false];
  for (const s of seconds) {
    const weight = s.latencies / s.sample.length;
    for (const latency of s.sample) all.push({ latency, weight });
    count += s.latencies;
    max = Math.max(max, s.max);
    isSample ||= s.latencies > s.sample.length;
  }
  if (all.length === 0) return undefined;
  all.sort((a, b) => a.latency - b.latency);
  const at = (part: number): number => {
    let left = part * count - 1e-9; // what division has rounded up
    for (const { latency, weight } of all) if ((left -= weight) <= 0) return latency;
    return max;
  };
  return { p50: at(0.5), p95: at(0.95), max, count, isSample };
}

/** Statistics of all frames, of those of each API, and of each broker. */
export class Statistics {
  readonly all = new Series();
  readonly apis = new Map<string, Series>();
  readonly brokers = new Map<string, Series>();
  /** The second of the newest frame, since 1970. */
  last = 0;

  add(frame: Frame): void {
    // A response counts when it came. at is when its first bytes did.
    const second = Math.floor(frame.at / 1000);
    this.last = Math.max(this.last, second);
    this.all.add(frame, second);
    seriesOf(this.apis, frame.api || "unknown").add(frame, second);
    seriesOf(this.brokers, frame.broker).add(frame, second);
  }
}

function seriesOf(all: Map<string, Series>, name: string): Series {
  let series = all.get(name);
  if (!series) all.set(name, (series = new Series()));
  return series;
}
