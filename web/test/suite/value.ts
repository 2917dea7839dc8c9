import golden from "../../wasm/internal/port/testdata/values.json";
import { KafkaError } from "../../src/errors.js";
import { decode } from "../../src/value.js";
import { equal, test } from "./harness.js";

/** Describes a value as the golden file does. */
function describe(value: unknown): unknown {
  if (typeof value === "bigint") return { bigint: String(value) };
  if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
  if (value instanceof Uint8Array) return { bytes: [...value].map((b) => b.toString(16).padStart(2, "0")).join("") };
  if (value instanceof KafkaError) return { error: { ...fields(value) } };
  if (Array.isArray(value)) return value.map(describe);
  if (typeof value === "object" && value !== null) return { object: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, describe(v)])) };
  return value;
}

/** The error's fields in the order of the golden file; question is in the cause here. */
function fields(e: KafkaError): object {
  const { code, errno, kafkaCode, retriable, outcomeUnknown, broker, topic, partition, message, cause } = e;
  return { code, message, errno, kafkaCode, retriable, outcomeUnknown, broker, topic, partition, question: cause };
}

const sorted = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]))
    : Array.isArray(value)
      ? value.map(sorted)
      : value;

const bytesOf = (hex: string) => new Uint8Array((hex.match(/../g) ?? []).map((b) => parseInt(b, 16))).buffer;
const toError = ({ question, ...f }: ConstructorParameters<typeof KafkaError>[0] & { question?: number }) =>
  new KafkaError(question === undefined ? f : { ...f, cause: question });

test("values are those of the golden file", async () => {
  for (const { name, bytes, value } of golden) {
    equal(sorted(describe(decode(bytesOf(bytes), 0, toError))), sorted(value), name);
  }
});

test("a cut or prolonged value throws", async () => {
  for (const { name, bytes } of golden) {
    for (const wrong of [bytes + "00", ...Array.from({ length: bytes.length / 2 }, (_, i) => bytes.slice(0, 2 * i))]) {
      let thrown = false;
      try {
        decode(bytesOf(wrong), 0, toError);
      } catch (error) {
        thrown = error instanceof RangeError;
      }
      equal(thrown, true, `${name}: ${wrong} throws a RangeError`);
    }
  }
});
