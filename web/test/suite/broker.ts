// What happens to a broker. These tests are the last ones: a broker that doesn't come back would fail all others.
import type { Status } from "kafkaio";
import { equal, rejects, test } from "./harness.js";
import { Reading } from "./reading.js";
import { broker, withKafka } from "./stack.js";
import { topicOf } from "./topics.js";

/** How long a restart may take, in milliseconds: longer than its limit in kafkatest. */
const restartTime = 240_000;

test("a broker that is frozen is told, and read on", async (w) => {
  const topic = await topicOf(w, "before");
  await withKafka(w, {}, async (kafka) => {
    const reading = new Reading((onRetry) => kafka.consume({ topics: [topic.name], from: "earliest", onRetry }));
    equal(await reading.next(), "before");
    const states: Status["state"][] = [];
    const reconnecting = (async () => {
      for await (const { state } of kafka.status()) {
        states.push(state);
        if (states.length === 3) return;
      }
    })();
    await broker(w, "freeze");
    let next: ReturnType<Reading["next"]> | undefined;
    try {
      const e = await reading.report();
      equal([e.code, e.retriable], ["ERR_TIMEOUT", true], "the report");
      await rejects(kafka.admin.topics(), "ERR_TIMEOUT");
      await rejects(kafka.produce({ topic: topic.name, value: "too late" }, { timeout: 2000 }), "ERR_TIMEOUT");
      next = reading.next();
      while (!states.includes("reconnecting")) await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await broker(w, "thaw");
    }
    await reconnecting;
    equal([states[0], states[1]], ["connected", "reconnecting"], "the states");
    await topic.write([{ value: "after" }]);
    let value = await next;
    if (value === "too late") value = await reading.next(); // which nobody could know
    equal(value, "after");
    await reading.end();
  });
}, "apache");

test("a broker that is killed and restarted is read on", async (w) => {
  const topic = await topicOf(w, "before");
  await withKafka(w, {}, async (kafka) => {
    const reading = new Reading((onRetry) => kafka.consume({ topics: [topic.name], from: "earliest", onRetry }));
    equal(await reading.next(), "before");
    await broker(w, "kill");
    let producing: Promise<unknown> | undefined;
    try {
      const e = await reading.report();
      equal([["ERR_BROKER_UNREACHABLE", "ERR_TIMEOUT"].includes(e.code), e.retriable], [true, true], `the report "${e.message}" of code ${e.code}`);
      producing = kafka.produce({ topic: topic.name, value: "waits" }, { timeout: restartTime });
      producing.catch(() => {}); // it is awaited later
    } finally {
      await broker(w, "restart");
    }
    await producing;
    equal(await reading.next(), "waits");
    await reading.end();
    const lasted = (performance.now() - reading.reports[0]!.at) / 1000;
    equal(reading.reports.length < lasted + 2, true, `${reading.reports.length} reports in ${lasted} s are at most one a second: it`);
  });
}, "apache", restartTime);
