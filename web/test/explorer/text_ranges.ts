import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { formatRanges, parseRanges } from "../../explorer/text/ranges.js";

test("partitions are written as ranges, and read again", () => {
  for (const [numbers, text] of [[[], ""], [[3], "3"], [[0, 1], "0, 1"], [[0, 1, 2, 5, 7, 8, 9], "0-2, 5, 7-9"]] as const) {
    equal(formatRanges(numbers), text);
    deepEqual(parseRanges(text), [...numbers]);
  }
  deepEqual(parseRanges(" 5,1 - 2,,2"), [1, 2, 5]);
});

test("what is no list of partitions is refused", () => {
  for (const text of ["x", "1-", "-1", "2-1", "1;2", "0-999999999"]) equal(parseRanges(text), undefined, text);
});
