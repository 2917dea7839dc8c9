import { test as declare } from "node:test";
import { closeBrowsers } from "./browser.js";
import { Brokers, type Kind } from "./brokers.js";
import { Command, endCommands } from "./command.js";
import { setup } from "./setup.js";
import { Site } from "./site.js";
import { Tab, type Look, type Server } from "./tab.js";

/** How long a test may take, in milliseconds, on a machine that is busy. */
const patience = 180_000;

/** What a test works with. */
export class World {
  #tabs: Tab[] = [];
  #commands: Command[] = [];
  #sites: Site[] = [];
  #names = 0;

  constructor(
    readonly test: string,
    readonly brokers: Brokers,
  ) {}

  /** A name that nobody else has. */
  name(prefix: string): string {
    return `${prefix}-${process.pid.toString(36)}${Date.now().toString(36)}-${this.#names++}`;
  }

  /** A bridge of one's own with the explorer, before the test's brokers unless config says otherwise. */
  async site(config: Record<string, unknown> = {}): Promise<Site> {
    const site = await Site.start({ clusters: [{ name: "test", brokers: this.brokers.bootstrap }], ...config });
    this.#sites.push(site);
    return site;
  }

  /** Runs a kafkaio command at a free port. */
  async run(...args: string[]): Promise<Command> {
    const [name = "", ...rest] = args;
    const command = await Command.start(name, "--listen", "127.0.0.1:0", ...rest);
    this.#commands.push(command);
    return command;
  }

  /** Opens a tab at a fragment. Each has storage of its own, unless it is of another one's browser context. */
  async open(site: Server, fragment: string, look: Look = {}, beside?: Tab): Promise<Tab> {
    const tab = await Tab.open(site, fragment, look, beside);
    this.#tabs.push(tab);
    return tab;
  }

  /** Opens a tab before the test's brokers. */
  async explore(fragment: string, look?: Look): Promise<Tab> {
    return this.open(await this.brokers.site(), fragment, look);
  }

  /** Ends bridges, commands and tabs, which must have had no trouble. */
  async end(): Promise<void> {
    await Promise.all(this.#tabs.map((t) => t.close()));
    for (const tab of this.#tabs) await tab.dropContext();
    await Promise.all([...this.#commands.map((c) => c.interrupt()), ...this.#sites.map((s) => s.kill())]);
    const troubles = this.#tabs.flatMap((t) => t.troubles);
    if (troubles.length > 0) throw new Error(`in the page: ${troubles.join("\n")}`);
  }

  /** What a failure leaves for people to look at. */
  async failed(): Promise<void> {
    for (const [i, tab] of this.#tabs.entries()) {
      if (!tab.page.isClosed()) await tab.screenshot(`failed-${this.test.replace(/\W+/g, "-")}${i || ""}`).catch(() => {});
    }
  }
}

/**
 * Declares a test. It runs on Apache Kafka, on kfake, or on either: on Apache Kafka where there is one. The Go test
 * finds it by this very spelling.
 */
export function test(name: string, run: (w: World) => Promise<void>, on: Kind | "either" = "either"): void {
  if (!new RegExp(setup.only).test(name.replaceAll(" ", "_"))) return;
  declare(name, { timeout: patience }, async (t) => {
    const brokers = await Brokers.find(on);
    if (typeof brokers === "string") return t.skip(brokers);
    const w = new World(name, brokers);
    try {
      await run(w);
    } catch (error) {
      await w.failed();
      await w.end().catch((trouble: Error) => console.log(trouble.message));
      throw error;
    }
    await w.end();
  });
}

/** Ends what the tests have started. */
export async function endAll(): Promise<void> {
  endCommands();
  await closeBrowsers();
}
