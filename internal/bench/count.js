// Counts what a Go program in this page asks of JavaScript, and the messages of its WebSockets.
"use strict";

globalThis.counted = (() => {
  const counted = { calls: 0, sent: 0, received: 0, retained };
  let program;

  globalThis.Go = class extends globalThis.Go {
    constructor() {
      super();
      program = this;
      const imports = this.importObject.gojs;
      for (const name of Object.keys(imports).filter((name) => name.startsWith("syscall/js."))) {
        const call = imports[name];
        imports[name] = (sp) => {
          counted.calls++;
          call(sp);
        };
      }
    }
  };

  const { send, addEventListener } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    counted.sent++;
    send.call(this, data);
  };
  WebSocket.prototype.addEventListener = function (type, listener) {
    if (type === "message") addEventListener.call(this, type, () => { counted.received++; });
    addEventListener.call(this, type, listener);
  };

  // retained is the bytes of the ArrayBuffers that the program still refers to, and which
  // JavaScript's collector has to leave alone. Its own memory isn't among them.
  function retained() {
    const buffers = new Set();
    for (const value of program._values) {
      if (value instanceof ArrayBuffer) buffers.add(value);
      if (ArrayBuffer.isView(value)) buffers.add(value.buffer);
    }
    buffers.delete(program._inst.exports.mem.buffer);
    return [...buffers].reduce((sum, buffer) => sum + buffer.byteLength, 0);
  }

  return counted;
})();
