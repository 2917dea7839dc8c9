import type { NewRecord, Produced, ProduceOptions, TopicPartitionOffset } from "kafkaio";
import { Changes } from "./changes.js";
import { Draft, type Problem } from "./draft.js";
import type { Session } from "./session.js";

/** From so many bytes on, a record is sent with the package's limit raised to its highest, so that the topic's counts. */
const [large, highest] = [900_000, 100_000_000];

/** How many results are kept. */
const mostResults = 20;

/** The record that is being written, and what became of those that were sent. It outlives the page. */
export class ProduceStore {
  readonly changes = new Changes();
  draft = new Draft();
  compression: NonNullable<ProduceOptions["compression"]> = "none";
  acks: NonNullable<ProduceOptions["acks"]> = "all";
  /** Which record the draft began with, as TOPIC/PARTITION/OFFSET; empty: none. */
  from = "";
  loading = false;
  loadError: unknown;
  sending = false;
  /** Whether this very draft was sent: it isn't again until edited is called. */
  sent = false;
  problems: Problem[] = [];
  error: unknown;
  /** The newest first. */
  results: Produced[] = [];
  /** The partition that the key has; undefined: there is no key, or it isn't known. */
  partition: number | undefined;
  #located = "";

  constructor(private session: Session) {}

  /** Is to be called after each change of the draft, and lets the same one be sent again. */
  edited(): void {
    [this.sent, this.problems] = [false, []];
    this.changes.emit();
  }

  clear(): void {
    [this.draft, this.from, this.loading, this.loadError, this.error, this.partition] = [new Draft(), "", false, undefined, undefined, undefined];
    this.edited();
  }

  /** Begins with the record at TOPIC/PARTITION/OFFSET. topic: where it is to go; empty: where it is. */
  async load(from: string, topic: string): Promise<void> {
    const at = parseAt(from);
    const kafka = this.session.kafka;
    if (!kafka) return;
    this.clear();
    [this.from, this.loading] = [from, true];
    try {
      if (!at) throw new Error(`“${from}” names no record: TOPIC/PARTITION/OFFSET was expected.`);
      const record = await kafka.record(at);
      if (from !== this.from) return;
      if (record === null) throw new Error("The record isn't there: it was deleted or compacted, or this offset never had one.");
      this.draft = Draft.of(record);
      if (topic !== "") this.draft.topic = topic;
    } catch (e) {
      if (from === this.from) this.loadError = e;
    } finally {
      if (from === this.from) this.loading = false;
      this.changes.emit();
    }
  }

  /** Sends the draft, once. partitions: how many its topic has, if that is known. */
  async send(partitions: number | undefined, utc: boolean): Promise<void> {
    if (this.sending || this.loading || this.sent) return;
    const record = this.draft.record(partitions, utc);
    this.problems = Array.isArray(record) ? record : [];
    this.changes.emit();
    if (Array.isArray(record)) return;
    [this.sending, this.sent, this.error] = [true, true, undefined];
    try {
      if (!this.session.kafka) throw new Error("There is no connection to the cluster now.");
      const stored = await this.session.kafka.produce(record, { compression: this.compression, acks: this.acks, ...limitOf([record]) });
      this.results = [stored, ...this.results].slice(0, mostResults);
    } catch (e) {
      [this.error, this.sent] = [e, false];
    } finally {
      this.sending = false;
      this.changes.emit();
    }
  }

  /** Finds out which partition the key has in the topic, which has to be there. */
  async locate(): Promise<void> {
    const { topic, key } = this.draft;
    const { bytes } = { bytes: null, ...key.read() };
    const question = bytes && topic !== "" ? `${topic}/${bytes}` : "";
    if (question === this.#located) return;
    [this.#located, this.partition] = [question, undefined];
    const partition = bytes && (await this.session.kafka?.partitionFor(topic, bytes).catch(() => undefined)); // sending tells what is wrong
    if (question !== this.#located) return;
    this.partition = partition ?? undefined;
    this.changes.emit();
  }
}

/** Beside its bytes a record, and each of its headers, takes at most so many. */
const [aroundRecord, aroundHeader] = [40, 10];

/** The bytes that a record takes in a batch, or some more; of texts fewer. */
export function sizeOf({ key, value, headers }: NewRecord): number {
  let size = aroundRecord + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, v] of headers ?? []) size += aroundHeader + 3 * name.length + (v?.length ?? 0);
  return size;
}

/** The option that takes records of any size. */
export function limitOf(records: readonly NewRecord[]): ProduceOptions {
  return records.some((r) => sizeOf(r) >= large) ? { maxMessageBytes: highest } : {};
}

/** Reads TOPIC/PARTITION/OFFSET. */
export function parseAt(text: string): TopicPartitionOffset | undefined {
  const [, topic, partition, offset] = /^([^/]+)\/(\d{1,9})\/(\d{1,19})$/.exec(text) ?? [];
  return topic ? { topic, partition: Number(partition), offset: BigInt(offset!) } : undefined;
}
