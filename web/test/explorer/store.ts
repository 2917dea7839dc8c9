import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import type { Code, LogDir } from "kafkaio";
import { adviceOf } from "../../explorer/store/advice.js";
import { Answer } from "../../explorer/store/answer.js";
import { Changes } from "../../explorer/store/changes.js";
import { diskOf, reachWords } from "../../explorer/store/cluster.js";
import { Pins } from "../../explorer/store/pins.js";
import { Preferences } from "../../explorer/store/preferences.js";
import { rightsOf } from "../../explorer/store/rights.js";
import { kafkaError, settled } from "./fake_kafka.js";

test("many changes at once are told once", async () => {
  const changes = new Changes();
  let told = 0;
  const end = changes.subscribe(() => told++);
  changes.emit();
  changes.emit();
  await settled();
  equal(told, 1);
  end();
  changes.emit();
  await settled();
  equal(told, 1);
});

test("a failed question keeps the answer from before", async () => {
  const answer = new Answer<number>(new Changes());
  await answer.ask(async () => 1);
  await answer.ask(() => Promise.reject(new Error("no")));
  equal(answer.value, 1);
  match(String(answer.error), /no/);
  await answer.ask(async () => 2);
  equal(answer.value, 2);
  equal(answer.error, undefined);
});

test("an answer that takes long is told, and comes all the same", async () => {
  const answer = new Answer<number>(new Changes(), 1);
  let give = (_: number) => {};
  const asked = answer.ask(() => new Promise<number>((resolve) => (give = resolve)));
  equal(answer.error, undefined);
  while (answer.error === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  equal(adviceOf(answer.error).title, "No answer yet.");
  equal(answer.asking, true);
  give(1);
  await asked;
  equal(answer.value, 1);
  equal(answer.error, undefined);
});

test("an answer that was forgotten doesn't come", async () => {
  const answer = new Answer<number>(new Changes());
  let give = (_: number) => {};
  const asked = answer.ask(() => new Promise<number>((resolve) => (give = resolve)));
  answer.forget();
  give(1);
  await asked;
  equal(answer.value, undefined);
  equal(answer.asking, false);
});

test("preferences survive a storage that is full, forbidden or not ours", () => {
  for (const text of [null, "nonsense", "[1]", '"x"']) {
    const preferences = new Preferences({ getItem: () => text, setItem: () => { throw new Error("full"); } });
    preferences.set("utc", true);
    equal(preferences.get("utc", false), true);
  }
  equal(new Preferences(undefined).get("utc", false), false);
});

test("preferences and pins are kept, those of another tab too", () => {
  const kept = new Map<string, string>();
  const keeper = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) };
  const [one, other] = [new Preferences(keeper), new Preferences(keeper)];
  one.set("utc", true);
  new Pins(other, "c1").toggle("orders");
  const after = new Preferences(keeper);
  equal(after.get("utc", false), true);
  deepEqual([new Pins(after, "c1").all, new Pins(after, "c2").all], [["orders"], []]);
  new Pins(after, "c1").toggle("orders");
  deepEqual(new Pins(after, "c1").all, []);
});

test("the disk of a cluster is summed up exactly", async () => {
  async function* dirs(): AsyncGenerator<LogDir> {
    yield { broker: 1, dir: "/a", replicas: [{ topic: "t", partition: 0, bytes: 2n ** 53n, future: false }, { topic: "t", partition: 1, bytes: 1n, future: true }] };
    yield { broker: 2, dir: "", error: kafkaError("ERR_TIMEOUT"), replicas: [] };
  }
  const disk = await diskOf(dirs());
  equal(disk.topics.get("t"), 2n ** 53n + 1n);
  deepEqual(disk.directories.map((d) => [d.broker, d.replicas, d.moving, d.bytes]), [[1, 2, 1, 2n ** 53n + 1n], [2, 0, 0, 0n]]);
});

test("rights need all of their APIs; a bridge without policies allows all", () => {
  equal(rightsOf(null).every((r) => r.allowed), true);
  deepEqual(rightsOf(["Fetch", "Produce"]).filter((r) => r.allowed).map((r) => r.words), ["produce records"]);
});

/** The error of a dial that the bridge refused. */
function dialError(said: string, broker = "b1:9092", code: Code = "ERR_BROKER_UNREACHABLE") {
  return Object.assign(kafkaError(code, `unable to dial: kafkaio: dial ${broker}: ${said}`), { broker });
}

test("a broker that isn't reached has the reason, and what to change", () => {
  for (const [said, broker, words, change] of [
    ["refused: nothing listens at b1.example:9092 (bridge code 4502)", "b1.example:9092", "refused", /listen there\? .*connect_to/],
    ["nxdomain: the bridge finds no address of kafka:9092 (bridge code 4502)", "kafka:9092", "no such name", /without a dot .*--connect-to kafka:9092=HOST:PORT/],
    ["nxdomain: the bridge finds no address of b-0.kafka.svc:9092 (bridge code 4502)", "b-0.kafka.svc:9092", "no such name", /Kubernetes/],
    ["nxdomain: the bridge finds no address of b.example.com:9092 (bridge code 4502)", "b.example.com:9092", "no such name", /^The bridge finds no address of b\.example\.com:9092\. Have the broker/],
    ["timeout: the bridge could not connect in time (bridge code 4504)", "b1:9092", "no answer", /firewall/],
    ["special: configure b1:9092: on its own machine or link the bridge dials only listed brokers (bridge code 4403)", "b1:9092", "denied by the bridge", /Add b1:9092 to clusters\[\]\.brokers/],
    ["constructor: what (bridge code 4502)", "b1:9092", "not reached", /What\./],
  ] as const) {
    const error = dialError(said, broker, said.includes("4403") ? "ERR_DENIED" : undefined);
    const reached = said.includes("4403") ? null : false;
    equal(reachWords({ id: 1, host: "b", port: 1, rack: null, reachable: reached, error }), words);
    match(adviceOf(error).text, change);
  }
  equal(reachWords({ id: 1, host: "b", port: 1, rack: null, reachable: false, error: kafkaError("ERR_TIMEOUT") }), "no answer");
  equal(reachWords({ id: 1, host: "b", port: 1, rack: null, reachable: true }), "answers");
});

test("an error says what it means, and a broker elsewhere how to say where", () => {
  match(adviceOf(kafkaError("ERR_BRIDGE_UNREACHABLE")).text, /^Is kafkaio still running in your terminal/);
  match(adviceOf(kafkaError("ERR_BRIDGE_UNREACHABLE", "it could not connect. The browser denies this site connections to local networks: allow them")).text, /^The browser denies .*: allow them\. Is kafkaio/);
  match(adviceOf(dialError("refused: nothing listens at b1:9092 (bridge code 4502)")).text, /^Nothing listens at b1:9092\. .*--connect-to b1:9092=HOST:PORT/);
  equal(adviceOf(new Error("why not?")).text, "Why not?");
  equal(adviceOf("thrown").text, "Thrown.");
  match(adviceOf(kafkaError("SOMETHING_NEW", "it is new")).text, /^It is new\.$/);
});
