/** A line of a plot: a value at each step of x; null is a gap. */
export interface Line {
  name: string;
  values: readonly (number | null)[];
}

/** The smallest of 1, 2, 5 times a power of ten that isn't below n: the top of a scale. */
export function roundUp(n: number): number {
  if (!(n > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(n));
  return ([1, 2, 5].find((f) => f * power >= n) ?? 10) * power;
}

/** The top of the scale on which all lines fit. */
export function topOf(lines: readonly Line[]): number {
  let max = 0;
  for (const line of lines) for (const v of line.values) if (v !== null && v > max) max = v;
  return roundUp(max);
}

/** Runs of points without a gap, as [first, after the last]. */
export function runsOf(values: readonly (number | null)[]): [number, number][] {
  const runs: [number, number][] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] === null) continue;
    const start = i;
    while (i < values.length && values[i] !== null) i++;
    runs.push([start, i]);
  }
  return runs;
}

/** The last step where a line has a value; the last one if none has; -1 without steps. */
export function lastOf(lines: readonly Line[]): number {
  const steps = lines[0]?.values.length ?? 0;
  for (let s = steps - 1; s >= 0; s--) if (lines.some((l) => (l.values[s] ?? null) !== null)) return s;
  return steps - 1;
}
