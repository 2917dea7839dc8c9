import { equal } from "node:assert/strict";
import { test } from "node:test";
import { counted, duration, grouped, rate, size, time } from "../../explorer/figures.js";

test("figures are exact, beyond 2^53 too", () => {
  equal(grouped(9223372036854775807n), "9,223,372,036,854,775,807");
  equal(grouped(-1234567n), "-1,234,567");
  equal(grouped(999), "999");
  equal(counted(1n, "offset"), "1 offset");
  equal(counted(1000, "offset"), "1,000 offsets");
});

test("sizes are cut, not rounded up", () => {
  for (const [bytes, want] of [
    [0n, "0 B"], [1023n, "1023 B"], [1024n, "1.00 KiB"], [10_239n, "9.99 KiB"], [10_240n, "10.0 KiB"],
    [1024n * 1024n - 1n, "1023 KiB"], [1536n * 1024n * 1024n, "1.50 GiB"], [2n ** 63n - 1n, "7.99 EiB"],
  ] as const) equal(size(bytes), want, String(bytes));
});

test("a slow rate is not none", () => {
  equal(rate({ offsets: 0n, ms: 5000 }), "0");
  equal(rate({ offsets: 1n, ms: 20_000 }), "<0.1");
  equal(rate({ offsets: 12n, ms: 10_000 }), "1.2");
  equal(rate({ offsets: 25_000n, ms: 10_000 }), "2,500");
});

test("a time is shown to the millisecond, and what is none as it is stored", () => {
  equal(time(1_700_000_000_123, true), "2023-11-14 22:13:20.123Z");
  equal(time(-1, true), "");
  equal(time(8.64e15 + 1, true), "8640000000000001");
  equal(time(-(2 ** 63), false), "≈ -9223372036854775808");
  equal(time(0, true), "1970-01-01 00:00:00.000Z");
});

test("a duration is cut to two units", () => {
  for (const [ms, want] of [
    [0, "0 ms"], [999.9, "999 ms"], [1000, "1.0 s"], [9999, "9.9 s"], [10_000, "10 s"], [59_999, "59 s"], [60_000, "1 min"],
    [3_599_999, "59 min 59 s"], [7_380_000, "2 h 3 min"], [86_400_000 * 3 + 59_000, "3 d"], [86_400_000 * 1000 + 3_600_000, "1,000 d 1 h"],
  ] as const) equal(duration(ms), want, String(ms));
});
