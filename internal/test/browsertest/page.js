// Runs the program and reports what it writes and how it ends.
"use strict";

(() => {
  const pending = []; // what was written and not sent yet
  let sending = Promise.resolve();

  function send() {
    sending = sending.then(async () => {
      if (pending.length === 0) return;
      const body = new Blob(pending.splice(0));
      await fetch("/browsertest/output", { method: "POST", body });
    });
    return sending;
  }

  function write(bytes) {
    pending.push(bytes);
    send();
  }

  async function exit(code, reason = "") {
    await send();
    await fetch(`/browsertest/exit?code=${code}`, { method: "POST", body: reason });
  }

  globalThis.browsertest = { write: (text) => write(text), exit };
  let ended = false; // a timer of Go's runtime may fire after that, which is no crash
  const crashed = (error) => ended || exit("crashed", String((error && error.stack) || error));
  addEventListener("error", (event) => crashed(event.error || event.message));
  addEventListener("unhandledrejection", (event) => crashed(event.reason));

  // Go writes through this; the rest of wasm_exec.js's file system stays as it is.
  globalThis.fs.writeSync = (_fd, bytes) => {
    write(bytes.slice());
    return bytes.length;
  };

  async function runScript() {
    await new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = "/browsertest/script.js";
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }

  async function main() {
    const program = await (await fetch("/browsertest/program.json")).json();
    await runScript();
    if (!program.wasm) return;
    const go = new Go();
    go.argv = program.args;
    go.env = program.env || {};
    let code = 0;
    go.exit = (c) => {
      code = c;
      ended = true;
    };
    const { instance } = await WebAssembly.instantiateStreaming(fetch("/browsertest/program.wasm"), go.importObject);
    await go.run(instance);
    await exit(code);
  }

  main().catch(crashed);
})();
