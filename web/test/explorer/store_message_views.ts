import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { MessageViews } from "../../explorer/store/message_views.js";
import { Preferences } from "../../explorer/store/preferences.js";

test("views, columns and filters are kept for each topic", () => {
  const kept = new Map<string, string>();
  const keeper = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) };
  const of = (topic: string) => new MessageViews(new Preferences(keeper), topic);
  of("a").setView("value", "hex");
  of("a").columns = ["x.y", "z"];
  of("a").save({ name: "two", query: "q=2" });
  of("a").save({ name: "one", query: "q=1" });
  of("a").save({ name: "two", query: "q=3" });
  equal(of("a").view("value"), "hex");
  equal(of("a").view("key"), undefined);
  equal(of("b").view("value"), undefined);
  deepEqual(of("a").columns, ["x.y", "z"]);
  deepEqual(of("a").filters, [{ name: "one", query: "q=1" }, { name: "two", query: "q=3" }]);
  of("a").forget("one");
  of("a").forget("two");
  deepEqual(of("a").filters, []);
});

test("what something else has written is as if it weren't there", () => {
  const preferences = new Preferences(undefined);
  for (const name of ["value", "columns", "filters"]) preferences.set(`messages ${name} a`, [null, 5, { name: 1 }]);
  const views = new MessageViews(preferences, "a");
  deepEqual([views.view("value"), views.columns, views.filters], [undefined, [], []]);
});
