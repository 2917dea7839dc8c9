// The peer that kafkaio's connection is measured beside: the page's own WebSocket, whose
// messages are copied once.
"use strict";

globalThis.bareReceive = (() => {
  let open;
  let left = 0;
  let done;
  const into = new Uint8Array(1 << 20);

  function connect() {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(`ws://${location.host}/bare`, "binary");
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

  return async (size) => {
    open = open || connect();
    const ws = await open;
    const start = performance.now();
    left = size;
    const finished = new Promise((resolve) => { done = resolve; });
    const want = new DataView(new ArrayBuffer(8));
    want.setBigUint64(0, BigInt(size));
    ws.send(want.buffer);
    await finished;
    return performance.now() - start;
  };
})();
