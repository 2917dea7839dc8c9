import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { formatRoute, parseRoute, takeToken, type Place } from "../../explorer/route.js";

/** A route without its parameters, which are compared as text. */
function parsed(fragment: string) {
  const { parameters, ...place } = parseRoute(fragment);
  return { ...place, q: parameters.toString() };
}

test("each place has a URL, and the URL leads there", () => {
  const places: [Place, string][] = [
    [{ page: "clusters" }, "#/clusters"],
    [{ page: "cluster" }, "#/cluster"],
    [{ page: "topics" }, "#/topics"],
    [{ page: "topic", topic: "orders", tab: "messages" }, "#/topics/orders/messages"],
    [{ page: "topic", topic: "a b/ü?#%", tab: "config" }, "#/topics/a%20b%2F%C3%BC%3F%23%25/config"],
    [{ page: "groups" }, "#/groups"],
    [{ page: "group", group: "" + "g/1" }, "#/groups/g%2F1"],
    [{ page: "wire" }, "#/wire"],
    [{ page: "produce" }, "#/produce"],
    [{ page: "redrive" }, "#/redrive"],
  ];
  for (const [place, fragment] of places) {
    equal(formatRoute(place), fragment);
    deepEqual(parsed(fragment), { ...place, q: "" });
  }
});

test("parameters are part of the URL, empty ones are not", () => {
  equal(formatRoute({ page: "topics" }, [["q", "a&b"], ["sort", ""]]), "#/topics?q=a%26b");
  equal(parseRoute("#/topics?q=a%26b").parameters.get("q"), "a&b");
});

test("no fragment leads to the topics, a topic to its messages, and nonsense nowhere", () => {
  deepEqual(parsed(""), { page: "topics", q: "" });
  deepEqual(parsed("#/"), { page: "topics", q: "" });
  deepEqual(parsed("#/topics/orders"), { page: "topic", topic: "orders", tab: "messages", q: "" });
  for (const fragment of ["#/nowhere", "#/topics/orders/nowhere", "#/topics/orders/config/more", "#/wire/x", "#/groups/g/x", "#/topics/%E0%A4%A"]) {
    equal(parsed(fragment).page, "unknown", fragment);
  }
});

test("the token is taken out of the URL, and nothing else is", () => {
  for (const [fragment, token, rest] of [
    ["#token=secret", "secret", ""],
    ["#token=secret&topic=or%20ders", "secret", "#/topics/or%20ders/messages"],
    ["#topic=orders", undefined, "#/topics/orders/messages"],
    ["#/topics?q=x&token=secret", "secret", "#/topics?q=x"],
    ["#/wire?token=secret", "secret", "#/wire"],
    ["#/topics?q=token", undefined, "#/topics?q=token"],
    ["", undefined, ""],
  ] as const) {
    deepEqual(takeToken(fragment), { token, fragment: rest }, fragment);
  }
});
