import type { KafkaRecord, NewRecord } from "kafkaio";
import { time } from "../figures.js";
import { parseTime } from "../text/time.js";
import { Field } from "./field.js";

/** A header that is edited. */
export interface DraftHeader {
  name: string;
  /** The name of the record that the draft began with; undefined: the header is new. */
  readonly stored: string | undefined;
  readonly field: Field;
}

/** What is wrong with a part of a draft. */
export interface Problem {
  part: string;
  text: string;
}

/** The latest timestamp that the package sends, in milliseconds. */
export const latestTimestamp = 9_223_372_036_854;

/** A record that is edited. */
export class Draft {
  topic = "";
  key = new Field(undefined, "null");
  value = new Field(undefined);
  headers: DraftHeader[] = [];
  /** Empty: as the key chooses. */
  partition = "";
  /** Empty: when it is sent. */
  timestamp = "";
  /** Whether the record that it began with has none that can be sent. */
  lacksTime = false;
  #stored: { text: string; timestamp: number } | undefined;

  /** A draft that, left alone, is the record. Its partition is left open: another topic may have others. */
  static of(record: KafkaRecord): Draft {
    const draft = new Draft();
    draft.topic = record.topic;
    draft.key = new Field(record.key);
    draft.value = new Field(record.value);
    for (const [name, value] of record.headers) draft.addHeader(name, value, name);
    const { timestamp } = record;
    draft.lacksTime = timestamp < 0 || timestamp > latestTimestamp;
    if (!draft.lacksTime) draft.#stored = { text: (draft.timestamp = time(timestamp, true)), timestamp };
    return draft;
  }

  addHeader(name = "", value?: Uint8Array | null, stored?: string): void {
    this.headers.push({ name, stored, field: new Field(value) });
  }

  removeHeader(header: DraftHeader): void {
    this.headers = this.headers.filter((h) => h !== header);
  }

  /** The record, or what is wrong with the draft. partitions: how many the topic has, if that is known. utc: how times are read. */
  record(partitions: number | undefined, utc: boolean): NewRecord | Problem[] {
    const problems: Problem[] = [];
    const bytesOf = (part: string, field: Field) => {
      const read = field.read();
      if (read.problem === undefined) return read.bytes;
      problems.push({ part, text: read.problem });
      return null;
    };
    const record: NewRecord = {
      topic: this.topic,
      key: bytesOf("Key", this.key),
      value: bytesOf("Value", this.value),
      headers: this.headers.map((h, i) => [h.name, bytesOf(`Header ${i + 1}`, h.field)] as const),
    };
    for (const [i, { name, stored }] of this.headers.entries()) {
      if (name === stored && name.includes("\ufffd")) problems.push({ part: `Header ${i + 1}`, text: "Its name is no UTF-8, or has U+FFFD, and might change. Change it, or remove the header." });
    }
    if (this.topic === "") problems.push({ part: "Topic", text: "Which one?" });
    const partition = this.partition.trim();
    if (partition !== "") {
      record.partition = Number(partition);
      if (!/^\d{1,9}$/.test(partition) || (partitions !== undefined && record.partition >= partitions)) {
        problems.push({ part: "Partition", text: partitions === undefined ? "A number from 0 on." : `The topic has 0 to ${partitions - 1}.` });
      }
    }
    if (this.timestamp.trim() !== "") {
      const ms = this.#stored?.text === this.timestamp ? this.#stored.timestamp : parseTime(this.timestamp, utc);
      if (ms === undefined || ms < 0 || ms > latestTimestamp) problems.push({ part: "Time", text: "Such as 2026-01-31 12:30:05.123, or milliseconds since 1970." });
      else record.timestamp = ms;
    }
    return problems.length > 0 ? problems : record;
  }
}
