import { KafkaError, type Kafka, type KafkaRecord, type ProduceResult } from "kafkaio";
import { limitOf, sizeOf } from "./produce.js";
import { redriven, type Job } from "./redrive_job.js";

/** A record, and the topic that it goes to. */
export interface Sendable {
  record: KafkaRecord;
  to: string;
}

/** A record that wasn't acknowledged. unknown: it may be stored all the same. */
export interface Failure {
  partition: number;
  offset: bigint;
  to: string;
  error: unknown;
  unknown: boolean;
}

/** Splits records into those that are sent at once: of so many bytes at most, or a larger one alone. */
export function* chunksOf(job: Job, all: Iterable<Sendable>, most: number): Generator<Sendable[]> {
  let [chunk, size]: [Sendable[], number] = [[], 0];
  for (const sendable of all) {
    const bytes = sizeOf(redriven(job, sendable.to, sendable.record));
    if (chunk.length > 0 && size + bytes > most) {
      yield chunk;
      [chunk, size] = [[], 0];
    }
    chunk.push(sendable);
    size += bytes;
  }
  if (chunk.length > 0) yield chunk;
}

/** Sends records, and returns those that failed. */
export async function deliver(kafka: Kafka, job: Job, all: readonly Sendable[]): Promise<Failure[]> {
  const records = all.map(({ record, to }) => redriven(job, to, record));
  let results: (ProduceResult | undefined)[] = [];
  let error: unknown;
  try {
    results = await kafka.produce(records, limitOf(records));
  } catch (e) {
    error = e; // of which records isn't told
  }
  return all.flatMap(({ record: { partition, offset }, to }, i) => {
    const result = results[i] ?? { error };
    if (!("error" in result)) return [];
    return [{ partition, offset, to, error: result.error, unknown: KafkaError.is(result.error) && result.error.outcomeUnknown }];
  });
}
