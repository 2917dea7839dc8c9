import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { ConnectOptions } from "kafkaio";
import { bridgeList, Refused, type BridgeList } from "../../explorer/store/bridge_list.js";
import { Session } from "../../explorer/store/session.js";
import { FakeKafka, kafkaError, settled } from "./fake_kafka.js";

/** A session whose attempts to connect have these outcomes, one after the other. */
function sessionOf(outcomes: (FakeKafka | Error)[], list?: BridgeList | Error) {
  const attempts: ConnectOptions[] = [];
  const waits: number[] = [];
  let wake = () => {};
  const session = new Session({
    connect: async (o) => {
      attempts.push(o);
      const outcome = outcomes.shift()!;
      if (outcome instanceof Error) throw outcome;
      return outcome.client;
    },
    list: async () => {
      if (list instanceof Error) throw list;
      return list;
    },
    now: () => 1_000_000,
    sleep: (ms, signal) => {
      waits.push(ms);
      return new Promise((resolve) => {
        wake = resolve;
        signal.addEventListener("abort", () => resolve());
      });
    },
  });
  return { session, attempts, waits, wake: () => (wake(), settled()) };
}

const cluster = (name: string, isDefault = false) => ({ name, path: isDefault ? "/kafka" : `/kafka/${name}`, default: isDefault, apis: null });
const listOf = (...clusters: ReturnType<typeof cluster>[]): BridgeList => ({ identity: "me", groups: [], expires: null, clusters });

test("a session connects with its token to the path that the bridge lists", async () => {
  const { session, attempts } = sessionOf([new FakeKafka()], listOf(cluster("dev", true), cluster("prod")));
  session.start({ token: "secret", cluster: "prod" });
  await settled();
  equal(session.state, "connected");
  deepEqual(attempts.map((a) => [a.bridge, a.token]), [["/kafka/prod", "secret"]]);
});

test("a session tries again, ever more slowly, until there is a cluster", async () => {
  const failures = Array.from({ length: 6 }, () => kafkaError("ERR_BRIDGE_UNREACHABLE"));
  const { session, waits, wake } = sessionOf([...failures, new FakeKafka()]);
  session.start();
  await settled();
  equal(session.state, "connecting");
  equal(session.error, failures[0]);
  equal(session.retryAt, 1_001_000);
  for (let i = 0; i < 6; i++) await wake();
  deepEqual(waits, [1000, 2000, 4000, 8000, 10_000, 10_000]);
  equal(session.state, "connected");
  equal(session.error, undefined);
});

test("retry doesn't wait", async () => {
  const { session } = sessionOf([kafkaError("ERR_DENIED"), new FakeKafka()]);
  session.start();
  await settled();
  session.retry();
  await settled();
  equal(session.state, "connected");
});

test("a refused token locks, whoever refuses it and whenever; another one unlocks", async () => {
  for (const [outcomes, list] of [
    [[kafkaError("ERR_UNAUTHORIZED"), new FakeKafka()], undefined],
    [[new FakeKafka()], new Refused("the token has ended")],
  ] as const) {
    const { session, waits } = sessionOf([...outcomes], list);
    session.start({ token: "old" });
    await settled();
    equal(session.state, "locked");
    deepEqual(waits, []);
  }
  const kafka = new FakeKafka();
  const { session } = sessionOf([kafka, new FakeKafka()]);
  session.start({ token: "old" });
  await settled();
  kafka.become({ state: "closed", error: kafkaError("ERR_UNAUTHORIZED") });
  await settled();
  equal(session.state, "locked");
  equal(session.kafka, undefined);
  session.start({ token: "new" });
  await settled();
  equal(session.state, "connected");
});

test("a client that crashes is replaced", async () => {
  const [first, second] = [new FakeKafka(), new FakeKafka()];
  const { session, wake } = sessionOf([first, second]);
  session.start();
  await settled();
  first.become({ state: "reconnecting", attempt: 1, retryInMs: 250, error: kafkaError("ERR_BRIDGE_UNREACHABLE") });
  await settled();
  equal(session.state, "reconnecting");
  equal(session.retryAt, 1_000_250);
  equal(session.kafka, first.client);
  first.become({ state: "closed", error: kafkaError("ERR_CRASHED") });
  await settled();
  equal(session.state, "connecting");
  await wake();
  equal(session.kafka, second.client);
  equal(session.error, undefined);
});

test("another cluster closes the client of the one before", async () => {
  const [dev, prod] = [new FakeKafka(), new FakeKafka()];
  const { session, attempts } = sessionOf([dev, prod], listOf(cluster("dev", true), cluster("prod")));
  session.start();
  await settled();
  session.start({ cluster: "prod" });
  await settled();
  ok(dev.closedByPage);
  equal(session.kafka, prod.client);
  deepEqual(attempts.map((a) => a.bridge), ["/kafka", "/kafka/prod"]);
});

test("what fails of a session that another has replaced is none of its errors", async () => {
  const fail: ((error: Error) => void)[] = [];
  const session = new Session({ list: async () => undefined, connect: () => new Promise((_, reject) => fail.push(reject)) });
  session.start({ cluster: "dev" });
  await settled();
  session.start({ cluster: "prod" });
  await settled();
  fail[0]!(kafkaError("ERR_BRIDGE_UNREACHABLE"));
  await settled();
  deepEqual([session.state, session.error, fail.length], ["connecting", undefined, 2]);
});

test("several clusters without a default are a choice, and so is one that isn't served", async () => {
  for (const chosen of ["", "gone"]) {
    const { session, attempts } = sessionOf([], listOf(cluster("a"), cluster("b")));
    session.start({ cluster: chosen });
    await settled();
    equal(session.state, "choosing");
    equal(attempts.length, 0);
  }
});

test("a list that says nothing is none, and one that is refused tells why", async () => {
  const answer = (status: number, body: string) => bridgeList("t", new AbortController().signal, async () => new Response(body, { status }));
  equal(await answer(404, "not found"), undefined);
  equal(await answer(200, "<html>"), undefined);
  equal(await answer(403, '{"error":"the origin"}'), undefined);
  deepEqual(await answer(200, '{"clusters":[]}'), { identity: "", groups: [], expires: null, clusters: [] });
  const refused: unknown = await answer(401, '{"error":"it has ended"}').catch((e: unknown) => e);
  ok(refused instanceof Refused);
  equal((refused as Error).message, "it has ended");
});
