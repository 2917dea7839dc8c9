import { mismatch } from "./errors.js";
import { checkFields, checkInteger, checkOneOf, checkSignal, checkTimeout, checkType } from "./options.js";
import type { ProduceOptions } from "./produce_types.js";

const defaultTimeout = 30_000;

/** max.message.bytes of a topic, by default. */
const defaultMaxMessageBytes = 1_000_012;

/** The options of producing as the Worker takes them, once they are known to make sense. */
export function produceOptions(o: ProduceOptions): object {
  checkFields(o, "options", ["acks", "idempotent", "compression", "timeout", "maxMessageBytes", "signal"]);
  checkOneOf(o.acks, "acks", ["all", "leader", "none"]);
  checkType(o.idempotent, "idempotent", "boolean");
  checkOneOf(o.compression, "compression", ["none", "gzip", "snappy", "lz4", "zstd"]);
  checkTimeout(o.timeout);
  if (o.maxMessageBytes !== undefined) checkInteger(o.maxMessageBytes, "maxMessageBytes", 1024, 100_000_000);
  checkSignal(o.signal);
  const acks = o.acks ?? "all";
  if (o.idempotent && acks !== "all") throw mismatch(`idempotent: it needs acks "all", not ${JSON.stringify(acks)}`);
  return {
    acks,
    idempotent: o.idempotent ?? acks === "all",
    compression: o.compression ?? "none",
    timeout: o.timeout ?? defaultTimeout,
    maxMessageBytes: o.maxMessageBytes ?? defaultMaxMessageBytes,
  };
}
