// Figures in words, exact.

/** 1234567 as 1,234,567. */
export function grouped(n: bigint | number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 partition", "1,200 partitions". */
export function counted(n: bigint | number, noun: string, plural = noun + "s"): string {
  return `${grouped(n)} ${n === 1 || n === 1n ? noun : plural}`;
}

const units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** Bytes, cut to three digits: "1.53 GiB". The exact number belongs beside it. */
export function size(bytes: bigint): string {
  if (bytes < 1024n) return `${bytes} B`;
  let [unit, of] = [0, 1024n];
  while (unit < units.length - 1 && bytes >= of * 1024n) [unit, of] = [unit + 1, of * 1024n];
  const hundredths = (bytes * 100n) / of;
  const digits = hundredths < 1000n ? 2 : hundredths < 10_000n ? 1 : 0;
  return `${(Math.floor(Number(hundredths) / 10 ** (2 - digits)) / 10 ** digits).toFixed(digits)} ${units[unit]}`;
}

/** Offsets in a time as a rate of one second: "0", "0.4", "12.3", "1,250". */
export function rate({ offsets, ms }: { offsets: bigint | number; ms: number }): string {
  const perSecond = (Number(offsets) * 1000) / ms;
  if (perSecond === 0 || perSecond >= 100) return grouped(Math.round(perSecond));
  return perSecond < 0.1 ? "<0.1" : perSecond.toFixed(1);
}

const spans = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1000]] as const;

/** Milliseconds, cut to two units: "2 h 3 min", "3.4 s". The exact number belongs beside it. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.floor(ms)} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const at = spans.findIndex(([, of]) => ms >= of);
  const [[unit, of], next] = [spans[at]!, spans[at + 1]];
  const rest = next ? Math.floor((ms % of) / next[1]) : 0;
  return `${grouped(Math.floor(ms / of))} ${unit}${rest > 0 ? ` ${rest} ${next![0]}` : ""}`;
}

/** The largest time that Date has, in milliseconds. */
const longestTime = 8.64e15;

/** A Kafka timestamp to the millisecond; the stored number where it is no time. -1 is none: an empty text. */
export function time(ms: number, utc: boolean): string {
  if (ms === -1) return "";
  if (!(Math.abs(ms) <= longestTime)) return stored(ms);
  const at = utc ? new Date(ms) : new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return Number.isNaN(at.getTime()) ? stored(ms) : at.toISOString().replace("T", " ").replace("Z", utc ? "Z" : "");
}

/** A number without an exponent. One that may have been rounded on its way is marked. */
export function stored(n: number): string {
  return `${Number.isSafeInteger(n) ? "" : "≈ "}${Number.isInteger(n) ? BigInt(n) : n}`;
}
