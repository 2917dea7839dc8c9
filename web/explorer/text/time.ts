// Times that a user types. figures.ts shows those of Kafka.

import { time } from "../figures.js";

const pattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?(Z)?$/;

/**
 * Milliseconds since 1970 of a number of them, or of 2026-01-31, 2026-01-31 12:30, … 12:30:05.123, which are UTC with a
 * Z at their end or if utc says so, and local otherwise. undefined: it is none.
 */
export function parseTime(text: string, utc: boolean): number | undefined {
  const trimmed = text.trim();
  if (/^\d{1,15}$/.test(trimmed) && !/^\d{4}$/.test(trimmed)) return Number(trimmed);
  const found = pattern.exec(trimmed);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((n) => Number(n ?? 0)) as [number, number, number, number, number, number];
  const millisecond = Number((found[7] ?? "").padEnd(3, "0"));
  const isUTC = utc || found[8] === "Z";
  const fields = [year, month - 1, day, hour, minute, second, millisecond] as const;
  const date = isUTC ? new Date(Date.UTC(...fields)) : new Date(...fields);
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined;
  if ((isUTC ? date.getUTCDate() : date.getDate()) !== day) return undefined; // February 30
  return date.getTime();
}

/** A time as it was typed, in the other zone: UTC if utc says so, and else local. What names its zone, or is none, stays. */
export function inZone(text: string, utc: boolean): string {
  const ms = parseTime(text, !utc);
  return ms === undefined || ms === parseTime(text, utc) ? text : time(ms, utc).replace("Z", "");
}
