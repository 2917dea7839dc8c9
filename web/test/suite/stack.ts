import { connect, type ConnectOptions, type Kafka } from "kafkaio";
import type { World } from "./harness.js";

export interface Setup {
  brokers: string[];
  clusterId: string;
  echo: string;
}

export async function setup(w: World): Promise<Setup> {
  return (await (await fetch(`${w.origin}/stack/setup`)).json()) as Setup;
}

/** A bridge of a test's own. */
export class Bridge {
  readonly url: string;
  #origin: string;
  #path: string;

  constructor(origin: string, path: string) {
    this.url = origin + path;
    this.#origin = origin;
    this.#path = path;
  }

  end(): Promise<unknown> {
    return this.#post("end");
  }

  again(): Promise<unknown> {
    return this.#post("again");
  }

  /** Breaks its connections with pages. */
  cut(): Promise<unknown> {
    return this.#post("cut");
  }

  /** Holds back what passes between pages and it, until flow. */
  stall(): Promise<unknown> {
    return this.#post("stall");
  }

  flow(): Promise<unknown> {
    return this.#post("flow");
  }

  /** The number of bytes that it has received from brokers. */
  async received(): Promise<number> {
    return (await (await fetch(`${this.#origin}/stack/received?path=${this.#path}`)).json()) as number;
  }

  #post(what: string): Promise<unknown> {
    return fetch(`${this.#origin}/stack/${what}?path=${this.#path}`, { method: "POST" });
  }
}

export async function newBridge(w: World, config: { brokers?: string[]; tokens?: string[]; expiresInMs?: number } = {}): Promise<Bridge> {
  const answer = await fetch(`${w.origin}/stack/bridges`, { method: "POST", body: JSON.stringify(config) });
  return new Bridge(w.origin, ((await answer.json()) as { path: string }).path);
}

/** Does something to the broker of Apache Kafka. */
export async function broker(w: World, what: "freeze" | "thaw" | "kill" | "restart"): Promise<void> {
  const answer = await fetch(`${w.origin}/stack/broker?do=${what}`, { method: "POST" });
  if (!answer.ok) throw new Error(`${what}: ${await answer.text()}`);
}

/** Runs f with a client, which is closed then. */
export async function withKafka(w: World, options: ConnectOptions, f: (kafka: Kafka) => Promise<void>): Promise<void> {
  const kafka = await connect({ bridge: `${w.origin}/kafka`, ...options });
  try {
    await f(kafka);
  } finally {
    await kafka.close();
  }
}
