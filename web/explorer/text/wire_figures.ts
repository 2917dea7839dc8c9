import { time } from "../figures.js";

/** Milliseconds to the microsecond: "3.25 ms". */
export function latency(ms: number): string {
  return `${Number(ms.toFixed(3))} ms`;
}

/** The time of the day, to the millisecond, or with a second's precision. */
export function clock(ms: number, utc: boolean, precise = true): string {
  return time(Math.floor(ms), utc).slice(11, precise ? 23 : 19);
}
