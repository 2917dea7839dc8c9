/** Frames that passed, in the order in which they were complete. */
export interface FrameBatch {
  frames: Frame[];
  /** How many frames before these were dropped, because they were not taken in time. */
  dropped: number;
}

/** A request or a response on one of the client's connections. */
export interface Frame {
  direction: "request" | "response";
  /** Counts from 1, in the order in which the client opened its connections. */
  connection: number;
  /** host:port of the broker. */
  broker: string;
  /** A response has its request's apiKey, api and apiVersion. Of what can't be known, apiKey is -1 and api empty. */
  apiKey: number;
  api: string;
  apiVersion: number;
  correlationId: number;
  /** In bytes, the 4 of the length included. */
  size: number;
  /** When its first bytes passed: about what performance.timeOrigin + performance.now() was, to a millisecond or two. */
  at: number;
  /** Of a response: milliseconds since its request. */
  latency?: number;
  /** Its first captureBytes bytes: a view into the batch. Absent if the frame is redacted or unreadable. */
  bytes?: Uint8Array;
  /**
   * Why its bytes are not shown. "sasl": it is part of authentication. "secret": requests or responses of this API
   * may have credentials, such as those of users (SCRAM), delegation tokens and changed configurations. "tls": the
   * page itself speaks TLS on a socket.
   */
  redacted?: "sasl" | "tls" | "secret";
  /** Why neither this nor any later frame of the connection can be read: a socket's bytes are not Kafka's, say. */
  unreadable?: string;
  /**
   * The parts of the frame, found in the Worker. Of a frame that captureBytes cut, those that its bytes have; the
   * last one says how many are missing. It rejects once the client is closed.
   */
  decode(): Promise<Field>;
}

/**
 * A part of a frame. The leaves, which have no fields, cover the frame: each begins where the one before it ends.
 * A leaf includes its own length or tag.
 */
export interface Field {
  /** "Topics", as Kafka's documentation names it; "[3]" for the fourth element of an array. */
  name: string;
  /**
   * How the bytes are encoded: "int32", "compact string", "array", "struct", "records", "tags". "redacted" stands for
   * what may be a credential, "unparsed" for bytes that don't have the form they should have. Then value says why.
   */
  type: string;
  /** An int64 is a bigint, a uuid a string. An array's is its number of elements, a struct's null. */
  value: string | bigint | number | boolean | null | Uint8Array;
  /** Offsets in the frame. */
  start: number;
  end: number;
  fields?: Field[];
  /**
   * What a compressed leaf has inside, up to 4 MiB in a frame. Its value is the decompressed bytes. Its offsets, and
   * those of its fields, count in there.
   */
  unpacked?: Field;
}

/** How much of frames is kept, and for how long they come. */
export interface FramesOptions {
  /** How many bytes of each frame are kept, up to 4 MiB. Default: 64 KiB. With 0, frames have no bytes to decode. */
  captureBytes?: number;
  /** Ends the loop with an ERR_ABORTED, or an ERR_TIMEOUT. */
  signal?: AbortSignal;
}
