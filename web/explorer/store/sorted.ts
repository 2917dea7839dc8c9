/** What rows are sorted by, by column; undefined: it isn't known. A column that isn't here is the name's. */
export type Figures<T> = Record<string, (row: T) => bigint | number | string | undefined>;

/** Sorts rows in place. sort is a column's key, after a - if the largest come first. What isn't known comes last. */
export function sortRows<T>(rows: T[], sort: string, figures: Figures<T>, nameOf: (row: T) => string | number): T[] {
  const [column, sign] = sort.startsWith("-") ? [sort.slice(1), -1] : [sort, 1];
  const figure = Object.hasOwn(figures, column) ? figures[column] : undefined;
  const known = new Map(figure ? rows.map((row) => [row, figure(row)]) : []);
  return rows.sort((a, b) => {
    const [x, y] = [known.get(a), known.get(b)];
    if (x !== y) {
      if (x === undefined) return 1;
      if (y === undefined) return -1;
      return x < y ? -sign : sign;
    }
    const order = nameOf(a) < nameOf(b) ? -1 : 1;
    return figure ? order : order * sign;
  });
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
