/** How many rows are drawn above and below those that are visible. */
const spare = 6;

/**
 * Which of count rows of equal height a scroller shows, below a header of the same height: visible ones, and with some
 * to spare drawn ones. last is after the last one. Heights are in pixels.
 */
export function windowOf({ top, height, rowHeight, count }: { top: number; height: number; rowHeight: number; count: number }) {
  const within = (row: number) => Math.max(0, Math.min(count, row));
  const firstVisible = within(Math.floor(top / rowHeight));
  const lastVisible = within(Math.ceil((top + height) / rowHeight) - 1);
  return { first: within(firstVisible - spare), last: within(lastVisible + spare), firstVisible, lastVisible: Math.max(firstVisible, lastVisible) };
}
