// Numbers of partitions as people write them: 0-2, 5.

/** Writes numbers that ascend. */
export function formatRanges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; i++) {
    const first = numbers[i]!;
    while (numbers[i + 1] === numbers[i]! + 1) i++;
    const last = numbers[i]!;
    parts.push(last === first ? `${first}` : last === first + 1 ? `${first}, ${last}` : `${first}-${last}`);
  }
  return parts.join(", ");
}

/** The most numbers that a text may stand for. */
const most = 100_000;

/** Reads numbers: each once, ascending. undefined: the text has something else, or too many. */
export function parseRanges(text: string): number[] | undefined {
  const numbers = new Set<number>();
  for (const part of text.split(",").map((p) => p.trim()).filter(Boolean)) {
    const found = /^(\d{1,9})(?:\s*-\s*(\d{1,9}))?$/.exec(part);
    if (!found) return undefined;
    const [first, last] = [Number(found[1]), Number(found[2] ?? found[1])];
    if (last < first || last - first >= most) return undefined;
    for (let n = first; n <= last; n++) numbers.add(n);
  }
  return [...numbers].sort((a, b) => a - b);
}
