import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { windowOf } from "../../explorer/elements/window.js";

test("of a million rows only those are drawn that are visible, and some", () => {
  const w = windowOf({ top: 36 * 500_000, height: 720, rowHeight: 36, count: 1_000_000 });
  equal(w.firstVisible, 500_000);
  equal(w.lastVisible, 500_019);
  ok(w.first < w.firstVisible && w.last > w.lastVisible && w.last - w.first < 40);
});

test("a window ends where the rows do", () => {
  for (const count of [0, 1, 5]) {
    const w = windowOf({ top: 0, height: 720, rowHeight: 36, count });
    equal(w.first, 0);
    equal(w.last, count);
  }
  const below = windowOf({ top: 100_000, height: 720, rowHeight: 36, count: 3 });
  ok(below.first <= 3 && below.last === 3, "rows went while it was scrolled down");
});
