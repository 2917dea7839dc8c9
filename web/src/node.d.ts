// What of Node's modules is used, so that its types needn't be installed.

declare module "node:worker_threads" {
  export class Worker {
    constructor(url: URL, options: { execArgv: string[] });
    on(event: "message", listener: (message: import("./init.js").FromWorker) => void): this;
    on(event: "error", listener: (error: unknown) => void): this;
    on(event: "exit", listener: () => void): this;
    postMessage(message: unknown, transfer: readonly Transferable[]): void;
    terminate(): Promise<number>;
  }
  export const parentPort: {
    on(event: "message", listener: (message: import("./init.js").FromPage) => void): void;
    postMessage(message: unknown, transfer: readonly Transferable[]): void;
  } | null;
}

declare module "node:process" {
  export const versions: { node: string };
}

declare module "node:fs/promises" {
  export function readFile(url: URL): Promise<Uint8Array<ArrayBuffer>>;
}
