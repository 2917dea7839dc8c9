import { indent, tokens } from "../../explorer/text/json.js";
import { equal, test } from "./harness.js";

const plenty = 1_000_000;

test("indented JSON has every character that the text has", async () => {
  const whole: [string, string][] = [
    ["[9007199254740993,-0,1.10,1e400,1E+2]", "[\n  9007199254740993,\n  -0,\n  1.10,\n  1e400,\n  1E+2\n]"],
    ['{"a":1,"a":2,"__proto__":{}}', '{\n  "a": 1,\n  "a": 2,\n  "__proto__": {}\n}'],
    ['["\\u00e9\\/\\"",[ ],{\n}]', '[\n  "\\u00e9\\/\\"",\n  [],\n  {}\n]'],
    ['\n[{"]}[{,:": "a  b: c, d"}]\n', '[\n  {\n    "]}[{,:": "a  b: c, d"\n  }\n]'],
  ];
  for (const [text, indented] of whole) equal(indent(text, plenty), indented, text);
});

test("what is no JSON object or array is not indented", async () => {
  const texts = ["", "7", '"[]"', "null", "[", "]", "[}", "[]]", "[1 2]", "[1,]", "{1:2}", '{"a"}', "[NaN]", "[01]", "['a']", '["a', "[\u00a0]", "[1] [2]", "{]", '["\n"]'];
  for (const text of texts) equal(indent(text, plenty), null, text);
});

test("JSON is indented up to a length", async () => {
  const text = "[".repeat(20) + "]".repeat(20);
  const { length } = indent(text, plenty)!;
  equal([indent(text, length)?.length, indent(text, length - 1)], [length, null]);
});

test("JSON is indented as JSON.stringify does it", async () => {
  let seed = 1;
  const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
  const texts = ['"', "\\", "a  b", "]", "{,:}", "é", "\n", ""];
  const make = (depth: number): unknown => {
    const members = Array.from({ length: random(4) }, (_, i) => [`${i}${texts[random(texts.length)]}`, depth > 0 ? make(depth - 1) : i] as const);
    const kinds = [random(1e9) / 8, random(2) === 0, null, texts[random(texts.length)], members.map((m) => m[1]), Object.fromEntries(members)];
    return kinds[random(kinds.length)];
  };
  for (let i = 0; i < 500; i++) {
    const value = [make(4)];
    const want = JSON.stringify(value, null, 2);
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, "\t\r\n "), want]) equal(indent(text, plenty), want, text);
    const cut = want.slice(0, 1 + random(want.length - 1));
    equal(indent(cut, plenty), null, cut);
  }
});

test("tokens are those of JSON, also of one that is cut off", async () => {
  const kinds = (text: string) => [...tokens(text)].map((t) => `${t.kind} ${t.text}`);
  equal(kinds('{"a" : [-1.5e3, true, nul'), ["mark {", "name \"a\"", "mark :", "mark [", "number -1.5e3", "mark ,", "literal true", "mark ,", "other nul"]);
  equal(kinds('["a:'), ["mark [", 'string "a:']);
  equal(kinds('"\\'), ['string "\\']);
  equal(kinds(`"${"\\\"".repeat(100_000)}`).length, 1, "the tokens of a long string");
});
