import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setup } from "./setup.js";

const running = new Set<ChildProcess>();

/** Ends all commands. */
export function endCommands(): void {
  for (const process of running) process.kill("SIGKILL");
}

/** A kafkaio that runs, and has printed a link to open. */
export class Command {
  private constructor(
    readonly link: URL,
    private readonly process: ChildProcess,
  ) {}

  static async start(...args: string[]): Promise<Command> {
    const process = spawn(setup.kafkaio, args, { stdio: ["ignore", "pipe", "inherit"] });
    running.add(process);
    process.on("exit", () => running.delete(process));
    const link = await new Promise<string>((resolve, reject) => {
      createInterface(process.stdout).on("line", (line) => {
        const found = /http:\S+/.exec(line);
        if (found) resolve(found[0]);
      });
      process.on("exit", (code) => reject(new Error(`kafkaio ${args.join(" ")} ended with ${code}`)));
    });
    return new Command(new URL(link), process);
  }

  get origin(): string {
    return this.link.origin;
  }

  /** Interrupts it as Ctrl-C does. It has to end well. */
  async interrupt(): Promise<void> {
    await this.#end("SIGINT");
    if (this.process.exitCode !== 0) throw new Error(`kafkaio ended with ${this.process.exitCode ?? this.process.signalCode}`);
  }

  /** Ends it at once, in the midst of what it does. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!running.has(this.process)) return;
    const ended = once(this.process, "exit");
    this.process.kill(signal);
    await ended;
  }
}
