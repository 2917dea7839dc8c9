import { connect, type ConnectOptions } from "kafkaio";
import { equal, rejects, test, type World } from "./harness.js";
import { newBridge, withKafka } from "./stack.js";

/** Brokers that want TLS and SCRAM: SHA-256 of kfake, SHA-512 of Apache Kafka. Their certificate is for 127.0.0.1. */
async function secure(w: World): Promise<{ bridge: string; ca: string; sasl: NonNullable<ConnectOptions["sasl"]> }> {
  const { path, ca, mechanism, username, password } = (await (await fetch(`${w.origin}/stack/secure`)).json()) as Record<string, string>;
  return { bridge: w.origin + path!, ca: ca!, sasl: { mechanism: mechanism as "scram-sha-256" | "scram-sha-512", username: username!, password: password! } };
}

test("TLS and SASL are with the brokers, end to end", async (w) => {
  const { bridge, ca, sasl } = await secure(w);
  for (const tls of [{ ca }, { ca, serverName: "127.0.0.1" }]) {
    await withKafka(w, { bridge, sasl, tls }, async (kafka) => {
      await kafka.admin.topics();
      const [broker] = (await kafka.admin.cluster()).brokers;
      await (await kafka.socket(broker!.id)).request(18, 0, new Uint8Array(0));
    });
  }
  const e = await rejects(connect({ bridge, sasl, tls: { ca, serverName: "elsewhere.test" } }), "ERR_CANNOT_BIND");
  equal(e.message.includes("tls.serverName"), true, e.message);
}, "either");

test("records are produced and read over TLS, and a wrong password is refused", async (w) => {
  const { bridge, ca, sasl } = await secure(w);
  await withKafka(w, { bridge, sasl, tls: { ca } }, async (kafka) => {
    const topic = `suite-secure-${Date.now()}`;
    await kafka.admin.createTopic({ name: topic, partitions: 1 });
    const { partition, offset } = await kafka.produce({ topic, value: "secret" });
    equal((await kafka.record({ topic, partition, offset }))?.text(), "secret", "the record");
    for await (const record of kafka.consume({ topics: [topic], from: "earliest", until: "end" }).records()) equal(record.text(), "secret", "what was consumed");
    await kafka.admin.deleteTopic(topic);
  });
  const wrong = { ...sasl, password: "looking-glass" } as typeof sasl;
  const e = await rejects(connect({ bridge, sasl: wrong, tls: { ca } }), "SASL_AUTHENTICATION_FAILED");
  equal(e.message.includes("looking-glass"), false, e.message);
}, "either");

test("brokers that want a client certificate get one", async (w) => {
  const { brokers, ...tls } = (await (await fetch(`${w.origin}/stack/mutual`)).json()) as { brokers: string[]; ca: string; cert: string; key: string };
  const bridge = (await newBridge(w, { brokers })).url;
  const e = await rejects(connect({ bridge, tls: { ca: tls.ca } }), "ERR_CANNOT_BIND");
  equal(e.message.includes("tls.cert"), true, e.message);
  await withKafka(w, { bridge, tls }, async (kafka) => {
    const topic = `suite-mutual-${Date.now()}`;
    await kafka.admin.createTopic({ name: topic, partitions: 1 });
    await kafka.produce({ topic, value: "secret" });
    for await (const record of kafka.consume({ topics: [topic], from: "earliest", until: "end" }).records()) equal(record.text(), "secret", "what was consumed");
    await kafka.admin.deleteTopic(topic);
  });
}, "apache");

test("without an authority of their own, brokers need a certificate of a public one", async (w) => {
  const { bridge, sasl } = await secure(w);
  const tls = { serverName: "127.0.0.1" };
  for (const files of [{}, { wasmURL: `${w.origin}/dist/kafkaio/kafka.wasm` }]) {
    const e = await rejects(connect({ bridge, sasl, tls, ...files }), "ERR_CANNOT_BIND");
    equal(e.message.includes("tls.ca"), true, e.message);
  }
}, "either");

test("what the token function for brokers throws is the cause", async (w) => {
  const { bridge, ca } = await secure(w);
  const logout = new TypeError("logged out");
  const sasl = { mechanism: "oauthbearer", token: () => Promise.reject(logout) } as const;
  const e = await rejects(connect({ bridge, tls: { ca }, sasl }), "ERR_TOKEN");
  equal(e.cause === logout, true, "the cause");
});

test("a token function for brokers that never settles is told to stop", async (w) => {
  const { bridge, ca } = await secure(w);
  const control = new AbortController();
  await new Promise<void>((resolve) => {
    const token = (signal: AbortSignal) => {
      signal.addEventListener("abort", () => resolve());
      control.abort();
      return new Promise<string>(() => {});
    };
    void rejects(connect({ bridge, tls: { ca }, sasl: { mechanism: "oauthbearer", token }, signal: control.signal }), "ERR_ABORTED");
  });
});
