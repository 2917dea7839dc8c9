import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setup } from "./setup.js";

const running = new Set<ChildProcess>();

/** Ends all bridges. */
export function endSites(): void {
  for (const process of running) process.kill("SIGKILL");
}

/** A line of auth.tokens. */
export function tokenOf(token: string, identity: string): Record<string, unknown> {
  return { identity, sha256: createHash("sha256").update(token).digest("hex") };
}

/** A kafkaio bridge that serves the explorer. */
export class Site {
  static #count = 0;
  origin = "";
  #file = join(setup.temp, `bridge-${Site.#count++}.yaml`);
  #process: ChildProcess | undefined;

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
    const bridge = spawn(setup.kafkaio, ["bridge", this.#file], { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = bridge;
    running.add(bridge);
    bridge.on("exit", () => running.delete(bridge));
    const at = await new Promise<string>((resolve, reject) => {
      createInterface(bridge.stdout).on("line", (line) => {
        const address = /ws:\/\/([^/]+)\//.exec(line)?.[1];
        if (address !== undefined) resolve(address);
      });
      bridge.on("exit", (code) => reject(new Error(`kafkaio bridge ended with ${code}`)));
    });
    this.origin = `http://${at}`;
    this.config = { ...this.config, listen: at };
  }

  /** Ends it at once, in the midst of what it does. */
  async kill(): Promise<void> {
    const ended = once(this.#process!, "exit");
    this.#process!.kill("SIGKILL");
    await ended;
  }
}
