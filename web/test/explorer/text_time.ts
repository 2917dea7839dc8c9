import { equal } from "node:assert/strict";
import { test } from "node:test";
import { time } from "../../explorer/figures.js";
import { inZone, parseTime } from "../../explorer/text/time.js";

test("a time is read as UTC or as local", () => {
  const ms = Date.UTC(2026, 0, 31, 12, 30, 5, 120);
  equal(parseTime("2026-01-31 12:30:05.12", true), ms);
  equal(parseTime("2026-01-31T12:30:05.120Z", false), ms);
  equal(parseTime("2026-01-31 12:30", false), new Date(2026, 0, 31, 12, 30).getTime());
  equal(parseTime(" 2026-01-31 ", true), Date.UTC(2026, 0, 31));
  equal(parseTime("1700000000123", true), 1_700_000_000_123);
});

test("what is no time isn't read as one", () => {
  for (const text of ["", "now", "2026", "2026-02-30", "2026-13-01", "2026-01-01 24:00", "2026-01-01 10:60", "-5", "1.5"]) equal(parseTime(text, true), undefined, text);
});

test("a time that was typed in one zone stays the moment that it is in the other", () => {
  const local = time(Date.UTC(2026, 0, 31, 12, 30, 5, 120), false);
  equal(inZone(local, true), "2026-01-31 12:30:05.120");
  equal(inZone("2026-01-31 12:30:05.120", false), local);
  for (const text of ["", "2026-01-31 12:", "1700000000123", "2026-01-31 12:30Z"]) equal(inZone(text, true), text);
});
