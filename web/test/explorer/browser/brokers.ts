import { setup } from "./setup.js";
import { Site } from "./site.js";

/** elsewhere is Apache Kafka that advertises kafka.invalid:29092 for TLS and SCRAM. */
export type Kind = "apache" | "kfake" | "synthetic" | "elsewhere";

/** Brokers that want TLS and SCRAM. */
export interface Secure {
  brokers: string[];
  ca: string;
  mechanism: string;
  username: string;
  password: string;
}

/** A record to write. What is left out is null, the timestamp now. times: how often the value is repeated. */
export interface Written {
  partition?: number;
  key?: string | Uint8Array;
  value?: string | Uint8Array;
  times?: number;
  headers?: [string, string | Uint8Array | null][];
  timestamp?: number;
}

/** A record as brokers have it: its bytes in hex, null where it has none. */
export interface Stored {
  partition: number;
  offset: number;
  key: string | null;
  value: string | null;
  headers: { name: string; value: string | null }[];
  timestamp: number;
}

/** How records are written: each in a batch of its own unless they are together. leave: the transaction stays open. */
export interface Writing {
  transaction?: "commit" | "abort" | "leave";
  together?: boolean;
}

/** A cluster of the stack: one broker of Apache Kafka, or two of kfake, or one whose topics have records at each offset. */
export class Brokers {
  static #known = new Map<Kind, Promise<Brokers | string>>();
  #site: Promise<Site> | undefined;

  private constructor(
    readonly kind: Kind,
    readonly bootstrap: readonly string[],
  ) {}

  /** Finds what a test wants; a text says what is missing. */
  static async find(on: Kind | "either"): Promise<Brokers | string> {
    const kind = on === "either" ? "apache" : on;
    const known = this.#known.get(kind) ?? this.#start(kind);
    this.#known.set(kind, known);
    const found = await known;
    return on === "either" && typeof found === "string" ? this.find("kfake") : found;
  }

  static async #start(kind: Kind): Promise<Brokers | string> {
    if (kind === "apache" || kind === "elsewhere") {
      const { missing, failed } = (await (await post(`/stack/${kind}`)).json()) as { missing: string; failed: string };
      if (failed) throw new Error(failed);
      if (missing) return missing;
    }
    const { brokers } = (await (await fetch(`${setup.stack}${pathOf(kind)}/stack/setup`)).json()) as { brokers: string[] };
    return new Brokers(kind, brokers);
  }

  /** A bridge before these brokers, which tests share: they leave it as it is. */
  site(): Promise<Site> {
    this.#site ??= Site.start({ clusters: [{ name: "test", brokers: this.bootstrap }] });
    return this.#site;
  }

  async topic(name: string, { partitions = 1, configs = {} }: { partitions?: number; configs?: Record<string, string> } = {}): Promise<void> {
    await this.#ask("topics", { name, partitions, configs });
  }

  async remove(name: string): Promise<void> {
    await this.#ask("removals", { name });
  }

  async write(topic: string, records: readonly Written[], how: Writing = {}): Promise<void> {
    const encoded = records.map((r) => ({ ...r, base64: true, key: base64(r.key), value: base64(r.value), headers: r.headers?.map(([name, value]) => [name, base64(value)]) }));
    await this.#ask("records", { topic, records: encoded, ...how });
  }

  /** Has Java's producer write to PREFIX.codecs, PREFIX.odd and PREFIX.transactions: see JavaProducer.java. */
  async java(prefix: string): Promise<void> {
    await this.#ask("java", { prefix });
  }

  /** Deletes the records of a partition before an offset, as retention does. */
  async deleteBefore(topic: string, partition: number, before: number): Promise<void> {
    await this.#ask("deletions", { topic, partition, before });
  }

  /** The addresses at which these brokers want TLS and SCRAM. */
  async secure(): Promise<Secure> {
    return (await (await fetch(`${setup.stack}${pathOf(this.kind)}/stack/secure`)).json()) as Secure;
  }

  /** The records of a topic, by partition and offset. */
  async stored(topic: string): Promise<Stored[]> {
    const answer = await fetch(`${setup.stack}${pathOf(this.kind)}/stack/stored?topic=${encodeURIComponent(topic)}`);
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as Stored[];
  }

  /** Has a member of a group read a topic and commit, unless it is idle. It stays until the suite ends. */
  async member(group: string, topic: string, { clientId = "member", idle = false }: { clientId?: string; idle?: boolean } = {}): Promise<void> {
    await this.#ask("members", { group, topic, clientId, idle });
  }

  /** Commits an offset for a group without members. */
  async commit(group: string, topic: string, partition: number, offset: number): Promise<void> {
    await this.#ask("commits", { group, topic, partition, offset });
  }

  /** Does something to the broker of Apache Kafka. */
  async broker(what: "freeze" | "thaw" | "kill" | "restart"): Promise<void> {
    await post(`${pathOf(this.kind)}/stack/broker?do=${what}`);
  }

  #ask(what: string, body: unknown): Promise<Response> {
    return post(`${pathOf(this.kind)}/stack/${what}`, body);
  }
}

function base64(bytes: string | Uint8Array | null | undefined): string | null {
  return bytes === null || bytes === undefined ? null : Buffer.from(bytes as string).toString("base64");
}

function pathOf(kind: Kind): string {
  return kind === "kfake" ? "" : `/${kind}`;
}

async function post(path: string, body?: unknown): Promise<Response> {
  const answer = await fetch(setup.stack + path, { method: "POST", body: body === undefined ? null : JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer;
}
