// Bundles the unit tests of the explorer and runs them in Node: node test_explorer.js [--test-reporter=tap …]. Each .ts
// file of test/explorer has tests, but for those of types and for fake_*.ts, which tests share.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const web = import.meta.dirname;
const here = join(web, "test/explorer");
const files = (await readdir(here)).filter((f) => f.endsWith(".ts") && !f.endsWith(".d.ts") && !f.startsWith("fake_"));
const outdir = await mkdtemp(join(tmpdir(), "explorer-"));
try {
  await build({
    absWorkingDir: web,
    alias: { kafkaio: join(web, "src/kafkaio.ts"), "#platform": join(web, "src/platform_node.ts") },
    bundle: true,
    define: { WASM_BUILD: '""', BUILD: '""' },
    entryPoints: files.map((f) => join(here, f)),
    format: "esm",
    logLevel: "warning",
    outdir,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    sourcemap: "inline",
    target: "es2022",
  });
  const bundles = files.map((f) => join(outdir, f.replace(/\.ts$/, ".mjs")));
  process.exitCode = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...process.argv.slice(2), ...bundles], { stdio: "inherit" }).status ?? 1;
} finally {
  await rm(outdir, { recursive: true });
}
