/**
 * Node 24 aborts with "Check failed: jit_page_->allocations_.erase(addr) == 1", or with another check of V8's, when
 * one Worker frees the compiled wrapper of an import while another starts to use it
 * (https://github.com/nodejs/node/issues/64500). V8 has one wrapper for all imports of a type in the process, and
 * frees it when nothing uses it. All imports of kafka.wasm are of one type; so it never does while keepWrapper's
 * instance lives.
 */

/** (module (import "a" "f" (func $f (param i32))) (func (export "run") (param i32))): run(n) calls $f n times. */
const program = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // the header
  1, 5, 1, 0x60, 1, 0x7f, 0, // a type: (param i32)
  2, 7, 1, 1, 0x61, 1, 0x66, 0, 0, // the import, of this type
  3, 2, 1, 0, // a function of this type
  7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 1, // it is exported
  10, 20, 1, 18, 0, 3, 0x40, 0x20, 0, 0x10, 0, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x0b, // its code
]);

/** V8 compiles a wrapper at its thousandth call. */
const calls = 2000;

let kept: WebAssembly.Instance | undefined;

/** Has V8 compile the wrapper of imports like Go's, and keep it for as long as this thread lives. */
export function keepWrapper(): void {
  if (kept) return;
  kept = new WebAssembly.Instance(new WebAssembly.Module(program), { a: { f: (_sp: number) => {} } });
  (kept.exports.run as (n: number) => void)(calls);
}
