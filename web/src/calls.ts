import { aborted, KafkaError, thrown, withReason } from "./errors.js";
import type { Request } from "./init.js";
import { Questions, type Callbacks } from "./questions.js";
import { decode, type Value, type WireError } from "./value.js";

/** The way to the program in the Worker, and back. */
export interface Port {
  post(message: Request, transfer: ArrayBuffer[]): void;
  onmessage: (message: ArrayBuffer) => void;
}

export interface CallOptions {
  /** The call whose connection or consumer this one uses. */
  on?: Call;
  /** Beside the options. They are copied. */
  bytes?: Uint8Array;
  signal?: AbortSignal | undefined;
  /** If the Worker dies, nobody knows whether this call did what it should. */
  writes?: boolean;
  /** How many items the Worker may send before more are granted, and what takes them. */
  items?: number;
  onItem?: (item: Value) => void;
  callbacks?: Callbacks;
}

const kindResult = 1;
const kindError = 2;
const kindItem = 3;
const kindAsk = 4;
const kindRetract = 5;

/** The page's end of the protocol of web/wasm/internal/port/PROTOCOL.md. */
export class Calls {
  #port: Port;
  #last = 0;
  #running = new Map<number, Call>();
  #questions: Questions;
  #callbacks: Callbacks;
  #ended: ((writes: boolean) => KafkaError) | undefined;
  #broken: (reason: string) => void;

  /** callbacks are the client's. broken is called if the Worker sends what makes no sense. */
  constructor(port: Port, callbacks: Callbacks, broken: (reason: string) => void) {
    this.#port = port;
    this.#callbacks = callbacks;
    this.#broken = broken;
    this.#questions = new Questions((message) => this.post(message));
    port.onmessage = (message) => this.#receive(message);
  }

  /** Makes a call. Options may hold bigints. */
  start(method: string, options: object, o: CallOptions = {}): Call {
    const call = new Call(this, ++this.#last, o);
    if (this.#ended) {
      call.fail(this.#ended(false));
    } else if (o.signal?.aborted) {
      call.fail(aborted(o.signal.reason));
    } else {
      this.#running.set(call.id, call);
      call.result.catch(() => {}).finally(() => this.#running.delete(call.id));
      try {
        this.post({ call: call.id, method, options, items: o.items, on: o.on?.id }, o.bytes);
      } catch (error) {
        call.fail(thrown(error)); // of a toJSON, say; or there is no memory for the bytes
      }
    }
    return call;
  }

  /** Makes a call without items, and returns its result. */
  do(method: string, options: object, o?: CallOptions): Promise<Value> {
    return this.start(method, options, o).result;
  }

  /**
   * Makes a call that opens something, and returns it with its first item, which says that it is open. The
   * signal is of opening only.
   */
  open(method: string, options: object, o: CallOptions = {}): Promise<{ call: Call; item: Value }> {
    return new Promise((resolve, reject) => {
      const call = this.start(method, options, {
        ...o,
        items: 1,
        onItem: (item) => {
          if (call.cancelled) return; // it is open, and ends
          call.ignoreSignal();
          resolve({ call, item });
        },
      });
      const ended = () => (o.signal?.aborted ? aborted(o.signal.reason) : new KafkaError({ code: "ERR_CLOSED", message: `${method}: it ended before it began` }));
      call.result.then(() => reject(ended()), reject);
    });
  }

  /** Ends all calls, and those that are made later, with errors. */
  end(error: (writes: boolean) => KafkaError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#questions.end();
    for (const call of [...this.#running.values()]) call.fail(error(call.writes));
  }

  /** @internal */
  post(message: object, bytes?: Uint8Array): void {
    if (this.#ended) return;
    const text = JSON.stringify(message, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    const copy = bytes && new Uint8Array(bytes); // the slice of Node's Buffer would share memory
    this.#port.post(copy ? [text, copy] : [text], copy ? [copy.buffer] : []);
  }

  #receive(message: ArrayBuffer): void {
    if (this.#ended) return;
    try {
      const view = new DataView(message);
      const value = decode(message, 5, (fields) => this.#error(fields));
      this.#take(view.getUint8(0), view.getUint32(1), value);
    } catch (error) {
      this.#broken(`a message of the Worker makes no sense: ${String(error)}`);
    }
  }

  #take(kind: number, id: number, value: Value): void {
    const call = this.#running.get(id);
    switch (kind) {
      case kindResult:
        return call?.succeed(value);
      case kindError:
        return call?.fail(value as KafkaError);
      case kindItem:
        return call?.take(value);
      case kindAsk: {
        const q = value as { call: number; callback: string; argument: Value };
        const callbacks = q.call === 0 ? this.#callbacks : this.#running.get(q.call)?.callbacks;
        void this.#questions.ask(id, callbacks?.[q.callback], q.argument);
        return;
      }
      case kindRetract:
        return this.#questions.retract(id);
    }
    throw new RangeError(`there is no message of kind ${kind}`);
  }

  #error({ question, ...fields }: WireError): KafkaError {
    return new KafkaError(question === undefined ? fields : { ...fields, cause: this.#questions.thrown(question) });
  }
}

/** One call. Its result settles once, and only with a KafkaError. */
export class Call {
  readonly id: number;
  readonly result: Promise<Value>;
  readonly writes: boolean;
  readonly callbacks: Callbacks | undefined;
  /** Whether the result has come. */
  ended = false;
  /** Whether the page has asked for the end. */
  cancelled = false;
  #calls: Calls;
  #onItem: ((item: Value) => void) | undefined;
  #signal: AbortSignal | undefined;
  #onAbort = () => this.cancel();
  #resolve!: (value: Value) => void;
  #reject!: (error: KafkaError) => void;

  constructor(calls: Calls, id: number, o: CallOptions) {
    this.id = id;
    this.writes = o.writes ?? false;
    this.callbacks = o.callbacks;
    this.#calls = calls;
    this.#onItem = o.onItem;
    this.#signal = o.signal;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#signal?.addEventListener("abort", this.#onAbort);
  }

  /** Asks the Worker to end the call, which then ends with a result or an error. */
  cancel(): void {
    if (this.ended || this.cancelled) return;
    this.cancelled = true;
    this.#calls.post({ cancel: this.id });
  }

  /** Lets the Worker send more items. */
  grant(items: number): void {
    if (!this.ended) this.#calls.post({ credit: this.id, items });
  }

  /** From now on the signal doesn't cancel the call. */
  ignoreSignal(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#signal = undefined;
  }

  take(item: Value): void {
    this.#onItem?.(item);
  }

  succeed(value: Value): void {
    this.#end();
    this.#resolve(value);
  }

  fail(error: KafkaError): void {
    const withCause = withReason(error, this.#signal);
    this.#end();
    this.#reject(withCause);
  }

  #end(): void {
    this.ended = true;
    this.ignoreSignal();
  }
}
