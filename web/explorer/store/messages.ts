import type { Batch, KafkaError, KafkaRecord, Progress } from "kafkaio";
import { Changes } from "./changes.js";
import { matches, workerFilter } from "./message_filter.js";
import { MessageNewest } from "./message_newest.js";
import { beginOf, Plan, type Stretch } from "./message_plan.js";
import { formatQuery, isFiltered, positionOf, type Query } from "./message_query.js";
import { MessageRing } from "./message_ring.js";
import { scan } from "./message_scan.js";
import { Tally } from "./message_tally.js";
import { OpenMessage } from "./open_message.js";
import type { Session } from "./session.js";

/** The most records that are shown, and the bytes of all of them; a page may have one batch more. */
const [mostShown, mostBytes] = [2000, 16 << 20];

/** How many offsets a search for the newest looks at first, if there is a filter. */
const firstSearch = 1000n;

/** How often subscribers are told while records come, in milliseconds. */
const drawEvery = 100;

/**
 * Why nothing is read. end: all was read up to the end that there was, or back to the beginning. enough: the page is
 * full, or has as many as were asked for. stopped: by the user. left: the page isn't looked at. failed: see error.
 */
export type Ended = "end" | "enough" | "stopped" | "left" | "failed";

/** A record with its place in the list: the id grows from row to row. */
export interface Row {
  readonly id: number;
  readonly record: KafkaRecord;
}

/** The messages of a topic that a query finds, and how the scan for them is going. */
export class MessagesStore {
  readonly changes = new Changes();
  readonly opened: OpenMessage;
  query: Query | undefined;
  /** Counts the queries that were started. */
  started = 0;
  /** undefined: nothing was asked for yet, or it is being read. */
  ended: Ended | undefined;
  error: unknown;
  /** What can't be read now and is tried again. It goes when records come. */
  retrying: KafkaError | undefined;
  tally: Tally;
  /** Of each partition: where it is, and what it has still to read. */
  partitions: Progress["partitions"] = [];
  /** Offsets of a partition began anew: the topic was made again, or its brokers lost records. */
  wentBack: { partition: number; from: bigint; to: bigint } | undefined;
  #found: MessageRing | MessageNewest = new MessageRing(0, 0);
  #plan!: Plan;
  #stretches: Stretch[] = []; // that the plan is of; none: it is of positions
  #id: Promise<string> = Promise.resolve("");
  #run: AbortController | undefined; // undefined: nothing is read
  #rows: Row[] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDue = false;

  constructor(
    private session: Session,
    readonly topic: string,
    private now: () => number = () => performance.now(),
  ) {
    this.tally = new Tally(now);
    this.opened = new OpenMessage(session, topic);
  }

  get isReading(): boolean {
    return this.#run !== undefined;
  }

  get isLive(): boolean {
    return this.query?.where.at === "live";
  }

  /** Reads anew. */
  start(query: Query): Promise<void> {
    this.stop();
    this.started++;
    this.query = query;
    this.tally = new Tally(this.now);
    [this.partitions, this.wentBack] = [[], undefined];
    this.#id = this.#detail().then(({ id }) => id, () => "");
    this.#begin(query);
    return this.#read((signal) => this.#readPlan(signal, this.#plan.begin));
  }

