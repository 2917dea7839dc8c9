import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { makeContext } from "../../explorer/context.js";
import type { Navigation } from "../../explorer/navigation.js";
import { Preferences } from "../../explorer/store/preferences.js";
import { Session } from "../../explorer/store/session.js";

test("what was begun in a cluster is there again after another one was looked at", () => {
  const session = new Session({ connect: () => new Promise(() => {}) });
  const of = (cluster: string) => makeContext(Object.assign(session, { cluster }), {} as Navigation, new Preferences(undefined));
  const first = of("dev");
  first.produce.draft.topic = "orders";
  const other = of("prod");
  deepEqual([other.produce.draft.topic, other.redrive === first.redrive], ["", false]);
  const again = of("dev");
  equal(again.produce, first.produce);
  equal(again.redrive, first.redrive);
});
