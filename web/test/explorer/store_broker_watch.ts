import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Broker, Kafka } from "kafkaio";
import { BrokerWatch } from "../../explorer/store/broker_watch.js";
import { ClusterStore } from "../../explorer/store/cluster.js";
import type { Session } from "../../explorer/store/session.js";
import { FakeKafka, kafkaError, settled } from "./fake_kafka.js";

/** A broker that answers, is silent, closes connections, or has an error for whoever connects. */
class FakeBroker {
  frozen = false;
  error: Error | undefined;
  attempts = 0;
  connections = 0;
  requests = 0;
  alive = false;
  #end = () => {};
  #waiting: { resolve: () => void; reject: (e: Error) => void }[] = [];

  socket() {
    this.attempts++;
    if (this.error) throw this.error;
    this.connections++;
    const socket = { alive: true, request: () => this.#answer(), close: () => this.#end() };
    this.alive = true;
    this.#end = () => (this.alive = socket.alive = false);
    return socket;
  }

  thaw(): void {
    this.frozen = false;
    for (const w of this.#waiting.splice(0)) w.resolve();
  }

  /** Closes its connection, and refuses others. */
  close(error: Error): void {
    this.error = error;
    this.#end();
    for (const w of this.#waiting.splice(0)) w.reject(kafkaError("ERR_CANNOT_RECEIVE"));
  }

  async #answer(): Promise<void> {
    this.requests++;
    if (this.error) throw kafkaError("ERR_CANNOT_RECEIVE");
    if (!this.frozen) return;
    await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}

/** A watch over brokers b1, b2 and so on, whose cluster has been asked. It has no patience. */
async function watchOf(...fakes: FakeBroker[]) {
  let brokers: Broker[] = fakes.map((_, i) => ({ id: i + 1, host: `b${i + 1}`, port: 9092, rack: null, reachable: true }));
  const kafka = new FakeKafka({ cluster: async () => ({ clusterId: "c", controller: 1, brokers, version: "", allowed: [] }) });
  const client = Object.assign(kafka, { socket: async (at: string) => fakes[Number(/\d+/.exec(at)) - 1]!.socket() }) as unknown as Kafka;
  const session = { kafka: client } as Session;
  const cluster = new ClusterStore(session);
  await cluster.load();
  const watch = new BrokerWatch(session, cluster, 0);
  const turns = async (n: number) => {
    for (; n > 0; n--) {
      watch.ask();
      await settled();
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  return { watch, turns, setBrokers: (more: (b: Broker) => Broker | undefined) => (brokers = brokers.flatMap((b) => more(b) ?? [])) };
}

test("brokers that answer aren't told, and keep their connection", async () => {
  const fakes = [new FakeBroker(), new FakeBroker()];
  const { watch, turns } = await watchOf(...fakes);
  await turns(10);
  equal(watch.lost, undefined);
  deepEqual(fakes.map((f) => [f.connections, f.requests]), [[1, 10], [1, 10]]);
});

test("of many brokers ten are asked in a turn, and each has its turn", async () => {
  const fakes = Array.from({ length: 25 }, () => new FakeBroker());
  const { watch, turns } = await watchOf(...fakes);
  await turns(1);
  equal(fakes.reduce((n, f) => n + f.requests, 0), 10);
  await turns(4);
  deepEqual(new Set(fakes.map((f) => f.requests)), new Set([2]));
  fakes[24]!.frozen = true;
  await turns(3);
  match(watch.lost!.title, /^Broker 25 /);
  await turns(20);
  fakes[24]!.thaw();
  await settled();
  equal(watch.lost, undefined);
});

test("connections are closed at the end, and opened again when it goes on", async () => {
  const broker = new FakeBroker();
  const { watch, turns } = await watchOf(broker);
  await turns(2);
  equal(broker.alive, true);
  watch.end();
  equal(broker.alive, false);
  await turns(2);
  deepEqual([broker.alive, broker.connections], [true, 2]);
});

test("in a pause connections are closed, and a broker that was lost stays so", async () => {
  const [broker, silent] = [new FakeBroker(), new FakeBroker()];
  const { watch, turns } = await watchOf(broker, silent);
  await turns(2);
  silent.frozen = true;
  await turns(1);
  watch.pause();
  deepEqual([broker.alive, silent.alive], [false, false]);
  equal(watch.lost?.title, "Broker 2 at b2:9092: no answer.");
  silent.frozen = false;
  await turns(6);
  equal(watch.lost, undefined);
});

test("a broker that falls silent is told, and asked once until it answers", async () => {
  const silent = new FakeBroker();
  const { watch, turns } = await watchOf(new FakeBroker(), silent);
  await turns(3);
  silent.frozen = true;
  await turns(1);
  equal(watch.lost?.title, "Broker 2 at b2:9092: no answer.");
  match(watch.lost!.text, /stopped or overloaded/);
  await turns(20);
  equal(silent.requests, 4);
  silent.thaw();
  await settled();
  equal(watch.lost, undefined);
});

test("a broker that ends is told with the reason, and left alone for a while", async () => {
  const broker = new FakeBroker();
  const { watch, turns } = await watchOf(broker);
  await turns(2);
  broker.close(Object.assign(kafkaError("ERR_BROKER_UNREACHABLE", "kafkaio: dial b1:9092: refused: nothing listens at b1:9092 (bridge code 4502)"), { broker: "b1:9092" }));
  await turns(1);
  equal(watch.lost?.title, "Broker 1 at b1:9092: refused.");
  match(watch.lost!.text, /--connect-to b1:9092=HOST:PORT/);
  await turns(10);
  equal(broker.attempts, 4);
  broker.error = undefined;
  await turns(5);
  equal(watch.lost, undefined);
  equal(broker.connections, 2);
});

test("all brokers that don't answer are named", async () => {
  const fakes = [new FakeBroker(), new FakeBroker(), new FakeBroker()];
  const { watch, turns } = await watchOf(...fakes);
  fakes[0]!.frozen = fakes[2]!.frozen = true;
  await turns(3);
  equal(watch.lost?.title, "2 brokers don't answer: 1 at b1:9092: no answer, 3 at b3:9092: no answer.");
});

test("a broker that the cluster names no longer, or that the bridge denies, isn't told", async () => {
  const fakes = [new FakeBroker(), new FakeBroker(), new FakeBroker()];
  const { watch, turns, setBrokers } = await watchOf(...fakes);
  await turns(1);
  for (const f of fakes.slice(1)) f.close(kafkaError("ERR_BROKER_UNREACHABLE"));
  await turns(1);
  ok(watch.lost);
  setBrokers((b) => (b.id === 2 ? undefined : b.id === 3 ? { ...b, reachable: null } : b));
  await turns(6);
  equal(watch.lost, undefined);
});

test("what isn't a broker's fault isn't told as one", async () => {
  const broker = new FakeBroker();
  const { watch, turns } = await watchOf(broker);
  broker.error = kafkaError("ERR_BRIDGE_UNREACHABLE");
  await turns(2);
  equal(watch.lost, undefined);
});

test("a cluster that didn't name its brokers is asked again", async () => {
  const broker = new FakeBroker();
  broker.error = kafkaError("ERR_BROKER_UNREACHABLE");
  const brokers: Broker[] = [{ id: 1, host: "b1", port: 9092, rack: null, reachable: true }];
  let asked = 0;
  const kafka = new FakeKafka({ cluster: async () => {
    if (asked++ === 0) throw kafkaError("ERR_TIMEOUT");
    return { clusterId: "c", controller: 1, brokers, version: "", allowed: [] };
  } });
  const session = { kafka: Object.assign(kafka, { socket: async () => broker.socket() }) as unknown as Kafka } as Session;
  const cluster = new ClusterStore(session);
  await cluster.load();
  const watch = new BrokerWatch(session, cluster, 0);
  for (let turn = 0; turn < 10; turn++) {
    watch.ask();
    await settled();
  }
  equal(watch.lost?.title, "Broker 1 at b1:9092: not reached.");
});
