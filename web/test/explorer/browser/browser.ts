import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, type Browser, type BrowserContext } from "puppeteer-core";
import { setup } from "./setup.js";

export type Scheme = "light" | "dark";

/** Where browsers save files. */
export const downloads = join(setup.temp, "downloads");

const browsers = new Map<string, Promise<Browser>>();

/** A context of its own, with its own storage. Firefox is dark as a whole or not at all. */
export async function newContext(scheme: Scheme): Promise<BrowserContext> {
  const key = setup.browser === "firefox" ? scheme : "";
  const started = browsers.get(key) ?? (setup.browser === "firefox" ? firefox(scheme) : chromium());
  browsers.set(key, started);
  const browser = await started;
  return browser.createBrowserContext(setup.browser === "firefox" ? {} : { downloadBehavior: { policy: "allow", downloadPath: downloads } });
}

function chromium(): Promise<Browser> {
  mkdirSync(downloads, { recursive: true });
  return launch({
    executablePath: setup.executable,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--lang=en-US", "--force-color-profile=srgb"],
  });
}

function firefox(scheme: Scheme): Promise<Browser> {
  mkdirSync(downloads, { recursive: true });
  return launch({
    browser: "firefox",
    executablePath: setup.executable,
    extraPrefsFirefox: {
      "layout.css.prefers-color-scheme.content-override": scheme === "dark" ? 0 : 1,
      "browser.download.folderList": 2,
      "browser.download.dir": downloads,
      "browser.download.useDownloadDir": true,
      "browser.download.always_ask_before_handling_new_types": false,
      "browser.download.alwaysOpenPanel": false,
      "intl.accept_languages": "en-US",
    },
  });
}

export async function closeBrowsers(): Promise<void> {
  for (const started of browsers.values()) await (await started.catch(() => undefined))?.close();
}
