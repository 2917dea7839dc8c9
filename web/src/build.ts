/** Names the build that a file of this package is of: its version and a hash. build.js fills it in. */
declare const BUILD: string;

/** Go's id of the kafka.wasm of this build. build.js fills it in. */
declare const WASM_BUILD: string;

/** The build of this file. */
export const build = BUILD;

/** Reports whether a kafka.wasm is of the build of this file. */
export function isOfThisBuild(wasm: WebAssembly.Module): boolean {
  const [section] = WebAssembly.Module.customSections(wasm, "go:buildid");
  return section !== undefined && new TextDecoder().decode(section).includes(`"${WASM_BUILD}"`);
}
