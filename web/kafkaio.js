// kafkaio in a web page: a page speaks Kafka's own protocol with brokers, through a bridge.
//
//     import { connect } from "./kafkaio.js";
//
//     const kafka = await connect();
//     await kafka.produce({ topic: "orders", key: "en", value: "hello" });
//     kafka.tail("orders", (records) => {
//       for (const r of records) console.log(r.offset, new TextDecoder().decode(r.value));
//     });
//
// kafkaio.wasm and wasm_exec.js are expected beside this file. Every promise rejects with an Error
// that has a code. kafkaio.d.ts documents all of it.

import "./wasm_exec.js"; // sets globalThis.Go

/** Connects to a cluster through a bridge. */
export async function connect({ url, token, onStatus } = {}) {
  const connectThroughBridge = await program();
  let closed = false;
  const status = (s) => {
    closed ||= s.state === "closed";
    onStatus?.(s);
  };
  const inner = await connectThroughBridge({ url: url && webSocketURL(url), token, onStatus: status });
  return new Client(inner, () => closed, () => (closed = true));
}

class Client {
  #inner;
  #isClosed;
  #setClosed;

  constructor(inner, isClosed, setClosed) {
    this.#inner = inner;
    this.#isClosed = isClosed;
    this.#setClosed = setClosed;
  }

  async brokers() {
    return this.#open().brokers();
  }

  async topics() {
    return this.#open().topics();
  }

  async produce({ topic, key = null, value = null, partition = -1 }) {
    requireTopic(topic);
    if (partition !== -1 && !isCount(partition)) {
      throw invalid(`partition ${partition}: a number from 0 on was expected`);
    }
    return this.#open().produce(topic, toBytes(key, "key"), toBytes(value, "value"), partition);
  }

  async tail(topic, onRecords, { last = 50, onError = console.error } = {}) {
    requireTopic(topic);
    if (typeof onRecords !== "function") throw invalid("onRecords: a function was expected");
    if (!isCount(last)) throw invalid(`last ${last}: a number of records from 0 on was expected`);
    let stop = await this.#open().tail(topic, last, (batch) => onRecords(decode(batch)), onError);
    return {
      close: () => {
        if (!this.#isClosed()) stop?.();
        stop = undefined;
      },
    };
  }

  close() {
    if (this.#isClosed()) return;
    this.#setClosed();
    this.#inner.close();
  }

  #open() {
    if (this.#isClosed()) throw error("CLOSED", "the client is closed");
    return this.#inner;
  }
}

let running; // a promise of the connect function of the Go program, which all clients share

function program() {
  running ??= start().catch((cause) => {
    running = undefined; // the next connect tries again
    throw error("NOT_LOADED", `kafkaio.wasm could not be loaded: ${cause.message}`);
  });
  return running;
}

async function start() {
  const go = new globalThis.Go();
  const response = await fetch(new URL("kafkaio.wasm", import.meta.url));
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  const { instance } = await WebAssembly.instantiateStreaming(response, go.importObject);
  try {
    return await new Promise((resolve, reject) => {
      globalThis.kafkaioReady = resolve;
      go.run(instance).then(() => {
        running = undefined;
        reject(new Error("the program ended"));
      }, reject);
    });
  } finally {
    delete globalThis.kafkaioReady;
  }
}

/** Resolves a URL of http:, https: or a path against the page's, as ws: or wss:. */
function webSocketURL(url) {
  const absolute = new URL(url, globalThis.location?.href);
  absolute.protocol = absolute.protocol.replace(/^http/, "ws");
  return absolute.href;
}

/** Decodes a batch of records, laid out as web/wasm/encode.go says. */
function decode(batch) {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  const text = new TextDecoder();
  let at = 0;
  const int32 = () => view.getInt32((at += 4) - 4);
  const float64 = () => view.getFloat64((at += 8) - 8);
  const bytes = () => {
    const length = int32();
    return length < 0 ? null : batch.slice(at, (at += length)); // a copy: one record shan't hold the batch
  };
  const records = [];
  while (at < batch.length) {
    const record = { partition: int32(), offset: float64(), timestamp: float64(), key: bytes(), value: bytes(), headers: [] };
    for (let n = int32(); n > 0; n--) record.headers.push({ key: text.decode(bytes()), value: bytes() });
    records.push(record);
  }
  return records;
}

function toBytes(data, name) {
  if (data === null || data instanceof Uint8Array) return data;
  if (typeof data === "string") return new TextEncoder().encode(data);
  throw invalid(`${name}: a string, a Uint8Array or null was expected`);
}

function requireTopic(topic) {
  if (typeof topic !== "string" || topic === "") throw invalid("topic: a name was expected");
}

function isCount(n) {
  return Number.isInteger(n) && n >= 0 && n < 2 ** 31;
}

function invalid(message) {
  return error("INVALID_ARGUMENT", message);
}

function error(code, message) {
  return Object.assign(new Error(message), { code });
}
