import { readText, rootsURL } from "#platform";

/** The public authorities, in PEM. The file is beside kafka.wasm, of which an option may say where it is. */
export function publicRoots(wasm: string | undefined, signal: AbortSignal): Promise<string> {
  return readText(wasm === undefined ? rootsURL() : new URL("roots.pem", wasm), signal);
}
