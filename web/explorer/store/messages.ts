import type { KafkaError, Position, Progress } from "kafkaio";
import { Changes } from "./changes.js";
import type { Newest } from "./message_newest.js";
import { formatQuery, isFiltered, type Query } from "./message_query.js";
import type { Row } from "./message_rows.js";
import { MessageSearch } from "./message_search.js";
import { Tally } from "./message_tally.js";
import { OpenMessage } from "./open_message.js";
import type { Session } from "./session.js";

/**
 * Why nothing is read. end: all was read up to the end that there was, or back to the beginning. enough: the page is
 * full, or has as many as were asked for. stopped: by the user. left: the page isn't looked at. failed: see error.
 */
export type Ended = "end" | "enough" | "stopped" | "left" | "failed";

/** What is tried again is told at least once in so many milliseconds, as long as it lasts. */
const troubleLasts = 15_000;

/** The messages of a topic that a query finds, and how the search for them is going. */
export class MessagesStore {
  readonly changes = new Changes();
  readonly opened: OpenMessage;
  query: Query | undefined;
  /** Counts the queries that were started. */
  started = 0;
  /** undefined: nothing was asked for yet, or it is being read. */
  ended: Ended | undefined;
  error: unknown;
  /** What can't be read now and is tried again. It goes when records of it come, or nothing was told of it for a while. */
  retrying: KafkaError | undefined;
  tally: Tally;
  /** Offsets of a partition began anew: the topic was made again, or its brokers lost records. -1: all partitions. */
  wentBack: { partition: number; from: bigint; to: bigint } | undefined;
  #search: MessageSearch | undefined;
  #id: Promise<string> = Promise.resolve("");
  #run: AbortController | undefined; // undefined: nothing is read
  #forgetting: ReturnType<typeof setTimeout> | undefined; // what is tried again

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
    this.wentBack = undefined;
    this.#noteId();
    const search = (this.#search = this.#searchFor(query));
    return this.#read((signal) => search.begin(this.session.kafka!, signal));
  }

  /** Goes on where it ended: after Stop, with the next page, or for what came since; of the newest, further back. */
  resume(): Promise<void> {
    const { query, ended } = this;
    if (this.isReading || !query) return Promise.resolve();
    return this.#read(async (signal) => {
      const before = await this.#id;
      const { id, layout } = await this.#detail();
      signal.throwIfAborted();
      this.#id = Promise.resolve(id);
      if (before === "" || before === id) return this.#search!.goOn(this.session.kafka!, signal, ended, layout.map((p) => p.id));
      this.wentBack = { partition: -1, from: -1n, to: 0n };
      this.#search = this.#searchFor(query, this.isLive ? "earliest" : undefined);
      return this.#search.begin(this.session.kafka!, signal);
    });
  }

  /**
   * The page is looked at again: goes on with what was left or failed. Of the newest others may have come since; but a
   * search among them, which may have taken long, stays.
   */
  async comeBack(): Promise<void> {
    const { query, ended } = this;
    if (ended === "left" || ended === "failed") return this.resume();
    if (query?.where.at === "newest" && (ended === "end" || ended === "enough") && !isFiltered(query)) return this.start(query);
  }

  #searchFor(query: Query, from?: Position): MessageSearch {
    return new MessageSearch(this.topic, query, this.tally, {
      news: () => this.changes.emitSometimes(),
      retrying: (error) => this.#retry(error),
      came: (partition) => {
        if (this.retrying && (this.retrying.partition ?? partition) === partition) this.#retry(undefined);
      },
      wentBack: (partition, from, to) => {
        this.wentBack = { partition, from, to };
        this.#noteId();
      },
    }, from);
  }

  #retry(error: KafkaError | undefined): void {
    this.retrying = error;
    clearTimeout(this.#forgetting);
    if (error) this.#forgetting = setTimeout(() => this.#retry(undefined), troubleLasts);
    this.changes.emit();
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

  /** Of each partition: where it is, and what it has still to read. */
  get partitions(): Progress["partitions"] {
    return this.#search?.partitions ?? [];
  }

  /** How far the page is behind the end of all partitions, in offsets. */
  get lag(): bigint {
    return this.#search?.lag ?? 0n;
  }

  /** What is shown. */
  get rows(): readonly Row[] {
    return this.#search?.rows ?? [];
  }

  /** How many were found, if the newest are searched for. */
  get newest(): Newest | undefined {
    return this.#search?.newest;
  }

  /** How many records were found and have no room. */
  get dropped(): number {
    return this.#search?.dropped ?? 0;
  }

  /** Opens a message: at once if it is shown, and else it is fetched. */
  open(partition: number, offset: bigint): void {
    this.opened.open({ partition, offset }, this.rows.find(({ record: r }) => r.partition === partition && r.offset === offset)?.record);
  }

  async #read(work: (signal: AbortSignal) => Promise<Ended>): Promise<void> {
    const run = (this.#run = new AbortController());
    [this.ended, this.error] = [undefined, undefined];
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
    [this.#run, this.ended] = [undefined, why];
    run.abort();
    this.#retry(undefined);
  }

  /** Notes which topic this is: one that is made again has the name, and another id. */
  #noteId(): void {
    this.#id = this.#detail().then(({ id }) => id, () => "");
  }

  #detail() {
    return this.session.kafka!.admin.topic(this.topic);
  }
}
