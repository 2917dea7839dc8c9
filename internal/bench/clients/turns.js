// How a client in Node takes its turns: it reads a number of records from standard input, and writes at which
// rate it consumed as many from the beginning of the topic.
import { createInterface } from "node:readline";
import { Meter } from "./meter.js";

/** The broker and the topic. */
export const [broker, topic] = process.argv.slice(2);

/** How long a turn may take, in milliseconds. */
const limit = 120_000;

let groups = 0;

/** The name of a group that was never used. */
export const newGroup = () => `bench-${process.pid}-${++groups}`;

/** Takes turns with a function that consumes until the Meter has all. */
export async function takeTurns(consume) {
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    const meter = new Meter(Number(line));
    const late = setTimeout(() => {
      throw new Error(`${line} records did not come within ${limit} ms`);
    }, limit);
    await consume(meter);
    clearTimeout(late);
    console.log(meter.rate);
  }
}
