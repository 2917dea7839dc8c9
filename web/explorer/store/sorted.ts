/** What rows are sorted by, by column; undefined: it isn't known. A column that isn't here is the name's. */
export type Figures<T> = Record<string, (row: T) => bigint | number | string | undefined>;

/** The rows in order. sort is a column's key, after a - if the largest come first. What isn't known comes last. */
export function sortRows<T>(rows: readonly T[], sort: string, figures: Figures<T>, nameOf: (row: T) => string | number): T[] {
  const [column, sign] = sort.startsWith("-") ? [sort.slice(1), -1] : [sort, 1];
  const figure = Object.hasOwn(figures, column) ? figures[column] : undefined;
  const sorted = rows.map((row) => ({ row, figure: figure?.(row), name: nameOf(row) })).sort((a, b) => {
    if (a.figure !== b.figure) {
      if (a.figure === undefined) return 1;
      if (b.figure === undefined) return -1;
      return a.figure < b.figure ? -sign : sign;
    }
    const order = a.name < b.name ? -1 : 1;
    return figure ? order : order * sign;
  });
  return sorted.map(({ row }) => row);
}

/** The order after a click on a column: its first one, and the other one after that. */
export function turnSort(sort: string, column: string, largestFirst: boolean): string {
  const [first, second] = largestFirst ? [`-${column}`, column] : [column, `-${column}`];
  return sort === first ? second : first;
}

/** Returns what tells whether a name has all words of a search, in any case. */
export function searcher(q: string): (name: string) => boolean {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return (name) => words.every((w) => name.toLowerCase().includes(w));
}
