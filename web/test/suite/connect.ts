import { connect, type ConnectOptions, type Status } from "kafkaio";
import { equal, pageTest, rejects, test } from "./harness.js";
import { newBridge, setup, withKafka } from "./stack.js";

test("connects, and closes", async (w) => {
  const kafka = await connect({ bridge: `${w.origin}/kafka` });
  equal(kafka.clusterId, "fake");
  const socket = await kafka.socket(0);
  const pending = rejects(socket.receive(1, { timeout: 20_000 }), "ERR_CLOSED");
  await Promise.all([kafka.close(), kafka.close()]);
  await pending;
  equal(await kafka.closed, undefined, "the reason");
  equal(socket.alive, false, "the socket");
  await rejects(kafka.socket(0), "ERR_CLOSED");
  await rejects(socket.send(new Uint8Array(1)), "ERR_CLOSED");
});

pageTest("finds the bridge of its page", async () => {
  const kafka = await connect();
  equal(kafka.clusterId, "fake");
  await kafka.close();
});

pageTest("takes a path of the page for a bridge", async () => {
  const kafka = await connect({ bridge: "/kafka" });
  await kafka.close();
});

pageTest("the package's files may be of another origin", async (w) => {
  const elsewhere = w.origin.replace("127.0.0.1", "localhost");
  const kafka = await connect({ workerURL: `${elsewhere}/dist/kafkaio/worker.js`, wasmURL: `${elsewhere}/dist/kafkaio/kafka.wasm` });
  await kafka.close();
});

test("options that make no sense name themselves", async (w) => {
  const wrong: [object, string][] = [
    [{ brige: "ws://x/kafka" }, "brige"],
    [{ bridge: "ftp://user:secret@x/kafka?token=secret" }, "ftp://x/kafka"],
    [{ bridge: "" }, "wss://HOST/kafka"],
    [{ bridge: "ws://" }, "ws://"],
    [{ bridge: "http://[bad" }, "http://[bad"],
    [{ bridge: "http://host:99999/kafka" }, "http://host:99999/kafka"],
    [{ bridge: "ws://x/kafka#secret" }, "wss://HOST"],
    [{ cluster: 7 }, "cluster"],
    [{ cluster: "" }, "cluster"],
    [{ token: 7 }, "token"],
    [{ token: "" }, "token"],
    [{ readOnly: "no" }, "readOnly"],
    [{ clientId: 1 }, "clientId"],
    [{ signal: {} }, "signal"],
    [{ signal: { [Symbol.toStringTag]: "AbortSignal" } }, "signal"],
    [{ signal: { [Symbol.toStringTag]: "AbortSignal", aborted: false, addEventListener: true, removeEventListener: true } }, "signal"],
    [{ signal: Object.create(AbortSignal.prototype) }, "signal"],
    [{ bridge: {} }, "bridge"],
    [{ bridge: Object.create(null) }, "bridge"],
    [{ workerURL: 7 }, "workerURL"],
    [{ bridge: Object.create(URL.prototype) }, "bridge"],
    [{ wasmURL: { [Symbol.toStringTag]: "URL" } }, "wasmURL"],
    [{ sasl: { mechanism: "gssapi" } }, "gssapi"],
    [{ sasl: { mechanism: "plain", username: "a" } }, "sasl.password"],
    [{ sasl: { mechanism: "plain", user: "a" } }, "sasl.user"],
    [{ sasl: { mechanism: "oauthbearer", token: "x" } }, "sasl.token"],
    [{ tls: 1 }, "tls"],
    [{ tls: { caFile: "x" } }, "tls.caFile"],
    [{ tls: true }, "serverName"],
    [{ tls: { ca: "not PEM", serverName: "x" } }, "tls.ca"],
    [{ tls: { ca: "not PEM" } }, "tls.ca"],
    [{ tls: { ca: "not PEM", cert: "", key: 7 } }, "tls.key"],
  ];
  for (const [options, name] of wrong) {
    const e = await rejects(connect({ bridge: `${w.origin}/kafka`, ...options } as ConnectOptions), "ERR_MISMATCH_ARGUMENT");
    equal(e.message.includes(name), true, `"${e.message}" names ${name}`);
    equal(e.message.includes("secret"), false, `"${e.message}" has a secret`);
  }
  await rejects(connect(null as never), "ERR_MISMATCH_ARGUMENT");
});

test("a bridge that isn't there is told", async (w) => {
  const url = `${w.origin.replace("http", "ws")}/nothing?token=secret`;
  const e = await rejects(connect({ bridge: url }), "ERR_BRIDGE_UNREACHABLE");
  equal(e.message.includes("/nothing"), true, `"${e.message}" names the URL`);
  equal(e.message.includes("secret"), false, `"${e.message}" has a secret`);
  equal([e.retriable, e.errno], [true, -1004], "retriable and errno");
});

test("a cluster is appended to the bridge", async (w) => {
  const bridge = await newBridge(w);
  const url = bridge.url.replace(/\/kafka$/, "/");
  await withKafka(w, { bridge: url, cluster: "kafka" }, async (kafka) => equal(kafka.clusterId, "fake"));
  const e = await rejects(connect({ bridge: bridge.url, cluster: "a/b" }), "ERR_BRIDGE_UNREACHABLE");
  equal(e.message.includes("/kafka/a%2Fb"), true, e.message);
});

