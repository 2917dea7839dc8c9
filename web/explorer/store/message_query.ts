// What the Messages page looks for: read from and written to the URL's parameters.

import type { Position } from "kafkaio";

/** Where reading begins. newest: the last n of each partition. live: what comes from now on. */
export type Where =
  | { at: "newest"; n: number }
  | { at: "live" | "beginning" }
  | { at: "offset"; offset: bigint }
  | { at: "time"; ms: number };

/** An empty filter takes all. partitions undefined: all of them. */
export interface Query {
  where: Where;
  partitions: number[] | undefined;
  /** Is in the key, the value or a header. Case matters. */
  text: string;
  /** Is in the key. */
  key: string;
  /** A header's name, or name=text that its value contains. */
  header: string;
}

/** How many records of each partition the newest are, if nobody says. */
const usual = 50;

const mostOffset = 2n ** 63n - 1n;

/** Reads a query; what makes no sense is as if it weren't there. */
export function parseQuery(p: URLSearchParams): Query {
  const partitions = (p.get("partition") ?? "").split(",").filter((n) => /^\d{1,9}$/.test(n)).map(Number);
  return {
    where: parseWhere(p.get("from") ?? ""),
    partitions: partitions.length > 0 ? [...new Set(partitions)].sort((a, b) => a - b) : undefined,
    text: p.get("text") ?? "",
    key: p.get("key") ?? "",
    header: p.get("header") ?? "",
  };
}

function parseWhere(text: string): Where {
  if (text === "live" || text === "beginning") return { at: text };
  const [name, value = ""] = text.split(":");
  if (/^\d{1,19}$/.test(value)) {
    if (name === "newest" && value.length < 6 && Number(value) > 0) return { at: "newest", n: Number(value) };
    if (name === "offset" && BigInt(value) <= mostOffset) return { at: "offset", offset: BigInt(value) };
    if (name === "time" && value.length < 16) return { at: "time", ms: Number(value) };
  }
  return { at: "newest", n: usual };
}

/** The parameters of a query. What is as usual is left out. */
export function formatQuery({ where, partitions, text, key, header }: Query): Record<string, string> {
  return { from: formatWhere(where), partition: partitions?.join(",") ?? "", text, key, header };
}

function formatWhere(where: Where): string {
  switch (where.at) {
    case "newest":
      return where.n === usual ? "" : `newest:${where.n}`;
    case "offset":
      return `offset:${where.offset}`;
    case "time":
      return `time:${where.ms}`;
  }
  return where.at;
}

/** Whether a query leaves out records. */
export function isFiltered({ text, key, header }: Query): boolean {
  return text !== "" || key !== "" || header !== "";
}

/** Where a consumer begins. */
export function positionOf(where: Where): Position {
  switch (where.at) {
    case "newest":
      return { last: where.n };
    case "live":
      return "latest";
    case "beginning":
      return "earliest";
    case "offset":
      return { offset: where.offset };
    case "time":
      return { timestamp: where.ms };
  }
}

/** Reads the open message of the URL, which is partition/offset. */
export function parsePlace(text: string): { partition: number; offset: bigint } | undefined {
  const found = /^(\d{1,9})\/(\d{1,19})$/.exec(text);
  return found && BigInt(found[2]!) <= mostOffset ? { partition: Number(found[1]), offset: BigInt(found[2]!) } : undefined;
}
