import type { OffsetChange, Position } from "kafkaio";
import { parseRanges } from "../text/ranges.js";
import { parseTime } from "../text/time.js";

/** What the form of a reset holds: texts, as they were typed. An empty topic: all that the group has; no partitions: all. */
export interface ResetForm {
  topic: string;
  partitions: string;
  to: "earliest" | "latest" | "last" | "offset" | "time";
  value: string;
}

/** What resetOffsets takes. */
export interface Reset {
  topic: string;
  partitions?: number[];
  to: Position;
}

/** Reads the form. A text says what is wrong with it. */
export function resetsOf(form: ResetForm, topics: readonly string[], utc: boolean): Reset[] | string {
  const to = positionOf(form.to, form.value.trim(), utc);
  if (typeof to === "string" && to !== "earliest" && to !== "latest") return to;
  if (form.topic === "") return topics.map((topic) => ({ topic, to }));
  const partitions = parseRanges(form.partitions);
  if (!partitions) return "Partitions: numbers such as 0-2, 5 were expected.";
  return [{ topic: form.topic, ...(partitions.length > 0 && { partitions }), to }];
}

function positionOf(to: ResetForm["to"], value: string, utc: boolean): Position | string {
  switch (to) {
    case "last":
      return /^\d{1,15}$/.test(value) ? { last: Number(value) } : "A number of records was expected.";
    case "offset":
      return /^\d{1,19}$/.test(value) && BigInt(value) < 2n ** 63n ? { offset: BigInt(value) } : "An offset was expected: a number from 0 on.";
    case "time": {
      const timestamp = parseTime(value, utc);
      return timestamp === undefined ? "A time such as 2026-01-31 12:30 was expected, or milliseconds since 1970." : { timestamp };
    }
  }
  return to;
}

/** Whether something is to be committed, or was. */
export function isChange(c: OffsetChange): boolean {
  return !c.error && c.from !== c.to;
}

/** The resets that commit just what a preview has told. */
export function resetsTo(previewed: readonly OffsetChange[]): Reset[] {
  const resets = new Map<string, Reset & { partitions: number[] }>();
  for (const { topic, partition, to: offset } of previewed.filter(isChange)) {
    const key = `${topic}/${offset}`;
    const reset = resets.get(key) ?? { topic, partitions: [], to: { offset } };
    reset.partitions.push(partition);
    resets.set(key, reset);
  }
  return [...resets.values()];
}

/** What changes mean for the group, in offsets: again are read twice, skipped never. failed have an error. */
export function sumOf(changes: readonly OffsetChange[]) {
  const sum = { partitions: 0, again: 0n, skipped: 0n, failed: 0 };
  for (const c of changes) {
    if (c.error) sum.failed++;
    if (!isChange(c)) continue;
    sum.partitions++;
    if (c.from === null) continue;
    if (c.to < c.from) sum.again += c.from - c.to;
    else sum.skipped += c.to - c.from;
  }
  return sum;
}
