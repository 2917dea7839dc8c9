import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { namesIn, parsePath, valueAt } from "../../explorer/text/paths.js";

const at = (text: string, path: string) => valueAt(text, parsePath(path)!);

test("paths are read", () => {
  deepEqual(parsePath("a.b[0].c"), ["a", "b", 0, "c"]);
  deepEqual(parsePath('[1]["x.y\\n"].z'), [1, "x.y\n", "z"]);
  for (const bad of ["", ".", "a.", ".a", "a..b", "a[", "a[x]", "a]b", "[1]b"]) equal(parsePath(bad), undefined, bad);
});

test("a value is as it is stored", () => {
  const text = '{"a":{"b":[ {"c": 12345678901234567890 }, "\\u0041"],"e":{ "x" : [1, 2] }},"n":null, "d.t":1.0}';
  equal(at(text, "a.b[0].c"), "12345678901234567890");
  equal(at(text, "a.b[1]"), '"\\u0041"');
  equal(at(text, "a.e"), '{ "x" : [1, 2] }');
  equal(at(text, "a.e.x[1]"), "2");
  equal(at(text, "n"), "null");
  equal(at(text, '["d.t"]'), "1.0");
  for (const none of ["b", "a.b[2]", "a.b.c", "a[0]", "n.x", "c"]) equal(at(text, none), undefined, none);
});

test("of a name that stands twice it is the last", () => {
  equal(at('{"a":1,"a":{"b":2},"\\u0061":{"b":3}}', "a.b"), "3");
  equal(at('{"a":{"b":2},"a":5}', "a.b"), undefined);
});

test("of the beginning of JSON only whole values count", () => {
  equal(at('{"a":1,"b":[1,2],"c":12', "b"), "[1,2]");
  equal(at('{"a":1,"b":[1,2],"c":12', "c"), undefined);
  equal(at('{"a":"x', "a"), undefined);
  equal(at("no JSON", "a"), undefined);
  equal(at('{"a":1} x', "a"), undefined);
});

test("deep nesting overflows no stack", () => {
  equal(at('{"a":' + "[".repeat(100_000) + "]".repeat(100_000) + ',"b":7}', "b"), "7");
});

test("the names of an object's members are paths to them", () => {
  deepEqual(namesIn('{"a":{"b":1},"c d":[{"e":2}],"f":3,"cut'), ["a", '["c d"]', "f"]);
  for (const none of ["[1]", "7", "", "x", '"a"']) deepEqual(namesIn(none), [], none);
});
