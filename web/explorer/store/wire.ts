import type { Field, Frame, Kafka } from "kafkaio";
import { Changes } from "./changes.js";
import { Entries, type Bounds, type Entry } from "./wire_entries.js";
import { isSame, matcher, noFilter, type WireFilter } from "./wire_filter.js";
import { Statistics } from "./wire_statistics.js";

/** What of the session is used: the connection, which a new one may replace. */
export interface Connected {
  readonly kafka: Pick<Kafka, "frames"> | undefined;
  readonly changes: Changes;
}

const defaultBounds: Bounds = { bytes: 32 << 20, frames: 50_000 };

/** How many bytes of each frame are kept. */
const captureBytes = 64 << 10;

/** The frames of this page's connections, live. It starts with the first visit, and goes on behind other pages. */
export class WireStore {
  readonly changes = new Changes();
  /** While paused, what passes is counted and in the statistics, but not kept. */
  paused = false;
  /** How many frames passed while it was paused. */
  passed = 0;
  /** How many frames the package dropped, because the page didn't take them in time. */
  dropped = 0;
  statistics = new Statistics();
  filter: WireFilter = noFilter;
  selected: Entry | undefined;
  /** Why frames don't come any more. */
  error: unknown;
  #entries: Entries;
  #matches = matcher(noFilter);
  #shown: readonly Entry[] | undefined = [];
  #fresh: Entry[] = []; // shown ones that #shown hasn't got yet
  #kafka: Connected["kafka"];
  #started = false;
  #first = 0; // what the connections of this client are counted from: each client counts from 1
  #highest = 0;
  #decoded: { entry: Entry; field: Promise<Field> }[] = [];

  constructor(
    private session: Connected,
    bounds: Bounds = defaultBounds,
  ) {
    this.#entries = new Entries(bounds);
  }

  /** Takes frames from now on, of the session's connection and those that replace it. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.session.changes.subscribe(() => this.#follow());
    this.#follow();
  }

  /** Takes frames again after an error. */
  retry(): void {
    if (this.#kafka) void this.#take(this.#kafka);
  }

  get entries(): Readonly<Entries> {
    return this.#entries;
  }

  /** The frames that pass the filter, oldest first. It is another array after each change of it. */
  get shown(): readonly Entry[] {
    if (!this.#shown) this.#shown = this.#entries.kept.filter((e) => this.#matches(e.frame));
    else if (this.#fresh.length > 0) this.#shown = this.#shown.concat(this.#fresh);
    this.#fresh = [];
    return this.#shown;
  }

  setFilter(filter: WireFilter): void {
    if (isSame(filter, this.filter)) return;
    this.filter = filter;
    this.#matches = matcher(filter);
    this.#shown = undefined;
    this.#fresh = [];
    this.changes.emit();
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    this.changes.emit();
  }

  /** The selected frame stays, even when the list has dropped it. */
  select(entry: Entry | undefined): void {
    this.selected = entry;
    this.changes.emit();
  }

  /** Drops all frames and counts. */
  clear(): void {
    this.#entries.clear();
    this.#entries.evicted = this.passed = this.dropped = 0;
    this.statistics = new Statistics();
    this.#shown = [];
    this.#fresh = [];
    this.#decoded = [];
    this.selected = undefined;
    this.changes.emit();
  }

  /** The parts of a frame. Those of the last few are remembered. */
  decode(entry: Entry): Promise<Field> {
    const known = this.#decoded.find((d) => d.entry === entry);
    if (known) return known.field;
    const field = entry.frame.decode();
    this.#decoded = [...this.#decoded.slice(-3), { entry, field }];
    field.catch(() => (this.#decoded = this.#decoded.filter((d) => d.field !== field)));
    return field;
  }

  #follow(): void {
    const { kafka } = this.session;
    if (kafka === this.#kafka) return;
    this.#kafka = kafka;
    this.#first = this.#highest;
    this.#entries.miss(); // the client before gets no answer any more
    if (kafka) void this.#take(kafka);
  }

  async #take(kafka: NonNullable<Connected["kafka"]>): Promise<void> {
    this.error = undefined;
    try {
      for await (const { frames, dropped } of kafka.frames({ captureBytes })) {
        if (this.#kafka !== kafka) return;
        this.dropped += dropped;
        if (dropped > 0) this.#entries.miss();
        for (const frame of frames) this.#highest = Math.max(this.#highest, (frame.connection += this.#first));
        this.#add(frames);
      }
    } catch (e) {
      if (this.#kafka === kafka) this.error = e;
    }
    this.changes.emit();
  }

  #add(frames: readonly Frame[]): void {
    for (const frame of frames) {
      this.statistics.add(frame);
      if (this.paused) {
        this.passed++;
        if (this.#entries.pass(frame)) this.#shown = [...this.shown]; // so that it is drawn again
      } else {
        const entry = this.#entries.add(frame);
        if (this.#shown && this.#matches(frame)) this.#fresh.push(entry);
      }
    }
    if (this.#entries.evict() > 0 && this.#shown) {
      const oldest = this.#entries.kept[0]!.id;
      const shown = this.shown;
      const first = shown.findIndex((e) => e.id >= oldest);
      this.#shown = first < 0 ? [] : shown.slice(first);
    }
    this.changes.emit();
  }
}
