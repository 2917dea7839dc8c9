import type { Batch, ConsumeOptions, Kafka, Progress } from "kafkaio";

/** Of a value so many bytes come to the page. */
export const valueLimit = 4096;

/** What fits into one batch is as much as the loop takes without a pause for the tab. */
const maxBatchRecords = 500;

/** How long batches are taken before the tab may draw, in milliseconds. */
const longestTurn = 12;

/** How often the figures of a scan are asked for, in milliseconds. */
const progressEvery = 250;

/** Who is told of a scan. */
export interface Scanning {
  /** false ends the scan. */
  batch(batch: Batch): boolean;
  progress(progress: Progress): void;
}

/**
 * Reads what the options say, in turns that leave the tab responsive. true: all was read; false: batch() wanted no
 * more. It rejects if the reading fails, or the signal is aborted.
 */
export async function scan(kafka: Kafka, options: ConsumeOptions & { signal: AbortSignal }, on: Scanning): Promise<boolean> {
  const consumer = kafka.consume({ ...options, valueLimit, maxBatchRecords });
  let isOver = false;
  const ask = async (): Promise<void> => {
    const progress = await consumer.progress().catch(() => undefined); // the loop says what is wrong
    if (progress && !isOver && !options.signal.aborted) on.progress(progress);
  };
  const timer = setInterval(() => void ask(), progressEvery);
  try {
    let since = performance.now();
    for await (const batch of consumer) {
      if (!on.batch(batch)) {
        await ask();
        return false;
      }
      if (performance.now() - since < longestTurn) continue;
      await new Promise((resolve) => setTimeout(resolve));
      since = performance.now();
    }
    await ask();
    return true;
  } finally {
    isOver = true;
    clearInterval(timer);
    void consumer.close().catch(() => {}); // the loop has said what is wrong
  }
}
