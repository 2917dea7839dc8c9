import { KafkaError, type Config, type Group, type GroupDetail, type Kafka, type TopicDetail } from "kafkaio";
import { Answer } from "./answer.js";
import { Changes } from "./changes.js";
import type { Session } from "./session.js";

/** Of how many groups the lag on this topic is asked. */
const mostDetailed = 100;

/** How many groups are asked at the same time. */
const atOnce = 4;

/** Of how many partitions the last record is read at once, and how long that may take in milliseconds. */
const [mostRead, patience] = [200, 5000];

/** The timestamps of a partition's first and last record, in milliseconds; -1: it isn't known. */
export interface Times {
  first: number;
  last: number;
}

/** A group that has to do with the topic. lag is that of this topic; undefined: it isn't known yet, null: not at all. */
export interface Reader {
  group: Group;
  members: number | undefined;
  lag: bigint | null | undefined;
  error: unknown;
  /** Whether it is among the first 100, which are asked. */
  isAsked: boolean;
}

/** One topic. A topic that was made again under this name is another one: see replaced. */
export class TopicStore {
  readonly changes = new Changes();
  readonly detail = new Answer<TopicDetail>(this.changes);
  readonly times = new Answer<Map<number, Times>>(this.changes);
  readonly readers = new Answer<Reader[]>(this.changes);
  readonly configs = new Answer<Config[]>(this.changes);
  /** How often the topic was made again since the page looks at it. */
  replaced = 0;
  #id = "";
  #measuring = false;
  #isLookedAt = (): boolean => true;

  constructor(
    private session: Session,
    readonly name: string,
  ) {}

  async load(): Promise<void> {
    const kafka = this.session.kafka;
    if (!kafka) return;
    await this.detail.ask(async () => {
      const detail = await kafka.admin.topic(this.name);
      if (this.#id !== "" && detail.id !== this.#id) {
        this.replaced++;
        this.times.forget(); // those of the one before; the page asks again
        if (this.configs.value) {
          this.configs.forget();
          void this.loadConfigs();
        }
      }
      this.#id = detail.id;
      return detail;
    });
  }

  /** Whether the cluster doesn't have this topic, or doesn't show it. */
  get isGone(): boolean {
    return KafkaError.is(this.detail.error, "UNKNOWN_TOPIC_OR_PARTITION");
  }

  /** Asks for the times of the first and last record of some partitions, of which the page shows as many as fit. */
  async loadTimes(shown: readonly number[]): Promise<void> {
    const kafka = this.session.kafka;
    const partitions = shown.slice(0, mostRead);
    if (!kafka || partitions.length === 0) return;
    await this.times.ask(async () => {
      const times = new Map(partitions.map((p) => [p, { first: -1, last: -1 }]));
      for (const f of await kafka.admin.offsets({ topic: this.name, partitions }, { timestamp: 0 })) {
        if (!("error" in f)) times.get(f.partition)!.first = f.timestamp;
      }
      // No question tells the last record's time, so it is read, but for its value.
      const signal = AbortSignal.timeout(patience);
      try {
        const read = { partitions: partitions.map((partition) => ({ topic: this.name, partition })), from: { last: 1 }, until: "end", valueLimit: 1, signal } as const;
        for await (const { partition, records } of kafka.consume(read)) for (const r of records) times.get(partition)!.last = r.timestamp;
      } catch (error) {
        if (!signal.aborted) throw error; // what came in time is shown
      }
      return new Map([...(this.times.value ?? []), ...times]);
    });
  }

  async loadConfigs(): Promise<void> {
    const kafka = this.session.kafka;
    if (kafka) await this.configs.ask(() => kafka.admin.configs({ topic: this.name }));
  }

  /**
   * Lists the groups that have to do with the topic, and asks each what it has still to read of it, as long as that is
   * looked at.
   */
  async loadReaders(isLookedAt = (): boolean => true): Promise<void> {
    const kafka = this.session.kafka;
    this.#isLookedAt = isLookedAt;
    if (!kafka || this.readers.asking) return;
    await this.readers.ask(async () => {
      const groups: Group[] = [];
      for await (const group of kafka.admin.groups({ topic: this.name })) groups.push(group);
      const before = new Map(this.readers.value?.map((r) => [r.group.id, r]));
      return groups.sort((a, b) => (a.id < b.id ? -1 : 1)).map((group, i) => {
        const isAsked = i < mostDetailed;
        const { members, lag, error } = (isAsked && before.get(group.id)) || {};
        return { group, members, lag, error: group.error ?? error, isAsked };
      });
    });
    if (this.#measuring) return;
    this.#measuring = true;
    try {
      await this.#measure(kafka);
    } finally {
      this.#measuring = false;
    }
  }

  /** Asks groups for their lag. The list may be another one when the answer comes. */
  async #measure(kafka: Kafka): Promise<void> {
    const waiting = (this.readers.value ?? []).filter((r) => r.isAsked).map((r) => r.group.id);
    const work = async (): Promise<void> => {
      while (this.#isLookedAt() && this.session.kafka === kafka) {
        const id = waiting.shift();
        if (id === undefined) return;
        const told = await kafka.admin.group(id).then((detail) => ({ ...lagOn(this.name, detail), error: undefined }), (error: unknown) => ({ lag: undefined, error }));
        Object.assign(this.readers.value?.find((r) => r.group.id === id) ?? {}, told);
        this.changes.emit();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }
}

/** What of a group is about a topic. lag is null if it isn't known of each partition, or nothing is committed. */
export function lagOn(topic: string, detail: GroupDetail): Pick<Reader, "members" | "lag"> {
  const members = detail.assignments.filter((a) => a.partitions.some((p) => p.topic === topic)).length;
  let lag: bigint | null | undefined;
  for (const o of detail.offsets) {
    if (o.topic !== topic || (o.committed === null && !o.error)) continue;
    lag = o.lag === null || lag === null ? null : (lag ?? 0n) + o.lag;
  }
  return { members, lag: lag ?? null };
}
