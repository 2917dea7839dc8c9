import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import type { LogDir } from "kafkaio";
import { adviceOf } from "../../explorer/store/advice.js";
import { Answer } from "../../explorer/store/answer.js";
import { Changes } from "../../explorer/store/changes.js";
import { diskOf } from "../../explorer/store/cluster.js";
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

test("an error says what it means, and a broker elsewhere how to say where", () => {
  match(adviceOf(kafkaError("ERR_BRIDGE_UNREACHABLE")).text, /running in your terminal/);
  const dial = Object.assign(kafkaError("ERR_BROKER_UNREACHABLE", "kafkaio: dial b1:9092: refused: connection refused (bridge code 4)"), { broker: "b1:9092" });
  match(adviceOf(dial).text, /^Connection refused\. .*--connect-to b1:9092=HOST:PORT/);
  equal(adviceOf(new Error("why not?")).text, "Why not?");
  equal(adviceOf("thrown").text, "Thrown.");
  match(adviceOf(kafkaError("SOMETHING_NEW", "it is new")).text, /^It is new\.$/);
});