  #begin(query: Query): void {
    const { where, partitions } = query;
    const searches = where.at === "newest" && isFiltered(query);
    this.#found = where.at === "newest" ? new MessageNewest(where.n, searches ? firstSearch : BigInt(where.n), mostShown, mostBytes) : this.#page();
    this.#plan = new Plan(this.topic, searches ? "latest" : positionOf(where), partitions, this.isLive);
    this.#stretches = [];
    this.#rows = undefined;
  }

  /** Of a live page the oldest go; another one takes nothing more when it is full. */
  #page(): MessageRing {
    return this.isLive ? new MessageRing(mostShown, mostBytes) : new MessageRing(Infinity, Infinity);
  }

  /** Goes on where it ended: after Stop, with the next page, or for what came since; of the newest, further back. */
  resume(): Promise<void> {
    const { query, ended } = this;
    if (this.isReading || !query) return Promise.resolve();
    return this.#read(async (signal) => {
      const before = await this.#id;
      const detail = await this.#detail();
      if (before !== "" && before !== detail.id) return this.#readAgain(signal, query, detail.id);
      if (before === "") this.#id = Promise.resolve(detail.id);
      if (this.#found instanceof MessageNewest) {
        if (ended === "enough") this.#found.wantMore();
        if (ended === "enough" || ended === "end") return this.#readOlder(signal, this.#found);
      } else if (ended === "enough") this.#found = this.#page();
      if (ended === "end") this.#plan.extend();
      const rest = this.#plan.rest(detail.layout.map((p) => p.id));
      return rest ? this.#readPlan(signal, rest) : "end";
    });
  }

  /** Reads a topic that was made again: its offsets have begun anew. */
  #readAgain(signal: AbortSignal, query: Query, id: string): Promise<Ended> {
    this.wentBack = { partition: -1, from: -1n, to: 0n };
    this.#id = Promise.resolve(id);
    this.#begin(query);
    if (this.isLive) this.#plan = new Plan(this.topic, "earliest", query.partitions, true);
    return this.#readPlan(signal, this.#plan.begin);
  }

  /** Stops reading. What is shown stays. */
  stop(why: "stopped" | "left" = "stopped"): void {
    if (this.#run) this.#end(this.#run, why);
  }

  /** The partition that a key has now. */
  partitionFor(key: string): Promise<number> {
    return this.session.kafka!.partitionFor(this.topic, key);
  }

  /** The parameters of the URL that lead to what is shown. */
  get parameters(): Record<string, string> {
    const { place } = this.opened;
    return { ...(this.query ? formatQuery(this.query) : {}), open: place ? `${place.partition}/${place.offset}` : "" };
  }

  /** How far the page is behind the end of all partitions, in offsets. */
  get lag(): bigint {
    return this.partitions.reduce((lag, p) => {
      const behind = p.end - (this.#plan.next(p.partition) ?? p.position);
      return behind > 0n ? lag + behind : lag;
    }, 0n);
  }

  /** What is shown: live messages as they came, others by their time. */
  get rows(): readonly Row[] {
    if (this.#rows) return this.#rows;
    const records = this.#found.list();
    if (this.isLive) return (this.#rows = records.map((record, i) => ({ id: this.dropped + i, record })));
    const timed = records.map((record) => ({ record, time: record.timestamp, partition: record.partition, offset: record.offset }));
    timed.sort((a, b) => a.time - b.time || a.partition - b.partition || (a.offset < b.offset ? -1 : 1));
    return (this.#rows = timed.map(({ record }, id) => ({ id, record })));
  }

  /** How many records were found and have no room. */
  get dropped(): number {
    return this.#found.dropped;
  }

  /** Whether there are older records that the newest weren't looked for in. */
  get hasOlder(): boolean {
    return this.#found instanceof MessageNewest && this.#found.hasOlder;
  }

  /** Opens a message: at once if it is shown, and else it is fetched. */
  open(partition: number, offset: bigint): void {
    this.opened.open({ partition, offset }, this.rows.find(({ record: r }) => r.partition === partition && r.offset === offset)?.record);
  }

  async #read(work: (signal: AbortSignal) => Promise<Ended>): Promise<void> {
    const run = (this.#run = new AbortController());
    [this.ended, this.error, this.retrying] = [undefined, undefined, undefined];
    this.tally.begin();
    this.changes.emit();
    try {
      this.#end(run, await work(run.signal));
    } catch (error) {
      if (run !== this.#run) return;
      this.error = error;
      this.#end(run, "failed");
    }
  }

  #end(run: AbortController, why: Ended): void {
    if (run !== this.#run) return;
    this.tally.end();
    [this.#run, this.ended, this.retrying, this.#rows] = [undefined, why, undefined, undefined];
    run.abort();
    this.changes.emit();
  }

  async #readPlan(signal: AbortSignal, what: Plan["begin"]): Promise<Ended> {
    if (!(await this.#scan(signal, what))) return "enough";
    if (!(this.#found instanceof MessageNewest)) return "end";
    this.#found.end(this.#stretches, this.partitions);
    return isFiltered(this.query!) ? this.#readOlder(signal, this.#found) : this.#found.hasOlder ? "enough" : "end";
  }

  /** Goes back until as many are found as are wanted, or the beginning is reached. */
  async #readOlder(signal: AbortSignal, newest: MessageNewest): Promise<Ended> {
    for (let stretches = newest.missing; stretches.length > 0; stretches = newest.missing) {
      this.#stretches = stretches;
      this.#plan = Plan.of(this.topic, stretches);
      await this.#scan(signal, this.#plan.begin);
      newest.end(stretches, this.partitions);
    }
    return newest.hasOlder ? "enough" : "end";
  }

  #scan(signal: AbortSignal, what: Plan["begin"]): Promise<boolean> {
    const filter = workerFilter(this.query!);
    const onRetry = (error: KafkaError): void => {
      if (signal.aborted) return;
      this.retrying = error;
      this.changes.emit();
    };
    return scan(this.session.kafka!, { ...what, ...(filter ? { filter } : {}), onRetry, signal }, {
      batch: (batch) => !signal.aborted && this.#take(batch, this.query!),
      progress: (progress) => {
        this.tally.progress(progress);
        this.partitions = merged(this.partitions, progress.partitions);
        this.#plan.bound(progress.partitions);
        this.#soon();
      },
    });
  }

  /** Takes a batch. false: the page is full, and resume() reads it again. */
  #take(batch: Batch, query: Query): boolean {
    const { partition } = batch;
    const found = this.#found;
    if (found instanceof MessageRing && !this.isLive && (found.length >= mostShown || found.bytes >= mostBytes)) return false;
    const before = this.#plan.next(partition);
    if (before !== undefined && beginOf(batch) < before) this.#goBack(partition, before, beginOf(batch));
    this.retrying = undefined;
    this.#soon();
    if (found instanceof MessageNewest) found.begin(batch);
    for (const record of batch.records) {
      const fits = matches(query, record);
      this.tally.count(fits);
      if (fits) found.add(record);
    }
    this.tally.skip(batch);
    this.#plan.read(partition, batch.next);
    return true;
  }

  #goBack(partition: number, from: bigint, to: bigint): void {
    this.wentBack = { partition, from, to };
    this.#id = this.#detail().then(({ id }) => id, () => "");
  }

  #detail() {
    return this.session.kafka!.admin.topic(this.topic);
  }

  /** Tells subscribers: at once, or a little later if they were told just now. */
  #soon(): void {
    this.#rows = undefined;
    this.#isDue = true;
    if (this.#timer !== undefined) return;
    const tell = (): void => {
      this.#timer = undefined;
      if (!this.#isDue) return;
      this.#isDue = false;
      this.#timer = setTimeout(tell, drawEvery);
      this.changes.emit();
    };
    tell();
  }
}

/** What is known of all partitions, after news of some. */
function merged(before: Progress["partitions"], news: Progress["partitions"]): Progress["partitions"] {
  const all = new Map([...before, ...news].map((p) => [p.partition, p]));
  return [...all.values()].sort((a, b) => a.partition - b.partition);
}
