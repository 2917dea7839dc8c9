import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import type { ReactiveControllerHost } from "lit";
import { Attempt } from "../../explorer/elements/attempt.js";

function made() {
  const attempt = new Attempt({ addController: () => {}, requestUpdate: () => {} } as unknown as ReactiveControllerHost);
  const taken: string[] = [];
  const make = (result: Promise<string>) => attempt.make(() => result, (r) => void taken.push(r));
  return { attempt, taken, make };
}

test("what an attempt brings is taken, or why it failed is told", async () => {
  const { attempt, taken, make } = made();
  const first = make(Promise.resolve("1"));
  deepEqual([attempt.busy, taken], [true, []]);
  await first;
  await make(Promise.reject("no"));
  deepEqual([attempt.busy, attempt.error, taken], [false, "no", ["1"]]);
  await make(Promise.resolve("2"));
  deepEqual([attempt.error, taken], [undefined, ["1", "2"]]);
});

test("what comes once a form is closed or another one isn't taken, and disturbs no later attempt", async () => {
  for (const late of [() => Promise.resolve("late"), () => Promise.reject("late")]) {
    for (const end of ["forget", "hostDisconnected"] as const) {
      const { attempt, taken, make } = made();
      const first = make(late());
      attempt[end]();
      deepEqual(attempt.busy, false);
      const second = make(new Promise((resolve) => setTimeout(resolve, 0, "new")));
      await first;
      deepEqual([attempt.busy, attempt.error, taken], [true, undefined, []]);
      await second;
      deepEqual([attempt.busy, taken], [false, ["new"]]);
    }
  }
});
