import { KafkaError, type Code } from "kafkaio";
import { Places } from "./places.js";

/** Where a test runs. */
export interface World {
  /** http://host:port of the stack, and the path of the brokers that the test runs on. */
  origin: string;
}

/**
 * The brokers that a test runs on: two of kfake; one of Apache Kafka; that, or kfake where there is none; or one
 * of kfake whose topics have records at every offset.
 */
export type Brokers = "kfake" | "apache" | "either" | "synthetic";

interface Test {
  name: string;
  run: (world: World) => Promise<void>;
  on: Brokers;
  patience: number; // milliseconds
}

const tests: Test[] = [];

/** How long one test may take, in milliseconds, unless it says otherwise. */
const patience = 120_000;

/** Declares a test for every place. The Go test that runs the suite finds it by this very spelling. */
export function test(name: string, run: Test["run"], on: Brokers = "kfake", within = patience): void {
  tests.push({ name, run, on, patience: within });
}

/** Declares a test for pages alone. */
export function pageTest(name: string, run: Test["run"]): void {
  if (globalThis.document) tests.push({ name, run, on: "kfake", patience });
}

/** Runs all tests, and reports in the manner of Go's -test.v=test2json. Returns an exit code. */
export async function runAll(origin: string, write: (text: string) => void): Promise<number> {
  let failed = 0;
  const { only } = (await (await fetch(`${origin}/stack/suite`)).json()) as { only: string };
  const places = new Places(origin);
  for (const { name, run, on, patience } of tests) {
    if (!new RegExp(only).test(name.replaceAll(" ", "_"))) continue;
    write(`\x16=== RUN   ${name}\n`);
    let start = performance.now();
    const took = () => `(${((performance.now() - start) / 1000).toFixed(2)}s)`;
    const fail = (error: unknown) => {
      failed++;
      write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n${text(error)}\n\x16--- FAIL: ${name} ${took()}\n`);
    };
    const place = await places.find(on).catch(fail);
    if (!place) continue;
    if (typeof place !== "string") {
      write(`KAFKAIO_NOTRUN ${JSON.stringify(place.missing)}\n\x16--- SKIP: ${name} (0.00s)\n`);
      continue;
    }
    start = performance.now();
    let limit: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => (limit = setTimeout(() => reject(new Error(`it did not end within ${patience} ms`)), patience)));
    try {
      await Promise.race([run({ origin: place }), late]);
      write(`\x16--- PASS: ${name} ${took()}\n`);
    } catch (error) {
      fail(error);
    }
    clearTimeout(limit);
  }
  return failed > 0 ? 1 : 0;
}

/** The text of anything, bigints and bytes included. */
export function text(value: unknown): string {
  return (
    JSON.stringify(value, (_, v: unknown) => {
      if (typeof v === "bigint") return { bigint: String(v) };
      if (typeof v === "number" && !Number.isFinite(v)) return { number: String(v) };
      if (v instanceof Uint8Array) return { bytes: [...v].map((b) => b.toString(16).padStart(2, "0")).join("") };
      if (v instanceof Error) return { error: { ...v, message: v.message } };
      return v;
    }) ?? String(value)
  );
}

export function equal(got: unknown, want: unknown, what = "it"): void {
  if (text(got) !== text(want)) throw new Error(`${what} is ${text(got)}, want ${text(want)}`);
}

/** Waits for a promise to reject with a KafkaError of that code, and returns the error. */
export async function rejects(promise: Promise<unknown>, code: Code): Promise<KafkaError> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (!KafkaError.is(error, code)) throw new Error(`it rejected with ${text(error)}, want ${code}`);
    return error;
  }
  throw new Error(`it resolved to ${text(value)}, want ${code}`);
}
