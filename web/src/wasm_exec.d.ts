/** Go's lib/wasm/wasm_exec.js, which sets globalThis.Go. build.js says where it is. */
declare module "wasm_exec";
