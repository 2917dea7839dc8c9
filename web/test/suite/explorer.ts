import { factsOf } from "../../explorer/sidebar.js";
import { views } from "../../explorer/value.js";
import { equal, test } from "./harness.js";

test("the page shows JSON that is nested deeply as text", async () => {
  for (const depth of [10, 100, 1000, 5000, 30_000]) {
    const text = "[".repeat(depth) + "]".repeat(depth);
    const all: { name: string; text: string }[] = views(new TextEncoder().encode(text));
    equal(all.map((v) => v.name), depth > 100 ? ["Text", "Hex"] : ["JSON", "Text", "Hex"], `${depth} brackets`);
    equal(all.every((v) => v.text.length < 1_000_000), true, "each is short");
  }
});

test("the page shows JSON whole or as text", async () => {
  const json = new TextEncoder().encode('{"a": "]}[{,\\"", "b": [1]}');
  equal(views(json)[0], { name: "JSON", text: '{\n  "a": "]}[{,\\"",\n  "b": [\n    1\n  ]\n}' });
  equal(views(json, json.length + 1)[0]?.name, "Text", "of a value that is cut");
  equal(views(new TextEncoder().encode("[9007199254740993]"))[0]?.text, "[\n  9007199254740993\n]");
});

test("the page doesn't call offsets records", async () => {
  const layout = [{ id: 0, start: 5n, end: 206n }, { id: 1, start: 0n, end: 1000n }];
  equal(factsOf({ partitions: 2 }, { layout }), "2 partitions · 1,201 offsets");
  equal(factsOf({ partitions: 1 }, { layout: [{ id: 0, start: 7n, end: 8n }] }), "1 partition · 1 offset");
  for (const unknown of [undefined, { layout: [...layout, { id: 2, start: null, end: null }] }]) {
    equal(factsOf({ partitions: 2 }, unknown), "2 partitions", "what isn't known");
  }
});
