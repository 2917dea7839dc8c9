import { KafkaError, type Broker, type Kafka, type KafkaSocket } from "kafkaio";
import { adviceOf, type Advice } from "./advice.js";
import { Answer, NoAnswerYet } from "./answer.js";
import { Changes } from "./changes.js";
import { addressOf, reachOf, reachWords, type ClusterStore, type Seen } from "./cluster.js";
import type { Session } from "./session.js";

/** How long a broker may take to say that it is there, and how long it is waited for after that, in milliseconds. */
const [patience, longest] = [1800, 60_000];

/** Every so many turns a broker that failed is asked again, and the cluster for its brokers. */
const [rest, renewal] = [5, 30];

/** How many brokers are asked in a turn. Of more each has its turn: of 100 every 10 s. */
const mostAsked = 10;

/** The key of ApiVersions: no request costs a broker less. Its version 0 has no body. */
const [apiVersions, noBody] = [18, new Uint8Array()];

/** The failures that are a broker's, and not the bridge's or this page's. */
const faults = ["ERR_TIMEOUT", "ERR_BROKER_UNREACHABLE", "ERR_CANNOT_BIND", "ERR_CANNOT_SEND", "ERR_CANNOT_RECEIVE"];

/**
 * Asks each broker again and again whether it is there, on a connection of its own. So it is known soon that one is
 * silent, whatever else it is asked and however long that may take.
 */
export class BrokerWatch {
  readonly changes = new Changes();
  #probes = new Map<string, Probe>(); // by the broker's address
  #turn = 1; // the page asks for the cluster first
  #next = 0; // whose turn it is
  #kafka: Kafka | undefined;

  constructor(
    private session: Pick<Session, "kafka">,
    private cluster: ClusterStore,
    private wait = patience,
  ) {}

  /** Takes a turn, of which there should be one each second. */
  ask(): void {
    const { kafka } = this.session;
    if (kafka !== this.#kafka) this.end();
    this.#kafka = kafka;
    if (!kafka) return;
    const turn = this.#turn++;
    const brokers = this.#brokers;
    for (let n = Math.min(mostAsked, brokers.length); n > 0; n--) {
      const address = addressOf(brokers[this.#next++ % brokers.length]!);
      const probe = this.#probes.get(address) ?? new Probe(address, new Answer(this.changes, this.wait));
      this.#probes.set(address, probe);
      if (probe.answer.error !== undefined && turn - probe.asked < rest) continue;
      probe.asked = turn;
      void probe.ask(kafka);
    }
    // A broker that is lost may have been removed. Then the cluster names it no longer.
    if (turn % (this.lost || !this.cluster.answer.value ? rest : renewal) === 0) void this.cluster.load();
  }

  /** Closes all connections, until the next turn. What is known of the brokers stays. */
  pause(): void {
    for (const probe of this.#probes.values()) probe.end();
  }

  /** Closes all connections, and forgets what is known. */
  end(): void {
    this.pause();
    this.#probes.clear();
  }

  /** A broker as it is now: what the cluster's answer says of it may be old. */
  seen(broker: Broker): Seen {
    const error = this.#probes.get(addressOf(broker))?.answer.error;
    const isFault = error instanceof NoAnswerYet || (KafkaError.is(error) && faults.includes(error.code));
    return isFault ? { ...broker, reachable: false, error } : broker;
  }

  /** Which brokers don't answer, and what to do. */
  get lost(): Advice | undefined {
    const lost = this.#brokers.map((b) => this.seen(b)).filter((b) => reachOf(b) === "unreached");
    if (!lost[0]) return undefined;
    const names = lost.map((b) => `${b.id} at ${addressOf(b)}: ${reachWords(b)}`);
    const { text, code } = adviceOf(lost[0].error);
    const title = names.length === 1 ? `Broker ${names[0]}.` : `${names.length} brokers don't answer: ${names.join(", ")}.`;
    return { title, text: `${text} Until it answers, what no other broker has is missing, or as it was.`, code };
  }

  /** The brokers that the bridge lets this page connect to. */
  get #brokers(): Broker[] {
    return this.cluster.answer.value?.brokers.filter((b) => b.reachable !== null) ?? [];
  }
}

/** A connection to a broker, which may be lost, and whether the broker answers. */
class Probe {
  /** In which turn it was asked last. */
  asked = 0;
  #socket: KafkaSocket | undefined;
  #end = new AbortController();

  constructor(
    private address: string,
    readonly answer: Answer<void>,
  ) {}

  ask(kafka: Kafka): Promise<void> {
    return this.answer.ask(async () => {
      if (this.#socket?.alive && (await this.#answers(this.#socket).catch(() => false))) return;
      const { signal } = this.#end;
      this.#socket = await kafka.socket(this.address, { signal });
      if (signal.aborted) return this.#socket.close();
      await this.#answers(this.#socket);
    });
  }

  end(): void {
    this.#end.abort();
    this.#end = new AbortController();
    this.answer.drop();
    this.#socket?.close();
  }

  async #answers(socket: KafkaSocket): Promise<true> {
    await socket.request(apiVersions, 0, noBody, { timeout: longest });
    return true;
  }
}
