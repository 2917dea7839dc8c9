import type * as types from "./admin_types.js";
import type { Calls } from "./calls.js";
import { mismatch } from "./errors.js";
import { items } from "./items.js";
import { iterate } from "./iterate.js";
import { checkFields, checkInteger, checkName, checkSignal, checkType, maxInt32 } from "./options.js";
import { checkPosition, type Position } from "./position.js";

/** How many items of a list may be under way. */
const listCredit = 4;

/** The largest factor of replication that the protocol has. */
const maxReplication = 2 ** 15 - 1;

export class AdminClient implements types.Admin {
  #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  async cluster(): Promise<types.Cluster> {
    return this.#ask("cluster", {});
  }

  async topics(o: { internal?: boolean; signal?: AbortSignal } = {}): Promise<types.Topic[]> {
    checkFields(o, "options", ["internal", "signal"]);
    checkType(o.internal, "internal", "boolean");
    checkSignal(o.signal);
    return this.#ask("topics", { internal: o.internal ?? false }, o.signal);
  }

  async topic(name: string): Promise<types.TopicDetail> {
    checkName(name, "name");
    return this.#ask("topic", { name });
  }

  async offsets(p: { topic: string; partitions?: number[] }, at: Position, o: { signal?: AbortSignal } = {}): Promise<types.OffsetResult[]> {
    checkFields(p, "partitions", ["topic", "partitions"]);
    checkPartitionsOf(p, "partitions");
    checkPosition(at, "at");
    if (at === "committed") throw mismatch("at: \"committed\" is a position of a group; group() has it");
    checkFields(o, "options", ["signal"]);
    checkSignal(o.signal);
    return this.#ask("offsets", { ...p, at }, o.signal);
  }

  async configs(of: { topic: string } | { broker: number }): Promise<types.Config[]> {
    checkFields(of, "of", ["topic", "broker"]);
    if ("topic" in of === "broker" in of) throw mismatch("of: either topic or broker was expected");
    if ("topic" in of) checkName(of.topic, "topic");
    else checkInteger(of.broker, "broker", 0, maxInt32);
    return this.#ask("configs", of);
  }

  groups(o: { topic?: string; signal?: AbortSignal } = {}): AsyncGenerator<types.Group, void, undefined> {
    return iterate((left) => this.#groups(o, left));
  }

  async *#groups(o: { topic?: string; signal?: AbortSignal }, left: Promise<void>): AsyncGenerator<types.Group, void, undefined> {
    checkFields(o, "options", ["topic", "signal"]);
    if (o.topic !== undefined) checkName(o.topic, "topic");
    checkSignal(o.signal);
    yield* this.#list<types.Group>("groups", { topic: o.topic }, left, o.signal);
  }

  async group(id: string): Promise<types.GroupDetail> {
    checkName(id, "id");
    return this.#ask("group", { id });
  }

  logDirs(): AsyncGenerator<types.LogDir, void, undefined> {
    return iterate((left) => this.#list("logDirs", {}, left));
  }

  async createTopic(t: { name: string; partitions?: number; replication?: number; configs?: Record<string, string>; validateOnly?: boolean }): Promise<void> {
    checkFields(t, "topic", ["name", "partitions", "replication", "configs", "validateOnly"]);
    const { name, partitions = -1, replication = -1, configs = {}, validateOnly = false } = t;
    checkName(name, "name");
    if (partitions !== -1) checkInteger(partitions, "partitions", 1, maxInt32);
    if (replication !== -1) checkInteger(replication, "replication", 1, maxReplication);
    if (typeof configs !== "object" || configs === null || Symbol.iterator in configs) throw mismatch("configs: an object with a member for each was expected");
    for (const [key, value] of Object.entries(configs)) {
      if (typeof value !== "string") throw mismatch(`configs[${JSON.stringify(key)}]: a string was expected`);
    }
    checkType(validateOnly, "validateOnly", "boolean");
    await this.#change("createTopic", { name, partitions, replication, configs, validateOnly });
  }

  async createPartitions(topic: string, total: number): Promise<void> {
    checkName(topic, "topic");
    checkInteger(total, "total", 1, maxInt32);
    await this.#change("createPartitions", { topic, total });
  }

  async deleteTopic(name: string): Promise<void> {
    checkName(name, "name");
    await this.#change("deleteTopic", { name });
  }

  async resetOffsets(group: string, to: { topic: string; partitions?: number[]; to: Position }[], o: { preview?: boolean } = {}): Promise<types.OffsetChange[]> {
    checkName(group, "group");
    if (!Array.isArray(to)) throw mismatch("to: an array of {topic, partitions, to} was expected");
    for (const [i, t] of to.entries()) {
      checkFields(t, `to[${i}]`, ["topic", "partitions", "to"]);
      checkPartitionsOf(t, `to[${i}]`);
      checkPosition(t.to, `to[${i}].to`);
    }
    checkFields(o, "options", ["preview"]);
    checkType(o.preview, "preview", "boolean");
    const preview = o.preview ?? false;
    return (await this.#calls.do("resetOffsets", { group, to, preview }, { writes: !preview })) as never;
  }

  async deleteGroup(id: string): Promise<void> {
    checkName(id, "id");
    await this.#change("deleteGroup", { id });
  }

  async #ask<T>(method: string, options: object, signal?: AbortSignal): Promise<T> {
    return (await this.#calls.do(method, options, { signal })) as T;
  }

  async #change(method: string, options: object): Promise<void> {
    await this.#calls.do(method, options, { writes: true });
  }

  /** Iterates over what comes in lists. */
  async *#list<T>(method: string, options: object, left: Promise<void>, signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
    for await (const list of items(this.#calls, method, options, { items: listCredit, signal, left })) yield* list as T[];
  }
}

/** Refuses what doesn't name partitions of a topic. */
function checkPartitionsOf({ topic, partitions }: { topic: string; partitions?: number[] }, name: string): void {
  checkName(topic, `${name}.topic`);
  if (partitions === undefined) return;
  if (!Array.isArray(partitions)) throw mismatch(`${name}.partitions: an array was expected`);
  for (const [i, n] of partitions.entries()) checkInteger(n, `${name}.partitions[${i}]`, 0, maxInt32);
}
