import type { Batch, Consumer, KafkaRecord } from "kafkaio";
import { equal } from "./harness.js";

/** All that a consumer yields of one partition. */
export interface Span {
  records: KafkaRecord[];
  control: number;
  aborted: number;
  gaps: bigint;
  /** The offset after all. */
  next: bigint;
}

/** Reads one partition from an offset to the end, and checks that records and what was skipped are all offsets. */
export async function span(consumer: Consumer, from = 0n): Promise<Span> {
  const all: Span = { records: [], control: 0, aborted: 0, gaps: 0n, next: from };
  for await (const b of consumer) {
    equal(all.next + offsetsOf(b), b.next, "next");
    all.next = b.next;
    all.records.push(...b.records);
    all.control += b.skipped.control;
    all.aborted += b.skipped.aborted;
    all.gaps += b.skipped.gaps;
  }
  return all;
}

/** How many offsets a batch is of. */
function offsetsOf(b: Batch): bigint {
  const { filtered, control, aborted, gaps } = b.skipped;
  return BigInt(b.records.length + filtered + control + aborted) + gaps;
}
