import type { Topic } from "kafkaio";
import { Answer } from "./answer.js";
import { Changes } from "./changes.js";
import { Rates } from "./rates.js";
import type { Session } from "./session.js";
import { searcher, sortRows, type Figures } from "./sorted.js";

/** How many topics are asked for their offsets at the same time. */
const atOnce = 6;

/** How many topics are asked for their offsets in one turn. */
const mostMeasured = 60;

/** What isn't well with a topic's partitions; the words are those of the URL. */
export type Problem = "offline" | "under-replicated" | "under-min-isr";

/** All topics; the offsets and rates of those that are looked at. */
export class TopicsStore {
  readonly changes = new Changes();
  readonly answer = new Answer<Topic[]>(this.changes);
  /** The offsets between start and end of all partitions, by topic. Offsets aren't records. */
  readonly offsets = new Map<string, bigint>();
  #rates = new Rates();
  #measuring = false;

  constructor(
    private session: Session,
    private now: () => number = Date.now,
  ) {}

  /** The names of those that aren't Kafka's own. */
  get names(): string[] {
    return (this.answer.value ?? []).filter((t) => !t.internal).map((t) => t.name);
  }

  async load(): Promise<void> {
    const kafka = this.session.kafka;
    if (!kafka) return;
    await this.answer.ask(() => kafka.admin.topics({ internal: true }));
    const names = new Set(this.answer.value?.map((t) => t.name));
    for (const name of this.offsets.keys()) if (!names.has(name)) this.offsets.delete(name);
    this.#rates.keep(names);
  }

  /** How fast a topic's ends grew over the last 20 s. */
  rateOf(name: string): ReturnType<Rates["of"]> {
    return this.#rates.of(name, this.now());
  }

  /** Asks for the offsets of topics, of which the page shows as many as fit. */
  async measure(names: readonly string[]): Promise<void> {
    const kafka = this.session.kafka;
    if (!kafka || this.#measuring) return;
    this.#measuring = true;
    const waiting = names.slice(0, mostMeasured);
    const work = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const detail = await kafka.admin.topic(name).catch(() => undefined); // the list says what is wrong with it
        if (!detail || detail.layout.some((p) => p.start === null || p.end === null)) {
          this.offsets.delete(name);
          this.#rates.drop(name);
        } else {
          const end = detail.layout.reduce((n, p) => n + p.end!, 0n);
          this.offsets.set(name, detail.layout.reduce((n, p) => n - p.start!, end));
          this.#rates.add(name, end, this.now());
        }
        this.changes.emit();
      }
    };
    try {
      await Promise.all(Array.from({ length: atOnce }, work));
    } finally {
      this.#measuring = false;
    }
  }

  async create(topic: { name: string; partitions?: number; replication?: number; configs?: Record<string, string> }): Promise<void> {
    await this.session.kafka!.admin.createTopic(topic);
    await this.load();
  }

  async delete(name: string): Promise<void> {
    await this.session.kafka!.admin.deleteTopic(name);
    await this.load();
  }
}

/** How many partitions of a topic have a problem. */
export function countOf(topic: Topic, problem: Problem): number {
  return { offline: topic.offline, "under-replicated": topic.underReplicated, "under-min-isr": topic.underMinIsr }[problem];
}

/** What of the topics is shown, and in which order. sort is a column's key, after a - if the largest come first. */
export interface View {
  q: string;
  sort: string;
  internal: boolean;
  problem: Problem | undefined;
  pinned: ReadonlySet<string>;
}

/** The topics that a view shows: pinned ones first. Topics of which a figure isn't known come last. */
export function shownTopics(store: TopicsStore, sizes: ReadonlyMap<string, bigint> | undefined, view: View): Topic[] {
  const fits = searcher(view.q);
  const shown = (store.answer.value ?? []).filter((t) => (view.internal || !t.internal) && fits(t.name) && (!view.problem || countOf(t, view.problem) > 0));
  const figures: Figures<Topic> = {
    partitions: (t) => t.partitions,
    replication: (t) => t.replication,
    offsets: (t) => store.offsets.get(t.name),
    size: (t) => sizes?.get(t.name),
    rate: (t) => {
      const rate = store.rateOf(t.name);
      return rate && Number(rate.offsets) / rate.ms;
    },
    problems: (t) => t.offline * 1e6 + t.underMinIsr * 1e3 + t.underReplicated,
  };
  return sortRows(shown, view.sort, figures, (t) => t.name).sort((a, b) => Number(view.pinned.has(b.name)) - Number(view.pinned.has(a.name)));
}
