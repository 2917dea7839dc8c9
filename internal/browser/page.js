// Runs the program and reports what it writes and how it ends.
"use strict";

(() => {
  const pending = []; // what was written and not sent yet
  let waiting = 0; // its bytes
  let sending = Promise.resolve();

  function send() {
    sending = sending.then(async () => {
      while (pending.length > 0) {
        const { fd } = pending[0];
        const other = pending.findIndex((p) => p.fd !== fd);
        const body = new Blob(pending.splice(0, other < 0 ? pending.length : other).map((p) => p.part));
        await fetch(`/kafkaio-exec/output?fd=${fd}`, { method: "POST", body });
        waiting -= body.size;
      }
    });
    return sending;
  }

  function write(part, fd = 1) {
    pending.push({ fd, part });
    waiting += part.length;
    send();
  }

  async function exit(code, reason = "") {
    await send();
    await fetch(`/kafkaio-exec/exit?code=${code}`, { method: "POST", body: reason });
  }

  globalThis.kafkaioPage = { write: (text) => write(new TextEncoder().encode(text)), exit };
  let ended = false; // a timer of Go's runtime may fire after that, which is no crash
  const crashed = (error) => ended || exit("crashed", String((error && error.stack) || error));
  addEventListener("error", (event) => crashed(event.error || event.message));
  addEventListener("unhandledrejection", (event) => crashed(event.reason));

  // Go writes through these: its runtime, which can't wait, and package os, which is let wait for what the host is slow to
  // take.
  globalThis.fs.writeSync = (fd, bytes) => {
    write(bytes.slice(), fd);
    return bytes.length;
  };
  globalThis.fs.write = (fd, bytes, offset, length, position, callback) => {
    write(bytes.slice(offset, offset + length), fd);
    if (waiting < 1 << 20) callback(null, length);
    else send().then(() => callback(null, length));
  };

  // The host learns from the end of this request that the page has crashed, or was left. A browser may keep a page that was
  // left, and its requests.
  async function stay() {
    const left = new AbortController();
    addEventListener("pagehide", () => left.abort());
    const { body } = await fetch("/kafkaio-exec/alive", { signal: left.signal });
    for (const reader = body.getReader(); !(await reader.read()).done; );
  }

  async function runScript() {
    await new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = "/kafkaio-exec/script.js";
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }

  async function main() {
    const program = await (await fetch("/kafkaio-exec/program.json")).json();
    if (program.dir && !program.files) throw new Error("someone else has asked for this page's files");
    if (program.dir) globalThis.kafkaioFiles(program.files, program.dir, program.process);
    await runScript();
    if (!program.wasm) return;
    stay().catch(() => {}); // the host has ended, or the page was left
    const go = new Go();
    go.argv = program.args;
    go.env = program.env || {};
    let code = 0;
    go.exit = (c) => {
      code = c;
      ended = true;
    };
    const { instance } = await WebAssembly.instantiateStreaming(fetch("/kafkaio-exec/program.wasm"), go.importObject);
    await go.run(instance);
    await exit(code);
  }

  main().catch(crashed);
})();
