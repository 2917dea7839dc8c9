import { isErrorNamed } from "./realm.js";

/** The code of a KafkaError. */
export type Code =
  /** An argument makes no sense. Nothing was done. */
  | "ERR_MISMATCH_ARGUMENT"
  /** A socket's bytes were not sent in time, or the connection broke. */
  | "ERR_CANNOT_SEND"
  /** A socket's bytes did not come in time, or the connection broke midway. */
  | "ERR_CANNOT_RECEIVE"
  /** No connection to a broker could be made, for a reason that no other code has: TLS failed, say. */
  | "ERR_CANNOT_BIND"
  /** What a socket received isn't the response to its request. */
  | "ERR_MISMATCH_CORRELATION_ID"
  /** The broker has no address of the IP version that the client wants. No option asks for one yet. */
  | "ERR_INCOMPATIBLE_IP_VERSION"
  /** The socket is closed. */
  | "ERR_NO_CONNECTION"
  /** The bridge refused the token, or wants one. */
  | "ERR_UNAUTHORIZED"
  /** The bridge does not allow this page, this broker or this operation. */
  | "ERR_DENIED"
  /** The bridge, or the client, has as many of something as it takes, or something is too large. */
  | "ERR_LIMIT"
  /** There is no bridge at that URL, it goes away, or the network broke. */
  | "ERR_BRIDGE_UNREACHABLE"
  /** The bridge can't connect to the broker, or the broker closed the connection. */
  | "ERR_BROKER_UNREACHABLE"
  /** There was no answer in time; or the signal was that of AbortSignal.timeout. */
  | "ERR_TIMEOUT"
  /** The signal was aborted. Its reason is the cause. */
  | "ERR_ABORTED"
  /** The client was connected with readOnly, and this would write. */
  | "ERR_READ_ONLY"
  /** The Worker or kafka.wasm could not be loaded. */
  | "ERR_NOT_LOADED"
  /** The Worker, or the program in it, has ended. */
  | "ERR_CRASHED"
  /** The client is closed. */
  | "ERR_CLOSED"
  /** A token function failed. What it threw is the cause. */
  | "ERR_TOKEN"
  /** Another function or an iterable of the page's failed. What it threw is the cause. */
  | "ERR_CALLBACK"
  /** A filter makes no sense, or failed. */
  | "ERR_FILTER"
  /** Anything else. The message says what. */
  | "ERR_UNKNOWN"
  /** The name of an error of Kafka's, such as UNKNOWN_TOPIC_OR_PARTITION: kafkaCode is its number. */
  | (string & {});

/** @internal What a KafkaError is made of. */
export interface ErrorFields {
  code: Code;
  message: string;
  errno?: number;
  kafkaCode?: number;
  retriable?: boolean;
  outcomeUnknown?: boolean;
  broker?: string;
  topic?: string;
  partition?: number;
  cause?: unknown;
}

/** The error with which every promise of this package rejects. */
export class KafkaError extends Error {
  override readonly name = "KafkaError";
  /** What programs decide by. message is for people. */
  readonly code: Code;
  /** The number that Perl's Kafka::IO has for the failure of a connection: -1004 for a failed dial, say. */
  declare readonly errno?: number;
  /** The number of Kafka's error, as a broker sent it. */
  declare readonly kafkaCode?: number;
  /** Whether the same call may succeed later. */
  readonly retriable: boolean;
  /** Whether this was a write that may have happened. */
  readonly outcomeUnknown: boolean;
  /** The broker's address. */
  declare readonly broker?: string;
  /** The topic, if the error is about one. */
  declare readonly topic?: string;
  /** The partition of that topic. */
  declare readonly partition?: number;
  /** What your own code threw, or the reason of a signal. */
  declare readonly cause?: unknown;

  /** @internal */
  constructor(fields: ErrorFields) {
    super(fields.message, "cause" in fields ? { cause: fields.cause } : undefined);
    this.code = fields.code;
    this.retriable = fields.retriable ?? false;
    this.outcomeUnknown = fields.outcomeUnknown ?? false;
    const { errno, kafkaCode, broker, topic, partition } = fields;
    for (const [name, value] of Object.entries({ errno, kafkaCode, broker, topic, partition })) {
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true });
    }
  }

  /** Reports whether e is a KafkaError, of that code if one is given; also one of another copy of this package. */
  static is(e: unknown, code?: Code): e is KafkaError {
    return e instanceof Error && e.name === "KafkaError" && "code" in e && (code === undefined || e.code === code);
  }
}

/** @internal The error of an argument that makes no sense. */
export function mismatch(message: string): KafkaError {
  return new KafkaError({ code: "ERR_MISMATCH_ARGUMENT", errno: -1000, message });
}

/** @internal The error of a call whose signal was aborted. */
export function aborted(reason: unknown, outcomeUnknown = false): KafkaError {
  const timeout = isErrorNamed(reason, "TimeoutError");
  return new KafkaError({
    code: timeout ? "ERR_TIMEOUT" : "ERR_ABORTED",
    message: timeout ? "the call's signal timed out" : "the call's signal was aborted",
    outcomeUnknown,
    cause: reason,
  });
}

/** @internal The error of a call with a signal: if the signal caused it, it has the reason of that. */
export function withReason(error: KafkaError, signal: AbortSignal | undefined): KafkaError {
  return signal?.aborted && error.code === "ERR_ABORTED" ? aborted(signal.reason, error.outcomeUnknown) : error;
}

/** @internal The error of a function or an iterable of the page's. */
export function thrown(cause: unknown): KafkaError {
  return new KafkaError({ code: "ERR_CALLBACK", message: `the page's own code failed: ${textOf(cause)}`, cause });
}

/** @internal The text of what was thrown, whatever it is. Never empty. */
export function textOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error) || "no message"; // a message may be anything, too
  } catch {
    return "what was thrown has no text";
  }
}
