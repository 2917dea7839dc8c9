import { connect } from "kafkaio";
import { equal, test } from "./harness.js";
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
