// How long a page's main thread is busy at a stretch.

/** Milliseconds between looks at the clock. */
const interval = 5;

/** What is still to be told of the last task, in milliseconds. */
const after = 300;

/**
 * Adds to what work returns: gap, how late a timer was at most; task, the longest task that the browser tells,
 * which it does of those from 50 ms on; null where it tells none ever. In milliseconds.
 */
export async function blocked(work) {
  const tells = PerformanceObserver.supportedEntryTypes.includes("longtask");
  let task = tells ? 0 : null;
  let gap = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) task = Math.max(task, duration);
  });
  if (tells) observer.observe({ type: "longtask" });
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    gap = Math.max(gap, now - last - interval);
    last = now;
  }, interval);
  const result = await work();
  await new Promise((resolve) => setTimeout(resolve, after));
  clearInterval(timer);
  observer.disconnect();
  return { ...result, gap, task };
}
