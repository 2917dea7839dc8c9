import type { ConsumeOptions, KafkaRecord } from "kafkaio";
import { textOf } from "../text/bytes.js";
import type { Query } from "./message_query.js";

/** The most selective part of a query, which the Worker filters, so that all else doesn't cross to the page. */
export function workerFilter({ text, key, header }: Query): ConsumeOptions["filter"] {
  if (text !== "") return { text };
  if (key !== "") return { text: key, in: ["key"] };
  if (header !== "") return { text: splitHeader(header).name, in: ["headers"] };
  return undefined;
}

/** Whether a record has what the rest of the query asks for. Keys and headers always cross whole. */
export function matches({ key, header }: Query, record: KafkaRecord): boolean {
  if (key !== "" && !(record.text("key") ?? "").includes(key)) return false;
  if (header === "") return true;
  const { name, value } = splitHeader(header);
  return record.headers.some(([n, v]) => n === name && (value === undefined || (v !== null && (textOf(v) ?? "").includes(value))));
}

function splitHeader(header: string): { name: string; value: string | undefined } {
  const at = header.indexOf("=");
  return at < 1 ? { name: header, value: undefined } : { name: header.slice(0, at), value: header.slice(at + 1) };
}
