// The peer that kafkaio's connection is measured beside: the page's own WebSocket. Each message
// that it receives is copied once.
"use strict";

globalThis.bare = (() => {
  const messageSize = 64 << 10;
  const bufferedHigh = 1 << 20; // as much as kafkaio has the browser hold
  const into = new Uint8Array(1 << 20);
  let left = 0;
  let done;

  function connect(path) {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(`ws://${location.host}${path}`, "binary");
      ws.binaryType = "arraybuffer";
      ws.onopen = () => resolve(ws);
      ws.onerror = reject;
      ws.onmessage = ({ data }) => {
        into.set(new Uint8Array(data));
        left -= data.byteLength;
        if (left <= 0) done();
      };
    });
  }

  function number(n) {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(n));
    return view.buffer;
  }

  // timed returns a function that takes the time, in ms, until answerSize(size) bytes have come for
  // what start sends.
  function timed(path, answerSize, start) {
    let open;
    return async (size) => {
      open = open || connect(path);
      const ws = await open;
      const begin = performance.now();
      left = answerSize(size);
      const finished = new Promise((resolve) => { done = resolve; });
      ws.send(number(size));
      await start(ws, size);
      await finished;
      return performance.now() - begin;
    };
  }

  async function sendMessages(ws, size) {
    const message = new Uint8Array(messageSize);
    for (let sent = 0; sent < size; sent += messageSize) {
      while (ws.bufferedAmount >= bufferedHigh) await new Promise((resolve) => setTimeout(resolve, 1));
      ws.send(message);
    }
  }

  return {
    receive: timed("/bare", (size) => size, () => {}),
    send: timed("/baresink", () => 1, sendMessages),
  };
})();
