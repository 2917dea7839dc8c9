import { connect } from "kafkaio";
import { equal, rejects, test } from "./harness.js";
import { withKafka } from "./stack.js";

test("what a callback throws is written to the console", async (w) => {
  const thrown = new TypeError("the page's own");
  const callbacks = [
    () => {
      throw thrown;
    },
    () => Promise.reject(thrown) as Promise<void>,
  ];
  const { error } = console;
  try {
    for (const onRetry of callbacks) {
      await withKafka(w, {}, async (kafka) => {
        const written = new Promise<unknown[]>((resolve) => (console.error = (...args) => resolve(args)));
        kafka.consume({ topics: ["no.such.topic"], onRetry });
        equal((await written).includes(thrown), true, "the error is written");
      });
    }
  } finally {
    console.error = error;
  }
});

test("an option that can't be sent ends its call", async (w) => {
  const cause = new TypeError("the page's own");
  const topics = Object.assign(["t"], {
    toJSON() {
      throw cause;
    },
  });
  await withKafka(w, {}, async (kafka) => {
    const consumer = kafka.consume({ topics });
    equal((await rejects(consumer[Symbol.asyncIterator]().next(), "ERR_CALLBACK")).cause === cause, true, "the cause");
    equal((await consumer.progress()).ended, "error");
    await consumer.close();
  });
});

test("another Go program beside the package is left alone", async (w) => {
  class Other {}
  const scope = globalThis as { Go?: unknown };
  const before = scope.Go;
  scope.Go = Other;
  try {
    const names = Object.getOwnPropertyNames(globalThis).sort();
    const kafka = await connect({ bridge: `${w.origin}/kafka` });
    equal(scope.Go === Other, true, "globalThis.Go");
    equal(Object.getOwnPropertyNames(globalThis).sort(), names, "the names of all globals");
    await kafka.close();
  } finally {
    scope.Go = before;
  }
});
