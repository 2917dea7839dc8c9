import type { Field, Frame, FrameBatch, Kafka } from "kafkaio";
import { equal, rejects, test } from "./harness.js";
import { setup, withKafka } from "./stack.js";
import { topicOf } from "./topics.js";

/** The frames of a client, from the moment on at which capture resolves. */
class Captured {
  frames: Frame[] = [];
  dropped = 0;
  #batches: AsyncIterator<FrameBatch>;

  private constructor(batches: AsyncIterator<FrameBatch>) {
    this.#batches = batches;
  }

  static async of(kafka: Kafka, o?: { captureBytes?: number; signal?: AbortSignal }): Promise<Captured> {
    const captured = new Captured(kafka.frames(o)[Symbol.asyncIterator]());
    const first = captured.next();
    await kafka.admin.cluster();
    await first;
    return captured;
  }

  async next(): Promise<void> {
    const { value, done } = await this.#batches.next();
    if (done) throw new Error("the frames ended");
    this.frames.push(...value.frames);
    this.dropped += value.dropped;
  }

  /** Reads up to the first frame that is wanted. */
  async until(wanted: (f: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(wanted);
      if (found) return found;
      await this.next();
    }
  }

  /** The request that a response answers. */
  requestOf(response: Frame): Frame | undefined {
    return this.frames.find((f) => f.direction === "request" && f.connection === response.connection && f.correlationId === response.correlationId);
  }

