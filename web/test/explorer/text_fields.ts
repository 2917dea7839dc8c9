import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Field } from "kafkaio";
import { countOf, pathTo, rowsOf, valueText } from "../../explorer/text/fields.js";

const leaf = (name: string, start: number, end: number, more: Partial<Field> = {}): Field => ({ name, type: "int32", value: 1, start, end, ...more });
const inside = Uint8Array.of(9, 9, 9, 9);
const packed = leaf("Records", 8, 20, { type: "records, gzip", value: Uint8Array.of(1), unpacked: leaf("Records", 0, 4, { type: "records", value: inside, fields: [leaf("Offset", 0, 4)] }) });
const root: Field = { name: "Fetch", type: "frame", value: null, start: 0, end: 20, fields: [{ name: "Header", type: "struct", value: null, start: 0, end: 8, fields: [leaf("Size", 0, 4), leaf("Id", 4, 8)] }, packed] };
const names = (open: boolean) => rowsOf(root, () => open).map((r) => `${r.depth} ${r.field.name}`);

test("a tree's rows are those that are open, with what is compressed below it", () => {
  deepEqual(names(false), ["0 Header", "0 Records"]);
  deepEqual(names(true), ["0 Header", "1 Size", "1 Id", "0 Records", "1 Records", "2 Offset"]);
});

test("fields inside of a compressed one count in its decompressed bytes", () => {
  const rows = rowsOf(root, () => true);
  deepEqual(rows.map((r) => r.space.bytes), [undefined, undefined, undefined, undefined, inside, inside]);
  equal(rows[5]!.space, rows[4]!.space);
  equal(rows[5]!.space.of, packed);
});

test("a byte leads to its field", () => {
  const path = (at: number) => pathTo(root, at).map((f) => f.name).join("/");
  equal(path(0), "Fetch/Header/Size");
  equal(path(7), "Fetch/Header/Id");
  equal(path(8), "Fetch/Records");
});

test("fields are counted up to a limit", () => {
  equal(countOf(root, 100), 7);
  equal(countOf(root, 3), 3);
});

test("a field's value is exact, and hides nothing", () => {
  const value = (v: Field["value"], more: Partial<Field> = {}) => valueText(leaf("x", 0, 1, { value: v, ...more }));
  equal(value(9007199254740993n), "9007199254740993");
  equal(value("a\u202eb\u0007"), '"a\\u202eb\\u0007"');
  equal(value(null), "null");
  equal(value(null, { type: "struct", fields: [] }), "");
  equal(value(new Uint8Array()), "empty (0 bytes)");
  equal(value(new TextEncoder().encode('{"a":1}')), '"{\\"a\\":1}" (7 bytes)');
  equal(value(Uint8Array.of(0, 255)), "00 ff (2 bytes)");
  equal(value(3, { type: "array", fields: [leaf("[0]", 0, 1)] }), "3");
  equal(value(352, { type: "records", fields: [leaf("[0]", 0, 1)] }), "", "a length in bytes is no number of records");
  equal(value("may be a credential", { type: "redacted" }), "may be a credential");
});
