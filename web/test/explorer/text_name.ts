import { equal } from "node:assert/strict";
import { test } from "node:test";
import { seen } from "../../explorer/text/name.js";

test("names that differ look different, and others are as they are", () => {
  for (const name of ["", "pay", "a b-c_d.é", "名前", "😀", "/10.0.0.1", "x<y>&amp;"]) equal(seen(name), name);
  const looks: Record<string, string> = {
    "pay\u200b": "pay‹U+200B›", "pay ": "pay‹U+0020›", " pay": "‹U+0020›pay", "a  b": "a‹U+0020› b", "a\tb\r\n": "a‹U+0009›b‹U+000D›‹U+000A›",
    "a\u00a0b": "a‹U+00A0›b", "\u202eyap": "‹U+202E›yap", "p\u034fay\u3164": "p‹U+034F›ay‹U+3164›", "\u2800": "‹U+2800›", "a\u{e0061}": "a‹U+E0061›", "a\u200d\ufe0f": "a‹U+200D›‹U+FE0F›",
  };
  for (const [name, look] of Object.entries(looks)) equal(seen(name), look);
});
