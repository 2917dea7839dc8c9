import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Navigation } from "../../explorer/navigation.js";

/** A window that has just what a Navigation uses. */
function fakeWindow(hash: string) {
  const page = { location: { hash, pathname: "/", search: "" }, listener: () => {}, go(to: string) {
    page.location.hash = to;
    page.listener();
  } };
  Object.assign(globalThis, {
    location: page.location,
    history: { state: null, replaceState: (_: unknown, __: string, url: string) => (page.location.hash = url) },
    addEventListener: (_: string, listener: () => void) => (page.listener = listener),
  });
  return page;
}

test("a cluster that mayn't be left stays, with its URL", () => {
  const page = fakeWindow("#/redrive?cluster=dev&topic=dlq");
  const navigation = new Navigation();
  navigation.start();
  let asked = 0;
  navigation.mayLeave = () => ++asked > 1;
  page.go("#/topics?cluster=dev");
  deepEqual([asked, navigation.route.page], [0, "topics"]);
  page.go("#/groups");
  deepEqual([asked, navigation.route.page, navigation.cluster, page.location.hash], [1, "topics", "dev", "#/topics?cluster=dev"]);
  page.go("#/groups");
  deepEqual([asked, navigation.route.page, navigation.cluster], [2, "groups", ""]);
  equal(page.location.hash, "#/groups");
});
