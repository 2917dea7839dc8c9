import { connect, type TokenReason } from "kafkaio";
import { equal, rejects, test } from "./harness.js";
import { newBridge, withKafka } from "./stack.js";

test("a token is sent", async (w) => {
  const bridge = await newBridge(w, { tokens: ["right"] });
  await withKafka(w, { bridge: bridge.url, token: "right" }, async () => {});
  const e = await rejects(connect({ bridge: bridge.url, token: "wrong" }), "ERR_UNAUTHORIZED");
  equal(e.message.includes("wrong"), false, `"${e.message}" has the token`);
  await rejects(connect({ bridge: bridge.url }), "ERR_UNAUTHORIZED");
}, "either");

test("the token function is told why", async (w) => {
  const bridge = await newBridge(w, { tokens: ["brief", "long"], expiresInMs: 3000 });
  const whys: TokenReason[] = [];
  let renewed = () => {};
  const expiring = new Promise<void>((resolve) => (renewed = resolve));
  const token = async (why: TokenReason, signal: AbortSignal) => {
    equal(signal.aborted, false, "the signal");
    whys.push(why);
    if (why === "expiring") renewed();
    return { connect: "old", refused: "brief", expiring: "long" }[why];
  };
  await withKafka(w, { bridge: bridge.url, token }, () => expiring);
  equal(whys, ["connect", "refused", "expiring"]);
}, "either");

test("what the token function throws is the cause", async (w) => {
  const logout = new TypeError("logged out");
  const functions = [
    () => {
      throw logout;
    },
    () => Promise.reject(logout),
  ];
  for (const token of functions) {
    const e = await rejects(connect({ bridge: `${w.origin}/kafka`, token }), "ERR_TOKEN");
    equal(e.cause === logout, true, "the cause");
  }
  const odd = Object.assign(new Error(), { message: { status: 401 } as never });
  const e = await rejects(connect({ bridge: `${w.origin}/kafka`, token: () => Promise.reject(odd) }), "ERR_TOKEN");
  equal(e.cause === odd, true, "the cause that has no text");
  for (const token of [() => undefined, () => 7, () => "", () => 7n] as unknown as (() => string)[]) {
    await rejects(connect({ bridge: `${w.origin}/kafka`, token }), "ERR_TOKEN");
  }
});

test("a token function that never settles is told to stop", async (w) => {
  const control = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    const token = (_: TokenReason, signal: AbortSignal) => {
      signal.addEventListener("abort", () => resolve());
      control.abort();
      return new Promise<string>(() => {});
    };
    void rejects(connect({ bridge: `${w.origin}/kafka`, token, signal: control.signal }), "ERR_ABORTED");
  });
  await stopped;
});
