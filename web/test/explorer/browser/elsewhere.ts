// A Kafka with TLS and SCRAM that advertises a name that leads nowhere, before a bridge that holds the credentials.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "./harness.js";
import { setup } from "./setup.js";

const advertised = "kafka.invalid:29092";

test("connect_to is the cure for an advertised name that leads nowhere", async (w) => {
  const topic = w.name("far-away");
  await w.brokers.topic(topic);
  await w.brokers.write(topic, [{ value: "from far away" }]);
  const { brokers, ca, mechanism, username, password } = await w.brokers.secure();
  const file = (name: string, text: string) => (writeFileSync(join(setup.temp, name), text, { mode: 0o600 }), join(setup.temp, name));
  const cluster = {
    name: "prod",
    brokers,
    tls: { ca: file("elsewhere.pem", ca), server_name: "kafka.invalid" },
    sasl: { mechanism, user: username, password_file: file("elsewhere-password", password) },
  };

  const without = await w.open(await w.site({ clusters: [cluster] }), "#/cluster");
  await without.says("0 of 1 brokers answer");
  await without.says(`The bridge finds no address of ${advertised}.`, "tbody");
  await without.says(`--connect-to ${advertised}=HOST:PORT for kafkaio explore, connect_to in the file of kafkaio bridge`, "tbody");
  await without.screenshot("elsewhere-cluster");
  await without.goto(`#/topics/${topic}`);
  await without.says(`The bridge finds no address of ${advertised}.`, "[role=alert]");
  await without.says(`--connect-to ${advertised}=HOST:PORT`, "[role=alert]");
  await without.misses(".empty", /No messages/);
  await without.screenshot("elsewhere-messages");

  const cured = await w.open(await w.site({ clusters: [{ ...cluster, connect_to: { [advertised]: brokers[0] } }] }), `#/topics/${topic}`);
  await cured.says("from far away", "[role=option]");
}, "elsewhere");
