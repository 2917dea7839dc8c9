// Builds the package's JavaScript, and roots.pem, the public authorities for connect's tls:
// node build.js WASM_EXEC [OUTDIR]. WASM_EXEC is the wasm_exec.js of the Go
// release that compiles kafka.wasm. OUTDIR is dist by default.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

const [wasmExec, outdir = "dist"] = process.argv.slice(2);
if (!wasmExec) throw new Error("usage: node build.js WASM_EXEC [OUTDIR]");

const common = { bundle: true, outdir, target: "es2022", logLevel: "warning", absWorkingDir: import.meta.dirname };
const page = { ...common, format: "esm", entryPoints: { kafkaio: "src/kafkaio.ts" } };
const worker = { ...common, format: "iife", minify: true, alias: { wasm_exec: resolve(wasmExec) } };

await Promise.all([
  build({ ...page, conditions: ["browser"], legalComments: "none" }),
  build({ ...page, platform: "node", entryPoints: { "kafkaio.node": "src/kafkaio.ts" } }),
  build({ ...worker, entryPoints: { "kafkaio/worker": "src/worker.ts" } }),
  build({ ...worker, platform: "node", format: "esm", entryPoints: { "kafkaio/worker.node": "src/worker_node.ts" } }),
]);

execFileSync("go", ["run", "./internal/roots", resolve(import.meta.dirname, outdir, "kafkaio/roots.pem")], {
  cwd: resolve(import.meta.dirname, "wasm"),
  stdio: "inherit",
});
