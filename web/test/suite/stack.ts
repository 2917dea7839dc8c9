import { connect, type ConnectOptions, type Kafka } from "kafkaio";
import type { World } from "./harness.js";

export interface Setup {
  brokers: string[];
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

  #post(what: string): Promise<unknown> {
    return fetch(`${this.#origin}/stack/${what}?path=${this.#path}`, { method: "POST" });
  }
}

export async function newBridge(w: World, config: { tokens?: string[]; expiresInMs?: number } = {}): Promise<Bridge> {
  const answer = await fetch(`${w.origin}/stack/bridges`, { method: "POST", body: JSON.stringify(config) });
  return new Bridge(w.origin, ((await answer.json()) as { path: string }).path);
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
