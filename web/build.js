// Builds the package's JavaScript, and roots.pem, the public authorities for connect's tls:
// node build.js WASM_EXEC [OUTDIR]. WASM_EXEC is the wasm_exec.js of the Go release that has compiled
// OUTDIR/kafkaio/kafka.wasm. OUTDIR is dist by default. OUTDIR/explorer gets the page that explores a cluster.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const here = import.meta.dirname;
const [wasmExec, to = "dist"] = process.argv.slice(2);
if (!wasmExec) throw new Error("usage: node build.js WASM_EXEC [OUTDIR]");
const outdir = resolve(here, to);

/** Go's id of kafka.wasm, from the section that "go tool buildid" reads. */
async function wasmBuild() {
  const wasm = await WebAssembly.compile(await readFile(join(outdir, "kafkaio/kafka.wasm")));
  const [section] = WebAssembly.Module.customSections(wasm, "go:buildid");
  return /"(.*)"/.exec(Buffer.from(section).toString("latin1"))[1];
}

/** A name for this build, which changes with any source. */
async function buildName(...parts) {
  const hash = createHash("sha256");
  for (const file of (await readdir(join(here, "src"))).sort()) parts.push(await readFile(join(here, "src", file)));
  for (const part of parts) hash.update(part);
  const { version } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
  return `${version}+${hash.digest("hex").slice(0, 12)}`;
}

/** Takes the indentation out of templates: in HTML and CSS the end of a line is as good a space. */
const withoutIndentation = {
  name: "without indentation",
  setup: ({ onLoad }) => onLoad({ filter: /explorer[/\\].*\.ts$/ }, async ({ path }) => ({ loader: "ts", contents: (await readFile(path, "utf8")).replace(/\n +/g, "\n") })),
};

const wasm = await wasmBuild();
const define = { WASM_BUILD: JSON.stringify(wasm), BUILD: JSON.stringify(await buildName(wasm, await readFile(wasmExec))) };
const common = { bundle: true, outdir, define, target: "es2022", logLevel: "warning", absWorkingDir: here };
const page = { ...common, format: "esm", entryPoints: { kafkaio: "src/kafkaio.ts" } };
// The page has the package beside it: it isn't bundled, so that the Worker and kafka.wasm are found from it.
const explorer = { ...common, format: "esm", minify: true, plugins: [withoutIndentation], outdir: join(outdir, "explorer"), alias: { kafkaio: "../kafkaio.js" }, external: ["../kafkaio.js"], conditions: ["browser", "production"] };
const worker = { ...common, format: "iife", minify: true, alias: { wasm_exec: resolve(wasmExec) } };

await Promise.all([
  build({ ...explorer, entryPoints: { main: "explorer/main.ts" }, legalComments: "none" }),
  build({ ...page, conditions: ["browser"], legalComments: "none" }),
  build({ ...page, platform: "node", alias: { "#platform": join(here, "src/platform_node.ts") }, entryPoints: { "kafkaio.node": "src/kafkaio.ts" } }),
  build({ ...worker, entryPoints: { "kafkaio/worker": "src/worker.ts" } }),
  build({ ...worker, platform: "node", format: "esm", entryPoints: { "kafkaio/worker.node": "src/worker_node.ts" } }),
]);

for (const file of ["index.html", "theme.css", "icon.svg"]) {
  await copyFile(join(here, "explorer", file), join(outdir, "explorer", file));
}

execFileSync("go", ["run", "./internal/roots", join(outdir, "kafkaio/roots.pem")], { cwd: join(here, "wasm"), stdio: "inherit" });
