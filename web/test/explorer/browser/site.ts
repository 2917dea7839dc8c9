import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "./command.js";
import { setup } from "./setup.js";

/** A line of auth.tokens. */
export function tokenOf(token: string, identity: string): Record<string, unknown> {
  return { identity, sha256: createHash("sha256").update(token).digest("hex") };
}

/** A kafkaio bridge that serves the explorer. */
export class Site {
  static #count = 0;
  origin = "";
  #file = join(setup.temp, `bridge-${Site.#count++}.yaml`);
  #command: Command | undefined;

  private constructor(private config: Record<string, unknown>) {}

  /** Starts a bridge with this file, of which JSON is a kind of YAML. */
  static async start(config: Record<string, unknown>): Promise<Site> {
    const site = new Site({ listen: "127.0.0.1:0", page: true, log: { level: "error" }, ...config });
    await site.again();
    return site;
  }

  /** Starts it again, where it was. */
  async again(): Promise<void> {
    writeFileSync(this.#file, JSON.stringify(this.config));
    this.#command = await Command.start("bridge", this.#file);
    this.origin = this.#command.origin;
    this.config = { ...this.config, listen: this.#command.link.host };
  }

  /** Ends it at once, in the midst of what it does. */
  async kill(): Promise<void> {
    await this.#command!.kill();
  }
}