  /** Leaves the loop. */
  async end(): Promise<void> {
    await this.#batches.return?.();
    equal((await this.#batches.next()).done, true, "done");
  }
}

const responseOf = (api: string) => (f: Frame) => f.api === api && f.direction === "response";
const requestOf = (api: string) => (f: Frame) => f.api === api && f.direction === "request";

/** Fails unless the leaves of a field cover what is from start to end, and returns them. */
function leaves(field: Field, start: number, end: number): Field[] {
  const all = (f: Field): Field[] => (f.fields ? f.fields.flatMap(all) : [f]);
  let at = start;
  for (const leaf of all(field)) {
    equal(leaf.start, at, `the start of ${leaf.name}`);
    at = leaf.end;
  }
  equal(at, end, "the end of the leaves");
  return all(field);
}

function find(field: Field, ...path: string[]): Field {
  let found = field;
  for (const name of path) {
    const next = found.fields?.find((f) => f.name === name);
    if (!next) throw new Error(`${found.name} has no ${name}`);
    found = next;
  }
  return found;
}

test("frames are what passes on all connections", async (w) => {
  const { brokers } = await setup(w);
  await withKafka(w, { clientId: "somebody" }, async (kafka) => {
    const before = performance.timeOrigin + performance.now();
    const captured = await Captured.of(kafka);
    const topic = await topicOf(w, "one");
    await kafka.admin.topics();
    await kafka.produce({ topic: topic.name, value: "two" });
    await kafka.consume({ topics: [topic.name], from: "earliest", until: "end" }).records().next();
    for (const api of ["Metadata", "Produce", "Fetch"]) {
      const response = await captured.until((f) => responseOf(api)(f) && captured.requestOf(f) !== undefined);
      const request = captured.requestOf(response)!;
      equal([request.apiVersion, request.broker], [response.apiVersion, response.broker], "what they share");
      equal(brokers.includes(request.broker), true, `${request.broker} is a broker`);
      equal([request.latency, response.latency! >= 0], [undefined, true], "the latency");
      const after = performance.timeOrigin + performance.now();
      equal(before - 5 < request.at && request.at <= response.at && response.at < after + 5, true, `the time ${request.at} of ${before} to ${after}`);
      for (const f of [request, response]) {
        equal(f.bytes?.length, f.size, "the length of its bytes");
        for (const leaf of leaves(await f.decode(), 0, f.size)) equal([leaf.name, leaf.type === "unparsed"], [leaf.name, false]);
      }
      equal(find(await request.decode(), "Header", "ClientID").value, "somebody", "the client id");
    }
    const answer = await (await captured.until(responseOf("Produce"))).decode();
    const offset = find(answer, "Body", "Topics", "[0]", "Partitions", "[0]", "BaseOffset");
    equal([answer.name, offset.type, offset.value, offset.end - offset.start], ["ProduceResponse", "int64", 1n, 8]);
    await captured.end();
  });
}, "either");

test("decode shows what is compressed", async (w) => {
  const topic = await topicOf(w);
  await withKafka(w, {}, async (kafka) => {
    const captured = await Captured.of(kafka);
    for (const compression of ["gzip", "snappy", "lz4", "zstd"] as const) {
      await kafka.produce({ topic: topic.name, key: compression, value: "v".repeat(1000) }, { compression });
      const isIt = (f: Frame) => requestOf("Produce")(f) && f.size < 1000;
      const request = await captured.until(isIt);
      captured.frames = captured.frames.filter((f) => f !== request);
      const field = await request.decode();
      leaves(field, 0, request.size);
      const packed = find(field, "Body", "Topics", "[0]", "Partitions", "[0]", "Records", "[0]", "Records");
      equal([packed.type, (packed.value as Uint8Array).length], [`records, ${compression}`, packed.end - packed.start]);
      const bytes = packed.unpacked!.value as Uint8Array;
      leaves(packed.unpacked!, 0, bytes.length);
      const key = find(packed.unpacked!, "[0]", "Key");
      equal(new TextDecoder().decode(key.value as Uint8Array), compression, "the key");
      equal(new TextDecoder().decode(bytes.subarray(key.start + 1, key.end)), compression, "the key's bytes");
    }
  });
});

test("a frame that is cut is decoded as far as it goes", async (w) => {
  await withKafka(w, {}, async (kafka) => {
    const [cut, empty] = await Promise.all([Captured.of(kafka, { captureBytes: 30 }), Captured.of(kafka, { captureBytes: 0 })]);
    const response = await cut.until(responseOf("Metadata"));
    equal([response.bytes?.length, response.size > 30], [30, true]);
    const last = leaves(await response.decode(), 0, 30).at(-1)!;
    equal([last.type, /bytes are missing|in \d+ bytes/.test(String(last.value))], ["unparsed", true]);
    const none = await empty.until(responseOf("Metadata"));
    equal([none.bytes?.length, (await none.decode()).fields?.[0]?.type], [0, "unparsed"]);
  });
});

test("frames that a page doesn't take are dropped and counted", async (w) => {
  const topic = await topicOf(w);
  await withKafka(w, {}, async (kafka) => {
    const captured = await Captured.of(kafka, { captureBytes: 4 << 20 });
    const value = new Uint8Array(900_000);
    const count = 40; // more than what is captured, and four times that under way, can hold
    await kafka.produce(Array.from({ length: count }, () => ({ topic: topic.name, value })));
    while (captured.dropped === 0) {
      await kafka.admin.cluster();
      await captured.next();
    }
    const kept = captured.frames.filter(requestOf("Produce")).length;
    equal(kept > 0 && kept < count, true, `${kept} of ${count} were kept, ${captured.dropped} dropped: it`);
  });
});

test("frames show no secrets", async (w) => {
  const { echo } = await setup(w);
  await withKafka(w, {}, async (kafka) => {
    const captured = await Captured.of(kafka);
    const socket = await kafka.socket(0);
    await socket.request(51, 0, Uint8Array.of(1, 1, 0)); // no user's password
    for (const f of [await captured.until(requestOf("AlterUserScramCredentials")), await captured.until(responseOf("AlterUserScramCredentials"))]) {
      equal([f.redacted, f.bytes, (await f.decode()).type], ["secret", undefined, "redacted"]);
    }
    const other = await kafka.socket(echo);
    await other.send(new TextEncoder().encode("GET / HTTP/1.1\r\n"));
    const f = await captured.until((f) => f.broker === echo);
    equal([f.unreadable, f.apiKey, f.bytes], ["the bytes sent are no Kafka request", -1, undefined]);
  });
});

test("frames end", async (w) => {
  await withKafka(w, {}, async (kafka) => {
    const control = new AbortController();
    const [left, stopped, closed] = await Promise.all([Captured.of(kafka), Captured.of(kafka, { signal: control.signal }), Captured.of(kafka)]);
    await left.end();
    control.abort();
    await rejects(stopped.until(() => false), "ERR_ABORTED");
    const waiting = rejects(closed.until(() => false), "ERR_CLOSED");
    const frame = closed.frames[0]!;
    await kafka.close();
    await waiting;
    await rejects(frame.decode(), "ERR_CLOSED");
  });
});

test("the options of frames are checked", async (w) => {
  await withKafka(w, {}, async (kafka) => {
    for (const wrong of [{ captureBytes: -1 }, { captureBytes: 1.5 }, { captureBytes: (4 << 20) + 1 }, { bytes: 5 }, { signal: 5 }, null]) {
      await rejects(kafka.frames(wrong as never)[Symbol.asyncIterator]().next(), "ERR_MISMATCH_ARGUMENT");
    }
  });
});