test("connecting can be aborted", async (w) => {
  const reason = new Error("changed my mind");
  const e = await rejects(connect({ bridge: `${w.origin}/kafka`, signal: AbortSignal.abort(reason) }), "ERR_ABORTED");
  equal(e.cause === reason, true, "the cause");
  const never = () => new Promise<string>(() => {});
  await rejects(connect({ bridge: `${w.origin}/kafka`, token: never, signal: AbortSignal.timeout(100) }), "ERR_TIMEOUT");
});

test("the signal of connecting does nothing later", async (w) => {
  const control = new AbortController();
  await withKafka(w, { signal: control.signal }, async (kafka) => {
    control.abort();
    await (await kafka.socket(0)).request(18, 0, new Uint8Array(0));
  });
});

test("what can't be loaded is told", async (w) => {
  const bridge = `${w.origin}/kafka`;
  const files: [string, string][] = [
    ["/dist/missing.wasm", "its server answers 404"],
    ["/stack/file?type=text/html&body=<!doctype html>", "its server sends a web page"],
    ["/stack/file?type=text/plain&body=<!doctype html>", "as text/plain, is no WebAssembly"],
    ["/stack/file?type=application/wasm&body=<!doctype html>", ": "], // in the browser's words
    ["/stack/file?type=application/wasm&body=", ": "],
  ];
  for (const [path, why] of files) {
    const e = await rejects(connect({ bridge, wasmURL: w.origin + path }), "ERR_NOT_LOADED");
    equal(e.message.startsWith("kafka.wasm could not be loaded from http") && e.message.includes(why), true, e.message);
  }
  await rejects(connect({ bridge, wasmURL: "http://127.0.0.1:1/kafka.wasm" }), "ERR_NOT_LOADED");
  const missing = globalThis.document ? `${w.origin}/dist/missing.js` : "file:///missing.js";
  for (const workerURL of [missing, "http://127.0.0.1:1/worker.js"]) {
    await rejects(connect({ bridge, workerURL }), "ERR_NOT_LOADED");
  }
});

test("a server that knows no type for kafka.wasm is enough", async (w) => {
  await withKafka(w, { wasmURL: `${w.origin}/stack/file?type=application/octet-stream&name=kafkaio/kafka.wasm` }, async (kafka) => equal(kafka.clusterId, "fake"));
});

pageTest("why a Worker isn't loaded is told", async (w) => {
  const elsewhere = w.origin.replace("127.0.0.1", "localhost");
  const files: [string, string][] = [
    [`${w.origin}/dist/missing.js`, "its server answers 404"],
    [`${w.origin}/stack/file?type=text/html&body=<!doctype html>`, "its server sends a web page"],
    [`${elsewhere}/dist/missing.js`, "its server answers 404"],
  ];
  for (const [workerURL, why] of files) {
    const e = await rejects(connect({ workerURL }), "ERR_NOT_LOADED");
    equal(e.message.startsWith("the Worker could not be loaded from http") && e.message.includes(why), true, e.message);
  }
});

test("files of another build are told", async (w) => {
  const bridge = `${w.origin}/kafka`;
  const wasm = await rejects(connect({ bridge, wasmURL: `${w.origin}/dist/stale.wasm?secret` }), "ERR_NOT_LOADED");
  equal(/^http.*\/dist\/stale.wasm is not of the same build as kafkaio.js, which is of \d.*serve all files/.test(wasm.message), true, wasm.message);
  const inNode = navigator.userAgent.startsWith("Node");
  const workerURL = new URL(inNode ? "stale/worker.node.js" : "stale/worker.js", import.meta.url);
  const worker = await rejects(connect({ bridge, workerURL }), "ERR_NOT_LOADED");
  equal(worker.message.startsWith(`${workerURL} is not of the same build as kafkaio.js`), true, worker.message);
});

test("the state is told", async (w) => {
  const bridge = await newBridge(w);
  const states: Status[] = [];
  await withKafka(w, { bridge: bridge.url }, async (kafka) => {
    for await (const s of kafka.status()) {
      states.push(s);
      if (s.state === "connected" && states.length > 1) break;
      if (s.state === "connected") await bridge.end();
      if (s.state === "reconnecting" && s.attempt === 2) await bridge.again();
    }
    const rest: Status[] = [];
    for await (const s of kafka.status()) {
      rest.push(s);
      if (rest.length === 1) void kafka.close();
    }
    equal(rest, [{ state: "connected" }, { state: "closed" }], "the rest");
  });
  const [first, second, third] = states;
  equal([first?.state, second?.state, third?.state], ["connected", "reconnecting", "reconnecting"], "the states");
  equal(second?.state === "reconnecting" && [second.attempt, second.retryInMs > 0, second.error.code], [1, true, "ERR_BRIDGE_UNREACHABLE"], "the second");
}, "either");

test("a bridge with several brokers reaches each", async (w) => {
  const { brokers } = await setup(w);
  await withKafka(w, {}, async (kafka) => {
    for (const broker of [0, 1, ...brokers]) await (await kafka.socket(broker)).request(18, 0, new Uint8Array(0));
    await rejects(kafka.socket(99), "ERR_MISMATCH_ARGUMENT");
    await rejects(kafka.socket("elsewhere.test:9092"), "ERR_DENIED");
  });
});
