import type { Kafka, KafkaRecord } from "kafkaio";
import { grouped } from "../figures.js";
import { Changes } from "./changes.js";
import type { Session } from "./session.js";

/** Values up to so many bytes are read whole when a message is opened. The rest of larger ones is read on demand. */
const readAtOnce = 64 * 1024;

/** How long a message may take to come, in milliseconds. */
const patience = 10_000;

/** A place in the topic. */
export interface Place {
  partition: number;
  offset: bigint;
}

/** The message that is open. It stays, whatever comes and goes in the list. */
export class OpenMessage {
  readonly changes = new Changes();
  /** undefined: none is open. */
  place: Place | undefined;
  /** undefined: it isn't here yet, or there is none. */
  record: KafkaRecord | undefined;
  key: Uint8Array | null = null;
  /** The value, or its beginning: see isWhole. */
  value: Uint8Array | null = null;
  headers: KafkaRecord["headers"] = [];
  isReading = false;
  /** Why the message, or the rest of its value, isn't here. */
  error: unknown;
  #run = new AbortController();

  constructor(
    private session: Session,
    private topic: string,
  ) {}

  get isWhole(): boolean {
    return this.record !== undefined && (this.value?.length ?? -1) >= this.record.valueLength;
  }

  /** Opens the message of a place. record is what is known of it. */
  open(place: Place, record: KafkaRecord | undefined): void {
    this.#forget();
    this.place = place;
    if (record) this.#show(record.detach());
    if (!record || (!this.isWhole && record.valueLength <= readAtOnce)) this.read().catch(() => {}); // error has it
  }

  close(): void {
    this.#forget();
    this.changes.emit();
  }

  /** Reads the message, whole. It rejects with what error then is. */
  async read(): Promise<void> {
    const { session: { kafka }, place } = this;
    if (!place || this.isReading) return;
    const run = this.#run;
    [this.isReading, this.error] = [true, undefined];
    this.changes.emit();
    try {
      if (!kafka) throw new Error("There is no connection.");
      const at = { topic: this.topic, ...place };
      const whole = await kafka.record(at, { signal: AbortSignal.any([run.signal, AbortSignal.timeout(patience)]) });
      if (whole === null) throw new Error(await this.#whyNone(kafka, place));
      if (run !== this.#run) return;
      if (this.record && (whole.timestamp !== this.record.timestamp || whole.valueLength !== this.record.valueLength)) {
        throw new Error("Another message has this offset now: the topic was made again, or its brokers lost messages.");
      }
      this.#show(whole.detach());
    } catch (error) {
      if (run !== this.#run) return;
      this.error = error;
      throw error;
    } finally {
      if (run === this.#run) {
        this.isReading = false;
        this.changes.emit();
      }
    }
  }

  /** Why there is no message at a place. */
  async #whyNone(kafka: Kafka, { partition, offset }: Place): Promise<string> {
    const at = { topic: this.topic, partitions: [partition] };
    const [[start], [end]] = await Promise.all([kafka.admin.offsets(at, "earliest"), kafka.admin.offsets(at, "latest")]);
    const name = `There is no message at offset ${grouped(offset)} of partition ${partition}`;
    if (end && "offset" in end && offset >= end.offset) return `${name} yet: the partition ends at ${grouped(end.offset)}.`;
    if (start && "offset" in start && offset < start.offset) return `${name} any more: the partition begins at ${grouped(start.offset)}. Retention or somebody has deleted what was before.`;
    return `${name}: it was compacted, or is a marker of a transaction, or was never used.`;
  }

  #show(record: KafkaRecord): void {
    this.record = record;
    ({ key: this.key, value: this.value, headers: this.headers } = record);
    this.changes.emit();
  }

  #forget(): void {
    this.#run.abort();
    this.#run = new AbortController();
    [this.place, this.record, this.error, this.isReading] = [undefined, undefined, undefined, false];
    [this.key, this.value, this.headers] = [null, null, []];
  }
}
