// Runs a Go program in a dedicated Worker as package browser runs one in a page: the Worker's script is this too.
"use strict";

if (globalThis.document) {
  const worker = new Worker("/worker.js");
  worker.onmessage = ({ data }) => ("exit" in data ? kafkaioPage.exit(data.exit) : kafkaioPage.write(data.output));
  worker.onerror = ({ message }) => kafkaioPage.exit("crashed", message);
} else {
  importScripts("/kafkaio-exec/wasm_exec.js", "/peers.js");
  const decoder = new TextDecoder();
  globalThis.fs.writeSync = (_fd, bytes) => {
    postMessage({ output: decoder.decode(bytes, { stream: true }) });
    return bytes.length;
  };
  const run = async () => {
    const program = await (await fetch("/kafkaio-exec/program.json")).json();
    const go = new Go();
    go.env = program.env;
    go.exit = (exit) => postMessage({ exit });
    const { instance } = await WebAssembly.instantiateStreaming(fetch("/program.wasm"), go.importObject);
    await go.run(instance);
  };
  run().catch((error) => setTimeout(() => { throw error; })); // which the page's onerror gets
}
