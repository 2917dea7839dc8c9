import type { Call, Calls } from "./calls.js";
import { mismatch } from "./errors.js";
import { checkBytes, checkFields, checkInteger, checkSignal, checkTimeout, maxInt32 } from "./options.js";
import type { KafkaSocket, SocketCallOptions } from "./types.js";
import type { Value } from "./value.js";

export async function openSocket(calls: Calls, broker: number | string, o: SocketCallOptions = {}): Promise<KafkaSocket> {
  checkOptions(o);
  if (typeof broker === "number") checkInteger(broker, "broker", 0, maxInt32);
  else if (typeof broker !== "string" || broker === "") throw mismatch(`broker ${String(broker)}: a broker's id, or its host:port, was expected`);
  const { call } = await calls.open("socket", { broker, timeout: o.timeout }, { signal: o.signal });
  return new Socket(calls, call);
}

/** A socket lasts as long as the call that opened it. */
class Socket implements KafkaSocket {
  #calls: Calls;
  #connection: Call;

  constructor(calls: Calls, connection: Call) {
    this.#calls = calls;
    this.#connection = connection;
  }

  get alive(): boolean {
    return !this.#connection.ended && !this.#connection.cancelled;
  }

  async send(bytes: Uint8Array, o?: SocketCallOptions): Promise<number> {
    checkBytes(bytes, "bytes");
    return (await this.#do("socket.send", {}, o, bytes, true)) as number;
  }

  async receive(n: number, o?: SocketCallOptions): Promise<Uint8Array> {
    checkInteger(n, "n", 1, maxInt32);
    return (await this.#do("socket.receive", { n }, o)) as Uint8Array;
  }

  async request(apiKey: number, apiVersion: number, body: Uint8Array, o?: SocketCallOptions): Promise<Uint8Array> {
    checkInteger(apiKey, "apiKey", 0, 2 ** 15 - 1);
    checkInteger(apiVersion, "apiVersion", 0, 2 ** 15 - 1);
    checkBytes(body, "body");
    return (await this.#do("socket.request", { apiKey, apiVersion }, o, body, true)) as Uint8Array;
  }

  close(): void {
    this.#connection.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#connection.result.catch(() => {});
  }

  #do(method: string, options: object, o: SocketCallOptions = {}, bytes?: Uint8Array, writes = false): Promise<Value> {
    checkOptions(o);
    return this.#calls.do(method, { ...options, timeout: o.timeout }, { on: this.#connection, signal: o.signal, writes, ...(bytes && { bytes }) });
  }
}

function checkOptions(o: SocketCallOptions): void {
  checkFields(o, "options", ["timeout", "signal"]);
  checkTimeout(o.timeout);
  checkSignal(o.signal);
}
