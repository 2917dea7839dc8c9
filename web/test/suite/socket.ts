import { equal, rejects, test } from "./harness.js";
import { setup, withKafka } from "./stack.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const patient = { timeout: 30_000 };
const string = (b: Uint8Array) => new TextDecoder().decode(b);

test("a socket sends and receives", async (w) => {
  const { echo } = await setup(w);
  await withKafka(w, {}, async (kafka) => {
    const socket = await kafka.socket(echo);
    const part = bytes("hello world").subarray(0, 5);
    equal(await socket.send(part), 5);
    equal([string(await socket.receive(2)), string(await socket.receive(3))], ["he", "llo"]);

    const large = new Uint8Array(3 << 20).map((_, i) => i % 251);
    const [sent, received] = await Promise.all([socket.send(large, patient), socket.receive(large.length, patient)]);
    equal(sent, large.length);
    equal(received.every((b, i) => b === i % 251), true, "what came back is what was sent");

    equal(socket.alive, true, "alive");
    socket.close();
    equal(socket.alive, false, "alive");
    await rejects(socket.send(bytes("late")), "ERR_NO_CONNECTION");
  });
});

test("bytes whose slice shares memory, such as those of Node's Buffer, stay with the page", async (w) => {
  class Sharing extends Uint8Array<ArrayBuffer> {
    override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
      return this.subarray(start, end);
    }
  }
  const { echo } = await setup(w);
  await withKafka(w, {}, async (kafka) => {
    await using socket = await kafka.socket(echo);
    const sent = Sharing.from(bytes("hello world")).subarray(0, 5);
    equal(await socket.send(sent), 5);
    equal([string(await socket.receive(5)), string(sent)], ["hello", "hello"]);
  });
});

test("a receive that takes too long closes the socket", async (w) => {
  const { echo } = await setup(w);
  await withKafka(w, {}, async (kafka) => {
    await using socket = await kafka.socket(echo);
    const e = await rejects(socket.receive(1, { timeout: 500 }), "ERR_CANNOT_RECEIVE");
    equal([e.errno, e.broker], [-1003, echo]);
    await rejects(socket.send(bytes("late")), "ERR_NO_CONNECTION");
  });
});

test("calls on a socket can be aborted", async (w) => {
  const { echo } = await setup(w);
  await withKafka(w, {}, async (kafka) => {
    const socket = await kafka.socket(echo);
    const reason = new Error("enough");
    const control = new AbortController();
    const receiving = rejects(socket.receive(1, { timeout: 20_000, signal: control.signal }), "ERR_ABORTED");
    control.abort(reason);
    equal((await receiving).cause === reason, true, "the cause");
    await rejects(kafka.socket(echo, { signal: control.signal }), "ERR_ABORTED");
  });
});

test("a request gets the body of its response", async (w) => {
  const { brokers } = await setup(w);
  await withKafka(w, {}, async (kafka) => {
    const socket = await kafka.socket(0);
    const all = await Promise.all([0, 1, 2].map(() => socket.request(18, 0, new Uint8Array(0))));
    for (const body of all) equal(new DataView(body.buffer, body.byteOffset).getInt16(0), 0, "the error code");
    const metadata = await socket.request(3, 1, new Uint8Array(4)); // no topics
    equal(new DataView(metadata.buffer, metadata.byteOffset).getInt32(0), brokers.length, "the number of brokers");
    await rejects(socket.request(999, 0, new Uint8Array(0)), "ERR_MISMATCH_ARGUMENT");
  });
}, "either");

test("the response to another request is told", async (w) => {
  await withKafka(w, {}, async (kafka) => {
    const socket = await kafka.socket(0);
    const apiVersions = [0, 18, 0, 0];
    await socket.send(new Uint8Array([0, 0, 0, 10, ...apiVersions, 0, 0, 0, 77, 255, 255])); // 77 is its correlation id
    const e = await rejects(socket.request(18, 0, new Uint8Array(0)), "ERR_MISMATCH_CORRELATION_ID");
    equal([e.errno, e.outcomeUnknown], [-1009, false], "the error");
    await rejects(socket.request(18, 0, new Uint8Array(0)), "ERR_NO_CONNECTION");
  });
});

test("a socket's arguments are checked", async (w) => {
  const { echo } = await setup(w);
  await withKafka(w, {}, async (kafka) => {
    const socket = await kafka.socket(echo);
    const wrong = [
      () => kafka.socket(""),
      () => kafka.socket(1.5),
      () => kafka.socket(2 ** 31),
      () => kafka.socket("no port:at all"),
      () => kafka.socket(0, { timeout: 0 }),
      () => socket.send("text" as never),
      () => socket.send(new Uint8Array(0)),
      () => socket.receive(0),
      () => socket.receive(1, { timeout: Infinity }),
      () => socket.receive(1, { time: 5 } as never),
      () => socket.receive(1, null as never),
      () => socket.request(-1, 0, new Uint8Array(0)),
      () => socket.request(18, 0.5, new Uint8Array(0)),
    ];
    for (const call of wrong) await rejects(call(), "ERR_MISMATCH_ARGUMENT");
    equal(await socket.send(bytes("still open")), 10);
  });
});

test("a client that may only read refuses writes", async (w) => {
  await withKafka(w, { readOnly: true }, async (kafka) => {
    const socket = await kafka.socket(0);
    await rejects(socket.request(0, 9, new Uint8Array(20)), "ERR_READ_ONLY");
    await rejects(socket.send(bytes("x")), "ERR_READ_ONLY");
    await socket.request(18, 0, new Uint8Array(0));
  });
});
