import { connect } from "kafkaio";
import { equal, pageTest, rejects } from "./harness.js";
import { setup, withKafka } from "./stack.js";

/** Runs f with the globals of a frame, whose classes aren't the page's. */
async function withFrame(f: (there: typeof globalThis) => Promise<void>): Promise<void> {
  const frame = document.createElement("iframe");
  document.documentElement.append(frame);
  try {
    await f(frame.contentWindow as unknown as typeof globalThis);
  } finally {
    frame.remove();
  }
}

pageTest("the bytes of a frame are taken as the page's", async (w) => {
  const { echo } = await setup(w);
  await withFrame(async (there) => {
    const bytes = new there.Uint8Array([104, 105]);
    equal((bytes as unknown) instanceof Uint8Array, false, "the frame's class is the page's");
    await withKafka(w, {}, async (kafka) => {
      const socket = await kafka.socket(echo);
      equal(await socket.send(bytes), 2);
      equal([...(await socket.receive(2))], [...bytes]);
      const topic = `suite-frame-${Date.now()}`;
      await kafka.admin.createTopic({ name: topic, partitions: 1 });
      const { partition, offset } = await kafka.produce({ topic, key: bytes, value: bytes, headers: [["trace", bytes]] });
      const record = (await kafka.record({ topic, partition, offset }))!;
      equal([record.text("key"), record.text()], ["hi", "hi"], "the record");
    });
  });
});

pageTest("the signals of a frame are taken as the page's", async (w) => {
  await withFrame(async (there) => {
    const never = () => new Promise<string>(() => {});
    const signal = there.AbortSignal.timeout(100);
    await rejects(connect({ bridge: `${w.origin}/kafka`, token: never, signal }), "ERR_TIMEOUT");
    const control = new there.AbortController();
    control.abort("enough");
    const e = await rejects(connect({ bridge: `${w.origin}/kafka`, signal: control.signal }), "ERR_ABORTED");
    equal(e.cause, "enough", "the cause");
  });
});
