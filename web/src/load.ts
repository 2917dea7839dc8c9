import { textOf } from "./errors.js";

/** Compiles the kafka.wasm at a URL. Its errors say what is there instead. */
export async function loadWasm(url: string): Promise<WebAssembly.Module> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new Error(`it can't be fetched: ${textOf(error)}. A server of another origin must allow it (CORS), and so must a Content-Security-Policy (connect-src)`);
  }
  const fault = faultOf(response);
  if (fault) throw new Error(fault);
  const type = response.headers.get("content-type");
  if (type?.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  const bytes = await response.arrayBuffer();
  if (!isWasm(bytes)) throw new Error(`what its server sends, as ${type ?? "a file without a type"}, is no WebAssembly`);
  return WebAssembly.compile(bytes);
}

/** Reads the text at a URL. */
export async function loadText(url: URL, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal });
  const fault = faultOf(response);
  if (fault) throw new Error(`${url.href}: ${fault}`);
  return response.text();
}

/** Says why an answer can't be a file of this package. Null: it may be one. */
export function faultOf(response: Response): string | null {
  const isPage = response.headers.get("content-type")?.startsWith("text/html");
  if (response.ok && !isPage) return null;
  const got = response.ok ? "its server sends a web page, as many do for a path that they don't know" : `its server answers ${response.status}`;
  return `${got}; the package's folder "kafkaio" belongs beside the script that imports it, or else workerURL and wasmURL name its files`;
}

function isWasm(bytes: ArrayBuffer): boolean {
  return new TextDecoder().decode(bytes.slice(0, 4)) === "\0asm";
}
