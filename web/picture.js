// Makes README's pictures, page.png and wire.png, from the demo in Chromium: make picture.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const web = import.meta.dirname;
const inPath = (process.env.PATH ?? "").split(delimiter).flatMap((dir) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(dir, name)));
const executable = inPath.find(existsSync);
if (executable === undefined) {
  console.error("Chromium is missing: apt-get install chromium");
  process.exit(1);
}
const temp = await mkdtemp(join(tmpdir(), "picture-"));
try {
  const script = join(temp, "picture.cjs");
  await build({ absWorkingDir: web, bundle: true, entryPoints: ["test/explorer/browser/picture.ts"], logLevel: "warning", outfile: script, platform: "node", target: "node20" });
  const setup = { browser: "chrome", executable, kafkaio: join(web, "../bin/kafkaio"), temp, artifacts: web, stack: "", only: "" };
  const env = { ...process.env, KAFKAIO_EXPLORER: JSON.stringify(setup), LANG: "en_US.UTF-8", TZ: "UTC" };
  process.exitCode = spawnSync(process.execPath, [script], { env, stdio: "inherit" }).status ?? 1;
} finally {
  await rm(temp, { recursive: true });
}
