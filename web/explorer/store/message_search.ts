import type { Batch, Kafka, KafkaError, Position, Progress } from "kafkaio";
import { matches, workerFilter } from "./message_filter.js";
import { MessageNewest, type Newest } from "./message_newest.js";
import { beginOf, Plan, type Stretch } from "./message_plan.js";
import { isFiltered, positionOf, type Query } from "./message_query.js";
import { MessageRing } from "./message_ring.js";
import { rowsAsTheyCame, rowsByTime, type Row } from "./message_rows.js";
import { scan } from "./message_scan.js";
import type { Tally } from "./message_tally.js";

/** The most records that are shown, and the bytes of all of them; a page may have one batch more. */
const [mostShown, mostBytes] = [2000, 16 << 20];

/** How many offsets a search for the newest looks at first, if there is a filter. */
const firstSearch = 1000n;

/** Who is told of a search. */
export interface Searching {
  /** Records or figures came. */
  news(): void;
  retrying(error: KafkaError): void;
  /** Records of a partition came, or what is in place of them. */
  came(partition: number): void;
  /** A partition's offsets began anew. */
  wentBack(partition: number, from: bigint, to: bigint): void;
}

/**
 * Searches a topic for what a query asks for. It ends at the end that there was, or back at the beginning; or, which
 * is "enough", when the page is full or has as many as were asked for.
 */
export class MessageSearch {
  /** Of each partition: where it is, and what it has still to read. */
  partitions: Progress["partitions"] = [];
  #found: MessageRing | MessageNewest;
  #plan: Plan;
  #stretches: Stretch[] = []; // that the plan is of; none: it is of positions
  #isLive: boolean;
  #rows: Row[] | undefined;

  /** from is where it begins, unless it searches for the newest that a filter takes. */
  constructor(
    private topic: string,
    private query: Query,
    private tally: Tally,
    private on: Searching,
    from: Position = positionOf(query.where),
  ) {
    const { where, partitions } = query;
    const goesBack = where.at === "newest" && isFiltered(query);
    this.#isLive = where.at === "live";
    this.#found = where.at === "newest" ? new MessageNewest(where.n, goesBack ? firstSearch : BigInt(where.n), mostShown, mostBytes) : this.#page();
    this.#plan = new Plan(topic, goesBack ? "latest" : from, partitions, this.#isLive);
  }

  /** Of a live page the oldest go; another one takes nothing more when it is full. */
  #page(): MessageRing {
    return this.#isLive ? new MessageRing(mostShown, mostBytes) : new MessageRing(Infinity, Infinity);
  }

  begin(kafka: Kafka, signal: AbortSignal): Promise<"end" | "enough"> {
    return this.#read(kafka, signal, this.#plan.begin);
  }

  /** Goes on, in a topic of these partitions, with what was left; with the next page, or further back, if that ended. */
  async goOn(kafka: Kafka, signal: AbortSignal, before: string | undefined, all: readonly number[]): Promise<"end" | "enough"> {
    if (this.#found instanceof MessageNewest) {
      if (before === "enough") this.#found.wantMore();
      if (before === "enough" || before === "end") return this.#readOlder(kafka, signal, this.#found);
    } else if (before === "enough") this.#found = this.#page();
    if (before === "end") this.#plan.extend();
    const rest = this.#plan.rest(all);
    return rest ? this.#read(kafka, signal, rest) : "end";
  }

  /** How far it is behind the end of all partitions, in offsets. */
  get lag(): bigint {
    return this.partitions.reduce((lag, p) => {
      const behind = p.end - (this.#plan.next(p.partition) ?? p.position);
      return behind > 0n ? lag + behind : lag;
    }, 0n);
  }

  /** What was found: live messages as they came, others by their time. It is another array after each change of it. */
  get rows(): readonly Row[] {
    return (this.#rows ??= this.#isLive ? rowsAsTheyCame(this.#found.list(), this.dropped) : rowsByTime(this.#found.list()));
  }

  /** How many were found, if the newest are searched for. */
  get newest(): Newest | undefined {
    return this.#found instanceof MessageNewest ? this.#found : undefined;
  }

  /** How many records were found and have no room. */
  get dropped(): number {
    return this.#found.dropped;
  }

  async #read(kafka: Kafka, signal: AbortSignal, what: Plan["begin"]): Promise<"end" | "enough"> {
    if (!(await this.#scan(kafka, signal, what))) return "enough";
    if (!(this.#found instanceof MessageNewest)) return "end";
    this.#found.end(this.#stretches, this.partitions);
    return isFiltered(this.query) ? this.#readOlder(kafka, signal, this.#found) : this.#found.hasOlder ? "enough" : "end";
  }

  /** Goes back until as many are found as are wanted, or the beginning is reached. */
  async #readOlder(kafka: Kafka, signal: AbortSignal, newest: MessageNewest): Promise<"end" | "enough"> {
    for (let stretches = newest.missing; stretches.length > 0; stretches = newest.missing) {
      this.#stretches = stretches;
      this.#plan = Plan.of(this.topic, stretches);
      await this.#scan(kafka, signal, this.#plan.begin);
      newest.end(stretches, this.partitions);
    }
    return newest.hasOlder ? "enough" : "end";
  }

  async #scan(kafka: Kafka, signal: AbortSignal, what: Plan["begin"]): Promise<boolean> {
    const filter = workerFilter(this.query);
    const onRetry = (error: KafkaError): void => void (signal.aborted || this.on.retrying(error));
    let bytes = 0; // of this scan
    try {
      return await scan(kafka, { ...what, ...(filter ? { filter } : {}), onRetry, signal }, {
        batch: (batch) => !signal.aborted && this.#take(batch),
        progress: (progress) => {
          this.tally.progress(progress.bytes - bytes);
          bytes = progress.bytes;
          this.partitions = merged(this.partitions, progress.partitions);
          this.#plan.bound(progress.partitions);
          this.on.news();
        },
      });
    } finally {
      this.#rows = undefined;
    }
  }

  /** Takes a batch. false: the page is full, and goOn() reads it again. */
  #take(batch: Batch): boolean {
    const { partition } = batch;
    const found = this.#found;
    if (found instanceof MessageRing && !this.#isLive && (found.length >= mostShown || found.bytes >= mostBytes)) return false;
    const before = this.#plan.next(partition);
    if (before !== undefined && beginOf(batch) < before) this.on.wentBack(partition, before, beginOf(batch));
    this.#rows = undefined;
    this.on.came(partition);
    this.on.news();
    if (found instanceof MessageNewest) found.begin(batch);
    for (const record of batch.records) {
      const fits = matches(this.query, record);
      this.tally.count(fits);
      if (fits) found.add(record);
    }
    this.tally.skip(batch);
    this.#plan.read(partition, batch.next);
    return true;
  }
}

/** What is known of all partitions, after news of some. */
function merged(before: Progress["partitions"], news: Progress["partitions"]): Progress["partitions"] {
  const all = new Map([...before, ...news].map((p) => [p.partition, p]));
  return [...all.values()].sort((a, b) => a.partition - b.partition);
}
