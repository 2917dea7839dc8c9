// What a scan of messages found or not, in words.

import type { Progress, TopicDetail } from "kafkaio";
import { counted, grouped } from "../figures.js";
import type { Newest } from "../store/message_newest.js";
import type { Query } from "../store/message_query.js";
import type { Skipped } from "../store/message_tally.js";
import type { Ended } from "../store/messages.js";

/** Why a scan isn't reading. newest: what it found of them, if it was for them. */
export function whyEnded(ended: Ended | undefined, { where }: Query, newest?: Newest): string {
  switch (ended) {
    case "end":
      return where.at === "newest" ? "Read back to the beginning." : "Read to the end.";
    case "enough":
      if (!newest) return "The page is full.";
      return newest.isFull ? "Found as many as have room." : `Found the ${newest.isFirst ? "newest" : "next"} ${grouped(newest.wanted)} of each partition.`;
    case "stopped":
      return "Stopped.";
    case "left":
      return "Stopped when you left.";
    case "failed":
      return "Failed.";
  }
  return where.at === "live" ? "Live." : "Reading…";
}

/** What going on after the end is called; undefined: there is nothing to go on with. */
export function goOn(ended: Ended | undefined, { where }: Query): string | undefined {
  if (ended === "stopped" || ended === "left") return "Resume";
  if (ended === "enough") return where.at === "newest" ? "Further back" : "Next page";
  return ended === "end" && where.at !== "newest" ? "Read what came since" : undefined;
}

/** What offsets were that are no message. */
export function skippedWords({ filtered, control, aborted, gaps }: Skipped): string[] {
  return [
    filtered > 0 ? `${counted(filtered, "message")} that the filter leaves out` : "",
    control > 0 ? counted(control, "marker of transactions", "markers of transactions") : "",
    aborted > 0 ? `${counted(aborted, "message")} of aborted transactions` : "",
    gaps > 0n ? `${counted(gaps, "offset")} compacted, deleted or never used` : "",
  ].filter(Boolean);
}

/**
 * Lines that say why there are no messages, where all was read that was asked for. layout is that of the topic, if it is
 * known: its partitions end later than what may be read, as long as transactions are open.
 */
export function whyNoMessages(skipped: Skipped, partitions: Progress["partitions"], { where }: Query, layout?: TopicDetail["layout"]): string[] {
  const words = skippedWords(skipped);
  const ends = new Map(layout?.map(({ id, end }) => [id, end]));
  const unread = (p: Progress["partitions"][0]) => (ends.get(p.partition) ?? p.end) - p.end;
  const later = partitions.reduce((n, p) => (unread(p) > 0n ? n + unread(p) : n), 0n);
  if (later > 0n) words.push(`${counted(later, "offset")} of transactions that are open, or that came since`);
  const empty = partitions.filter((p) => p.start === p.end && unread(p) <= 0n);
  const deleted = empty.reduce((n, p) => n + p.end, 0n);
  if (deleted > 0n) words.push(`${counted(deleted, "offset")} of ${counted(empty.filter((p) => p.end > 0n).length, "partition")} of which all was deleted, by retention or by somebody`);
  const others = partitions.filter((p) => p.start !== p.end);
  if (words.length > 0) return ["Here instead:", ...words.map((w) => `${w}.`)];
  if (others.length === 0) return partitions.length > 0 && partitions.every((p) => ends.get(p.partition) === p.end) ? ["Nothing was ever written to the partitions."] : [];
  if (where.at === "time") return ["The partitions have no message of this time or later."];
  return where.at === "offset" ? [`The partitions end at ${others.map((p) => `${grouped(p.end)} (${p.partition})`).join(", ")}.`] : [];
}
