import type { KafkaRecord } from "kafkaio";

/** A record with its place in the list: the id grows from row to row. */
export interface Row {
  readonly id: number;
  readonly record: KafkaRecord;
}

/** Rows in the order in which their records came. The first one has the id. */
export function rowsAsTheyCame(records: readonly KafkaRecord[], id: number): Row[] {
  return records.map((record, i) => ({ id: id + i, record }));
}

/** Rows in the order of their time. */
export function rowsByTime(records: readonly KafkaRecord[]): Row[] {
  const timed = records.map((record) => ({ record, time: record.timestamp, partition: record.partition, offset: record.offset }));
  timed.sort((a, b) => a.time - b.time || a.partition - b.partition || (a.offset < b.offset ? -1 : 1));
  return timed.map(({ record }, id) => ({ id, record }));
}
