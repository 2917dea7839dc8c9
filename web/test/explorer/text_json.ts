import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { colour, indent, isJSON } from "../../explorer/text/json.js";

const shown = (text: string, o?: { most?: number; cut?: boolean }) => indent(text, o)?.map((p) => p.text).join("");

test("JSON is indented from its own text: numbers, duplicates, order and escapes stay", () => {
  equal(shown('{"b":12345678901234567890,"a":1.0e+2,"a":-0,"\\u0061":"\\/\\n\u2028"}'),
    '{\n  "b": 12345678901234567890,\n  "a": 1.0e+2,\n  "a": -0,\n  "\\u0061": "\\/\\n\u2028"\n}');
  equal(shown(' [ [], {} , [1,\n{"a" : [ ] } ] ] '), '[\n  [],\n  {},\n  [\n    1,\n    {\n      "a": []\n    }\n  ]\n]');
});

test("what is JSON is what JSON.parse says", () => {
  const all = [
    "", " ", "1", "01", "-", "-0", "1.", ".5", "1e5", "1e", "+1", "true", "True", "nul", "null ", '"a', '"a"', '"\n"', '"\\x"', '"\\u12"', '"\\u12aG"', "[1,]", "[,1]", "[1 2]", "{}", "{a:1}", '{"a"}',
    '{"a":}', '{"a":1,}', '{"a":1 "b":2}', '{"a" 1}', "[1]]", "[}", "{]", "[[]", "1 2", "[true,false,null]", "NaN", "\u00a01", "\ufeff1", '{"a":[{"b":[]}]}', "[1,2]x", '{,"a":1}', ":", ",", "[:]",
  ];
  for (const text of all) {
    let want = true;
    try {
      JSON.parse(text);
    } catch {
      want = false;
    }
    equal(isJSON(text), want, JSON.stringify(text));
  }
});

test("the beginning of JSON is indented wherever it ends", () => {
  const text = '{"name":"a\\u00e9\\n","n":[-1.5e+3,true,null,{"x":{}}],"e":""}';
  for (let end = 1; end <= text.length; end++) {
    const got = shown(text.slice(0, end), { cut: true });
    equal(got?.replace(/\s/g, ""), text.slice(0, end), `cut at ${end}`);
  }
  equal(shown('{"a":x', { cut: true }), undefined);
});

test("deep nesting isn't indented, and overflows no stack", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  equal(isJSON(deep), true);
  equal(indent(deep), undefined);
  equal(isJSON(deep + "]"), false);
});

test("text and what would be too long aren't indented", () => {
  for (const text of ["text", "1", '"a"', "[1", "", "[1] [2]"]) equal(indent(text), undefined, text);
  equal(indent("[1,2,3]", { most: 8 }), undefined);
  equal(indent(`["${"\\\\".repeat(1_000_000)}"]`)?.length, 5);
});

test("tokens are told apart", () => {
  deepEqual(indent('{"a":["b",1,true]}')?.filter((p) => p.kind !== "mark" && p.kind !== "space").map((p) => [p.kind, p.text]),
    [["name", '"a"'], ["string", '"b"'], ["number", "1"], ["literal", "true"]]);
  deepEqual(colour('{"a": 1, x').map((p) => p.kind), ["mark", "name", "mark", "space", "number", "mark", "space"]);
  equal(colour(' [1, 2] rest').map((p) => p.text).join(""), " [1, 2] rest");
});
