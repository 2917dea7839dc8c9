// What the tests of Messages share: topics with records, and what their page shows of them.
import { deepEqual } from "node:assert/strict";
import type { Written } from "./brokers.js";
import type { World } from "./harness.js";
import type { Tab } from "./tab.js";

/** A row of the list. */
export const row = "[role=option]";

/** The time of the first record that recordsIn makes; each later one is a second later. */
export const begin = 1_700_000_000_000;

/** Makes a topic with records, each a second later than the one before unless it has a timestamp. */
export async function topicWith(w: World, records: readonly Written[], partitions = 1, configs: Record<string, string> = {}): Promise<string> {
  const topic = w.name("messages");
  await w.brokers.topic(topic, { partitions, configs });
  await w.brokers.write(topic, records.map((r, i) => ({ timestamp: begin + i * 1000, ...r })));
  return topic;
}

/** Values as records, so many of each partition in turn: "0", "1" and so on. */
export function numbered(n: number, partitions = 1): Written[] {
  return Array.from({ length: n }, (_, i) => ({ partition: i % partitions, key: `k${i}`, value: `v${i}` }));
}

/** The fragment of a topic's Messages. */
export function place(topic: string, query = ""): string {
  return `#/topics/${encodeURIComponent(topic)}/messages${query && `?${query}`}`;
}

/** What the rows show but their time: partition, offset, key, value. */
export async function rows(tab: Tab): Promise<string[]> {
  return (await tab.texts(row)).map((t) => t.replace(/^(\d+-\d+-\d+ \S+|none|\d{13,}) (?=\d)/, ""));
}

/** Waits until these rows are there, and no others. */
export async function shows(tab: Tab, ...wanted: string[]): Promise<void> {
  let got: string[] = [];
  await tab.until(`the rows ${wanted.join(", ")}`, async () => {
    got = await rows(tab);
    return got.length === wanted.length;
  }).catch(() => {}); // what differs is told
  deepEqual(got, wanted);
}

/** Waits until the line of the scan says something. */
export function scanSays(tab: Tab, text: string | RegExp): Promise<void> {
  return tab.says(text, ".scan");
}

const order = (i: number) => JSON.stringify({ id: 1000 + i, amount: "19.90", customer: { name: "Žofie", city: "Brno" }, items: [{ sku: "A-1", count: i }], paid: i % 2 === 0 });

/** A topic as many are. */
export function orders(w: World): Promise<string> {
  return topicWith(w, Array.from({ length: 40 }, (_, i) => ({ partition: i % 3, key: `order-${i}`, value: order(i), headers: [["content-type", "application/json"], ["trace", `4bf92f${i}`]] })), 3);
}
