import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { Field, type Format } from "../../explorer/store/field.js";

const bytes = (...b: number[]) => new Uint8Array(b);
const utf8 = (text: string) => new TextEncoder().encode(text);
const read = (field: Field) => {
  const r = field.read();
  return r.problem ?? (r as { bytes: Uint8Array | null }).bytes;
};

test("what is stored stays as it is in each encoding, until it is edited", () => {
  for (const stored of [utf8('{"a": 1.0,\r\n"a":2}'), utf8("x\ry\n"), bytes(0xff, 0, 1), bytes(), utf8("\ufeffå")]) {
    const field = new Field(stored);
    for (const format of ["text", "json", "hex", "base64", "text"] as const) {
      field.setFormat(format);
      if (format !== "json") equal(read(field), stored);
      equal(field.isAsStored, true);
    }
  }
  const none = new Field(null);
  deepEqual([read(none), none.format, none.isAsStored], [null, "null", true]);
});

test("null hides the text and doesn't lose it", () => {
  const field = new Field(utf8("x"));
  field.setFormat("null");
  deepEqual([read(field), field.isAsStored], [null, false]);
  field.setFormat("text");
  deepEqual([field.text, field.isAsStored], ["x", true]);
});

test("bytes that no text field gives back are hex, and can't be text", () => {
  for (const stored of [bytes(0xff, 0xfe), utf8("a\rb\n"), utf8("a\r\nb\n")]) {
    const field = new Field(stored);
    deepEqual([field.format, field.can("text"), field.can("base64")], ["hex", false, true]);
    field.setFormat("text");
    equal(field.format, "hex");
  }
});

test("an edited text keeps how its lines end", () => {
  const field = new Field(utf8("a\r\nb"));
  field.edit("a\nc"); // as a text field has it
  deepEqual([read(field), field.isAsStored], [utf8("a\r\nc"), false]);
  const typed = new Field(undefined);
  typed.edit("a\nb");
  deepEqual(read(typed), utf8("a\nb"));
});

test("JSON is checked, and sent as it is written", () => {
  const field = new Field(utf8('{"n":1}'));
  equal(field.format, "json");
  field.edit('{"n": 12345678901234567890, "n": 1.0}\n');
  deepEqual(read(field), utf8('{"n": 12345678901234567890, "n": 1.0}\n'));
  field.edit('{"n": 1,\n "m": }');
  match(read(field) as string, /no JSON after line 2, column 5/);
  field.edit(" ");
  match(read(field) as string, /no JSON yet/);
  field.edit("{");
  field.setFormat("text");
  deepEqual(read(field), utf8("{"));
});

test("an invalid JSON text is shown as its own bytes", () => {
  const field = new Field(undefined);
  field.setFormat("json");
  field.edit("{");
  field.setFormat("hex");
  deepEqual([field.text, read(field)], ["7b", utf8("{")]);
});

test("hex and base64 are read with or without spaces, and say what is wrong", () => {
  const typed = (format: Format, text: string) => {
    const field = new Field(undefined);
    field.setFormat(format);
    field.edit(text);
    return read(field);
  };
  deepEqual(typed("hex", "00 ffA0\n1"  + "2"), bytes(0, 255, 0xa0, 0x12));
  deepEqual(typed("base64", "AP8="), bytes(0, 255));
  deepEqual(typed("base64", "AP 8"), bytes(0, 255));
  match(typed("hex", "0") as string, /two digits/);
  match(typed("hex", "0g") as string, /two digits/);
  match(typed("base64", "?") as string, /no base64/);
});
