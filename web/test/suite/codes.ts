// Codes that no other file of the suite provokes.
import { connect } from "kafkaio";
import { equal, rejects, test } from "./harness.js";
import { newBridge, setup, withKafka } from "./stack.js";

/** A certificate of nobody's. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBODCB66ADAgECAhRtGbF0jRKhPbD1+BTgbbO8ZikXXzAFBgMrZXAwETEPMA0G
A1UEAwwGbm9ib2R5MCAXDTI2MTEyNzE4MTA0N1oYDzIxMjYxMTAzMTgxMDQ3WjAR
MQ8wDQYDVQQDDAZub2JvZHkwKjAFBgMrZXADIQAjUpgAnJIxGCqP774Bsqa+og2m
hncfqjIRYJkCpP+PyKNTMFEwHQYDVR0OBBYEFI8HCiX3iEP56NTLhpT6HDxnZTOE
MB8GA1UdIwQYMBaAFI8HCiX3iEP56NTLhpT6HDxnZTOEMA8GA1UdEwEB/wQFMAMB
Af8wBQYDK2VwA0EAYL7I0sblDWdziJltuWT542pzkr9uf3F0Bd2KTAlAvFB86zyV
uLFOay2OwcJp3zsJpXh2vAvV/81JxYdMejRVBA==
-----END CERTIFICATE-----`;

test("brokers that don't speak TLS are told", async (w) => {
  const { echo } = await setup(w);
  const bridge = await newBridge(w, { brokers: [echo] });
  const e = await rejects(connect({ bridge: bridge.url, tls: { ca: certificate, serverName: "127.0.0.1" } }), "ERR_CANNOT_BIND");
  equal([e.retriable, e.errno, /tls/i.test(e.message)], [false, -1004, true], e.message);
});

test("what isn't a broker is told", async (w) => {
  const { echo } = await setup(w);
  const bridge = await newBridge(w, { brokers: [echo] });
  await rejects(connect({ bridge: bridge.url }), "ERR_UNKNOWN");
});

test("brokers that can't be reached are told", async (w) => {
  const bridge = await newBridge(w, { brokers: ["127.0.0.1:1"] });
  const e = await rejects(connect({ bridge: bridge.url }), "ERR_BROKER_UNREACHABLE");
  equal(e.retriable, true, "retriable");
});

test("what can't be sent in time is told", async (w) => {
  const { echo } = await setup(w);
  const bridge = await newBridge(w);
  await withKafka(w, { bridge: bridge.url }, async (kafka) => {
    const socket = await kafka.socket(echo);
    await bridge.stall();
    const e = await rejects(socket.send(new Uint8Array(4 << 20), { timeout: 500 }), "ERR_CANNOT_SEND");
    equal([e.errno, e.broker], [-1001, echo], "the error");
    await rejects(socket.send(new Uint8Array(1)), "ERR_NO_CONNECTION");
    await bridge.flow();
  });
});
