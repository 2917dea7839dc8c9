import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { lastOf, roundUp, runsOf, topOf } from "../../explorer/elements/plot_scale.js";

test("a scale ends at 1, 2 or 5 times a power of ten", () => {
  deepEqual([0, -1, NaN, 1, 1.01, 3, 5.1, 99, 0.03].map(roundUp), [1, 1, 1, 1, 2, 5, 10, 100, 0.05]);
  equal(topOf([{ name: "a", values: [null, 3] }, { name: "b", values: [12, null] }]), 20);
  equal(topOf([]), 1);
});

test("a line has gaps where there are no values", () => {
  deepEqual(runsOf([null, 1, 2, null, null, 3]), [[1, 3], [5, 6]]);
  deepEqual(runsOf([null]), []);
});

test("a legend has the last point that any line has", () => {
  equal(lastOf([{ name: "a", values: [1, null, null] }, { name: "b", values: [null, 2, null] }]), 1);
  equal(lastOf([{ name: "a", values: [null, null] }]), 1);
  equal(lastOf([]), -1);
});
