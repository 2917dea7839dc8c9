import { join } from "node:path";
import type { ElementHandle, Page } from "puppeteer-core";
import { newContext, type Scheme } from "./browser.js";
import { install, type Wanted } from "./probe.js";
import { setup } from "./setup.js";

/** How long something may take that takes a second on an idle machine, in milliseconds. */
export const patience = 60_000;

/** What an element is called, or shows: the whole text, or a pattern. */
export type Name = string | RegExp;

/** What serves the explorer: a Site, a Command, or a Relay before one. */
export interface Server {
  readonly origin: string;
}

export interface Look {
  scheme?: Scheme;
  width?: number;
  height?: number;
}

/** A tab with the explorer, used as a person does. */
export class Tab {
  /** What went wrong in the page beside what the test looks at. */
  readonly troubles: string[] = [];

  private constructor(
    readonly page: Page,
    readonly site: Server,
  ) {}

  static async open(site: Server, fragment: string, { scheme = "light", width = 1280, height = 800 }: Look, beside?: Tab): Promise<Tab> {
    const context = beside?.page.browserContext() ?? (await newContext(scheme));
    const tab = new Tab(await context.newPage(), site);
    const { page } = tab;
    page.on("console", (m) => m.type() === "error" && tab.#trouble(m.text()));
    page.on("pageerror", (e) => tab.#trouble(e instanceof Error ? (e.stack ?? e.message) : String(e)));
    page.on("request", (r) => /^https?:/.test(r.url()) && !r.url().startsWith(site.origin) && tab.troubles.push(`it asked for ${r.url()}`));
    await page.evaluateOnNewDocument(install);
    if (setup.browser === "chrome") await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.setViewport({ width, height });
    await tab.goto(fragment);
    return tab;
  }

  async goto(fragment: string): Promise<void> {
    await this.page.goto(`${this.site.origin}/${fragment}`);
  }

  get fragment(): string {
    return new URL(this.page.url()).hash;
  }

  /** Waits until something is so. */
  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + patience;
    let error: unknown;
    do {
      try {
        if (await isSo()) return;
        error = undefined;
      } catch (e) {
        error = e; // the page may be on its way to another
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    } while (Date.now() < deadline);
    throw new Error(`waited in vain for ${what}${error ? `: ${String(error)}` : ""}\nthe page is at ${this.page.url()}, and shows: ${await this.text().catch(String)}`);
  }

  /** What the page shows, or the first element that a selector fits. */
  text(selector = "body"): Promise<string> {
    return this.page.evaluate((s) => ((e) => (e ? probe.text(e) : ""))(probe.find(s)[0]), selector);
  }

  /** What each element shows that a selector fits. */
  texts(selector: string): Promise<string[]> {
    return this.page.evaluate((s) => probe.find(s).map((e) => probe.text(e)), selector);
  }

  count(selector: string, name?: Name): Promise<number> {
    return this.page.evaluate((s, n) => probe.find(s, n ?? undefined).length, selector, wanted(name) ?? null);
  }

  /** Waits until the page, or an element in it, shows a text. */
  says(text: Name, selector = "body"): Promise<void> {
    const fits = (t: string) => (typeof text === "string" ? t.includes(text) : text.test(t));
    return this.until(`${selector} to show ${String(text)}`, async () => (await this.texts(selector)).some(fits));
  }

  /** Waits until an element is there; which may have to have a name. */
  sees(selector: string, name?: Name): Promise<void> {
    return this.until(`${selector} ${name ?? ""}`, async () => (await this.count(selector, name)) > 0);
  }

  /** Waits until no element is there. */
  misses(selector: string, name?: Name): Promise<void> {
    return this.until(`no ${selector} ${name ?? ""}`, async () => (await this.count(selector, name)) === 0);
  }

  /** Waits until the URL's fragment fits. */
  at(fragment: Name): Promise<void> {
    return this.until(`the fragment ${String(fragment)}`, async () => (typeof fragment === "string" ? this.fragment === fragment : fragment.test(this.fragment)));
  }

  /** Clicks on the only element that fits, with the mouse. */
  async click(selector: string, name?: Name): Promise<void> {
    const { x, y } = await this.#point(selector, name);
    await this.page.mouse.click(x, y);
  }

  /** Moves the mouse over the only element that fits. */
  async hover(selector: string, name?: Name): Promise<void> {
    const { x, y } = await this.#point(selector, name);
    await this.page.mouse.move(x, y);
  }

  /** Replaces what a field has by typing. */
  async fill(selector: string, name: Name | undefined, text: string): Promise<void> {
    await this.click(selector, name);
    await this.page.evaluate((s, n) => (probe.find(s, n ?? undefined)[0] as HTMLInputElement).select(), selector, wanted(name) ?? null);
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.type(text);
  }

  /** Chooses of a select element. */
  async choose(name: Name, value: string): Promise<void> {
    await this.sees("select", name);
    const select = await this.page.evaluateHandle((n) => probe.find("select", n)[0]!, wanted(name)!);
    await (select as ElementHandle<HTMLSelectElement>).select(value);
  }

  /** Presses keys, one after the other. */
  async press(...keys: Parameters<Page["keyboard"]["press"]>[0][]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** What the element is called that has the focus. */
  focused(): Promise<string> {
    return this.page.evaluate(() => ((e) => (e ? probe.name(e) : ""))(probe.focused()));
  }

  /** Goes back in the history, or forward: negative steps go back. */
  async go(steps: number): Promise<void> {
    await this.page.evaluate((n) => history.go(n), steps);
  }

  /** Writes a picture to the artifacts. */
  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(setup.artifacts, `${setup.browser}-${name}.png`) as `${string}.png` });
  }

  async close(): Promise<void> {
    if (!this.page.isClosed()) {
      this.troubles.push(...(await this.page.evaluate(() => [...probe.violations, ...(probe.hacked > 0 ? ["a hostile script ran"] : [])]).catch(() => [])));
      await this.page.close();
    }
  }

  /** Drops the browser context, and with it what else is open in it. */
  async dropContext(): Promise<void> {
    if (!this.page.browserContext().closed) await this.page.browserContext().close();
  }

  /** Notes an error that no test expects: connections may break. */
  #trouble(text: string): void {
    if (!/\bws:\/\/|Failed to load resource/.test(text)) this.troubles.push(text);
  }

  /** Waits until the mouse can meet the only element that fits, and until that stands still. */
  async #point(selector: string, name: Name | undefined): Promise<{ x: number; y: number }> {
    let point: { x: number; y: number } | undefined;
    await this.until(`${selector} ${name ?? ""} to be met by the mouse`, async () => {
      const found = await this.page.evaluate((s, n) => ((f) => ({ count: f.length, point: f[0] ? probe.point(f[0]) : undefined }))(probe.find(s, n ?? undefined)), selector, wanted(name) ?? null);
      if (found.count > 1) throw new Error(`${found.count} elements fit`);
      const [before, now] = [point, found.point];
      point = now;
      return now !== undefined && now.x === before?.x && now.y === before.y;
    });
    return point!;
  }
}

function wanted(name: Name | undefined): Wanted | undefined {
  return name === undefined ? undefined : typeof name === "string" ? { text: name } : { pattern: name.source };
}
