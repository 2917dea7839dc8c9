import type { Field } from "kafkaio";

/** Bytes that fields count in: the frame, or what a compressed field of it has inside. */
export interface Space {
  /** undefined: those of the frame. */
  bytes: Uint8Array | undefined;
  of: Field | undefined;
}

/** A field in the order of the tree. */
export interface Row {
  field: Field;
  depth: number;
  space: Space;
  parent: Row | undefined;
  /** Whether it has anything below it. */
  opens: boolean;
  isOpen: boolean;
}

const frameSpace: Space = { bytes: undefined, of: undefined };

/** The rows of a tree, of which isOpen says what is open. */
export function rowsOf(root: Field, isOpen: (field: Field, depth: number) => boolean): Row[] {
  const rows: Row[] = [];
  const spaces = new Map<Field, Space>();
  const add = (field: Field, depth: number, space: Space, parent: Row | undefined): void => {
    const opens = (field.fields?.length ?? 0) > 0 || field.unpacked !== undefined;
    const row: Row = { field, depth, space, parent, opens, isOpen: opens && isOpen(field, depth) };
    rows.push(row);
    if (!row.isOpen) return;
    for (const f of field.fields ?? []) add(f, depth + 1, space, row);
    const { unpacked } = field;
    if (!unpacked) return;
    let inside = spaces.get(field);
    if (!inside) spaces.set(field, (inside = { bytes: unpacked.value instanceof Uint8Array ? unpacked.value : undefined, of: field }));
    add(unpacked, depth + 1, inside, row);
  };
  for (const f of root.fields ?? [root]) add(f, 0, frameSpace, undefined);
  return rows;
}

/** The fields from a root down to the leaf that has a byte. Fields inside of a compressed one have other bytes. */
export function pathTo(root: Field, at: number): Field[] {
  const path: Field[] = [];
  for (let f: Field | undefined = root; f; f = f.fields?.find((c: Field) => c.start <= at && at < c.end)) path.push(f);
  return path;
}

/** How many fields there are, up to a limit. */
export function countOf(root: Field, limit: number): number {
  let n = 1;
  for (const f of [...(root.fields ?? []), ...(root.unpacked ? [root.unpacked] : [])]) {
    if (n >= limit) break;
    n += countOf(f, limit - n);
  }
  return n;
}

/** How many bytes of a value are shown in a row. */
const shownBytes = 48;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A field's value in a row of the tree. Text is quoted as JSON has it, other bytes are hexadecimal. */
export function valueText({ value, type, fields }: Field): string {
  if (type === "redacted" || type === "unparsed") return String(value ?? "");
  if (value === null) return fields || ["struct", "frame", "record", "tag"].includes(type) ? "" : "null";
  if (typeof value === "string") return quoted(value);
  if (!(value instanceof Uint8Array)) return fields && !type.includes("array") ? "" : String(value);
  if (fields) return "";
  return `${bytesText(value.subarray(0, shownBytes))}${value.length > shownBytes ? "…" : ""} (${value.length} bytes)`;
}

function bytesText(bytes: Uint8Array): string {
  if (bytes.length === 0) return "empty";
  try {
    const text = decoder.decode(bytes);
    if (!/[\x00-\x08\x0e-\x1f\x7f-\x9f]/.test(text)) return quoted(text);
  } catch {
    // It is no text.
  }
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(" ");
}

/** JSON's form, with what would change how its surroundings look as escapes. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}
