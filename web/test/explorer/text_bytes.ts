import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { absence, base64, firstBytes, hexLines, isMostlyText, segments, textOf, wholeCharacters } from "../../explorer/text/bytes.js";

const utf8 = (text: string) => new TextEncoder().encode(text);
const join = (...parts: (string | number[])[]) => Uint8Array.from(parts.flatMap((p) => (typeof p === "string" ? [...utf8(p)] : p)));
const shown = (bytes: Uint8Array) => segments(bytes).map((s) => `${s.kind[0]}:${s.shown}`);

test("bytes that are no UTF-8 are shown as such, and nothing beside them changes", () => {
  deepEqual(shown(join("aé", [0xff, 0xfe], "€b", [0xe2, 0x82], "c")), ["t:aé", "i:ff fe", "t:€b", "i:e2 82", "t:c"]);
  deepEqual(shown(join([0xc0, 0x80])), ["i:c0 80"], "longer than it must be");
  deepEqual(shown(join([0xed, 0xa0, 0x80])), ["i:ed a0 80"], "a surrogate");
  deepEqual(shown(join([0xf4, 0x90, 0x80, 0x80])), ["i:f4 90 80 80"], "beyond the last character");
  deepEqual(shown(join("😀", [0xf0, 0x9f, 0x98])), ["t:😀", "i:f0 9f 98"]);
});

test("all that the decoder takes is text, and nothing else", () => {
  let state = 7;
  const random = () => (state = (state * 48271) % 2147483647);
  const likely = [0x41, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xff];
  for (let i = 0; i < 20_000; i++) {
    const bytes = Uint8Array.from({ length: random() % 6 }, () => likely[random() % likely.length]!);
    equal(segments(bytes).every((s) => s.kind !== "invalid"), textOf(bytes) !== undefined, String(bytes));
  }
});

test("controls, bidirectional and invisible characters are seen", () => {
  deepEqual(shown(utf8("a\0b\x1b[31m\x7f")), ["t:a", "h:U+0000", "t:b", "h:U+001B", "t:[31m", "h:U+007F"]);
  deepEqual(shown(utf8("x\u202ey\u2066z")), ["t:x", "h:U+202E", "t:y", "h:U+2066", "t:z"]);
  deepEqual(shown(utf8("\ufeffa\u200bb")), ["h:U+FEFF", "t:a", "h:U+200B", "t:b"]);
  deepEqual(shown(utf8("a\tb\r\nc\rd")), ["t:a\tb\r\nc", "h:U+000D", "t:d"]);
  deepEqual(shown(utf8("👩‍🚀 عربي")), ["t:👩‍🚀 عربي"], "joiners and letters stay together");
  deepEqual(shown(utf8("a\u{e0041}")), ["t:a", "h:U+E0041"]);
});

test("the text is that of the bytes, with its byte order mark", () => {
  equal(textOf(utf8("\ufeff\0a")), "\ufeff\0a");
  equal(textOf(join([0xff])), undefined);
});

test("a cut goes through no character", () => {
  const bytes = utf8("aé€😀b");
  deepEqual(Array.from({ length: bytes.length + 1 }, (_, n) => firstBytes(bytes, n).length), [0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11]);
  equal(wholeCharacters(join([0x80, 0x80, 0x80, 0x80])), 4);
  equal(wholeCharacters(join("a", [0xe0, 0x80])), 3, "these are no beginning of a character");
});

test("binary is told from text", () => {
  equal(isMostlyText(utf8("plain text, with é and €")), true);
  equal(isMostlyText(join([0, 0, 0, 0, 5], '{"a":"a JSON after the head of a schema registry"}')), true);
  equal(isMostlyText(Uint8Array.from({ length: 256 }, (_, i) => i)), false);
  equal(isMostlyText(utf8("é".repeat(2500)).subarray(1)), true);
});

test("a hex dump has offsets and ASCII", () => {
  deepEqual(hexLines(join("abcdefghijklmnop", [0, 0x7e, 0x7f])), [
    { offset: "000000", hex: "61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70", ascii: "abcdefghijklmnop" },
    { offset: "000010", hex: "00 7e 7f", ascii: "·~·" },
  ]);
  deepEqual(hexLines(new Uint8Array(100), 2, 1).map((l) => l.offset), ["000020"]);
});

test("base64 of large bytes", () => {
  const bytes = Uint8Array.from({ length: 100_001 }, (_, i) => i * 7);
  equal(base64(bytes), Buffer.from(bytes).toString("base64"));
});

test("null, empty and tombstone are told apart", () => {
  const empty = new Uint8Array();
  deepEqual([absence(null, "value"), absence(null, "key"), absence(null, "header"), absence(empty, "value"), absence(empty, "key"), absence(utf8("a"), "value")],
    ["tombstone", "null", "null", "empty", "empty", undefined]);
});
declare const Buffer: { from(b: Uint8Array): { toString(encoding: "base64"): string } };
