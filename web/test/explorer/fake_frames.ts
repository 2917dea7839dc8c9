import type { Field, Frame, FrameBatch } from "kafkaio";

/** A frame as the package has them: a Metadata request unless a test says otherwise. */
export function frame(more: Partial<Frame> = {}): Frame {
  const bytes = more.bytes ?? new Uint8Array(20);
  return {
    direction: "request", connection: 1, broker: "b1:9092", apiKey: 3, api: "Metadata", apiVersion: 12, correlationId: 1, size: bytes.length, at: 1_700_000_000_000,
    decode: async (): Promise<Field> => ({ name: "MetadataRequest", type: "frame", value: null, start: 0, end: bytes.length }),
    ...(more.redacted || more.unreadable !== undefined ? {} : { bytes }),
    ...more,
  };
}

/** The answer to a request. */
export function response(to: Frame, latency: number, more: Partial<Frame> = {}): Frame {
  const { connection, broker, apiKey, api, apiVersion, correlationId, at } = to;
  return frame({ direction: "response", connection, broker, apiKey, api, apiVersion, correlationId, at: at + latency, latency, ...more });
}

/** A client whose frames a test gives. */
export class FakeFrames {
  asked = 0;
  #due: (FrameBatch | Error)[] = [];
  #wake = () => {};

  give(frames: Frame[], dropped = 0): void {
    this.#put({ frames, dropped });
  }

  fail(error: Error): void {
    this.#put(error);
  }

  #put(due: FrameBatch | Error): void {
    this.#due.push(due);
    this.#wake();
  }

  async *frames(): AsyncGenerator<FrameBatch, void, undefined> {
    this.asked++;
    for (;;) {
      for (let due = this.#due.shift(); due; due = this.#due.shift()) {
        if (due instanceof Error) throw due;
        yield due;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
