import type { Batch } from "./consumer_types.js";
import { BatchRecord, littleEndian, type Source } from "./record.js";

// Where a batch has its fields: see web/wasm/internal/batch/LAYOUT.md.
const atSeek = 4;
const atNext = 8;
const atHighWatermark = 16;
const atFiltered = 24;
const atControl = 28;
const atAborted = 32;
const atGaps = 36;
const atRecords = 44;
const atTopic = 48;

/** Reads a batch of the Worker, whose records stay in its memory. seek is the number of the last seek before it. */
export function readBatch(bytes: Uint8Array): { batch: Batch; seek: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const topicLength = view.getUint32(atTopic, littleEndian);
  let at = atTopic + 4 + topicLength;
  const topic = new TextDecoder().decode(bytes.subarray(atTopic + 4, at));
  const source: Source = { topic, partition: view.getInt32(0, littleEndian), view };
  const records: BatchRecord[] = [];
  for (let n = view.getUint32(atRecords, littleEndian); n > 0; n--) {
    const size = view.getUint32(at, littleEndian);
    records.push(new BatchRecord(source, at + 4, size));
    at += 4 + size;
  }
  if (at !== bytes.byteLength) throw new RangeError(`a batch has ${bytes.byteLength} bytes, and should have ${at}`);
  const batch: Batch = {
    topic,
    partition: source.partition,
    records,
    next: view.getBigInt64(atNext, littleEndian),
    highWatermark: view.getBigInt64(atHighWatermark, littleEndian),
    skipped: {
      filtered: view.getUint32(atFiltered, littleEndian),
      control: view.getUint32(atControl, littleEndian),
      aborted: view.getUint32(atAborted, littleEndian),
      gaps: view.getBigInt64(atGaps, littleEndian),
    },
  };
  return { batch, seek: view.getUint32(atSeek, littleEndian) };
}
