import { KafkaError, type ConnectOptions, type Kafka } from "kafkaio";
import { bridgeList, Refused, type BridgeList, type ListedCluster } from "./bridge_list.js";
import { Changes } from "./changes.js";

/**
 * connecting: for the first time, or again and again if there is an error. reconnecting: the package does it. locked: a
 * token is wanted. choosing: there are several clusters, and none of them is the chosen one.
 */
export type SessionState = "connecting" | "connected" | "reconnecting" | "locked" | "choosing";

/** What a session needs of the world around it. */
export interface World {
  connect(options: ConnectOptions): Promise<Kafka>;
  list?(token: string, signal: AbortSignal): Promise<BridgeList | undefined>;
  now?(): number;
  sleep?(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The waits between attempts to connect, in milliseconds. */
const [firstWait, longestWait] = [1000, 10_000];

/** The connection to a cluster. It comes back by itself, unless a token is refused. */
export class Session {
  readonly changes = new Changes();
  state: SessionState = "connecting";
  /** The client; undefined unless connected or reconnecting. */
  kafka: Kafka | undefined;
  /** Why there is no connection. */
  error: unknown;
  /** When the next attempt is, in milliseconds since 1970. */
  retryAt: number | undefined;
  /** What the bridge serves to this identity; undefined if it doesn't tell. */
  list: BridgeList | undefined;
  /** The name of the chosen cluster; empty: the bridge's default. */
  cluster = "";
  token = "";
  #run = new AbortController();
  #wake = new AbortController();
  #world: Required<World>;

  constructor(world: World) {
    this.#world = { list: bridgeList, now: Date.now, sleep, ...world };
  }

  /** Connects anew with this token and cluster. */
  start({ token = this.token, cluster = this.cluster }: { token?: string; cluster?: string } = {}): void {
    this.#run.abort();
    this.#run = new AbortController();
    this.#drop();
    if (token !== this.token) this.list = undefined;
    [this.token, this.cluster, this.error, this.retryAt] = [token, cluster, undefined, undefined];
    void this.#connect(this.#run.signal);
  }

  /** Tries again now instead of later. */
  retry(): void {
    this.#wake.abort();
  }

  /** The listed cluster that is chosen. */
  get chosen(): ListedCluster | undefined {
    return this.list?.clusters.find((c) => (this.cluster === "" ? c.default : c.name === this.cluster));
  }

  async #connect(signal: AbortSignal): Promise<void> {
    for (let wait = firstWait; !signal.aborted; wait = Math.min(wait * 2, longestWait)) {
      this.#become("connecting");
      let error: unknown;
      try {
        const list = await this.#world.list(this.token, signal);
        if (signal.aborted) return;
        this.list = list ?? this.list;
        if (list && !this.chosen) return this.#become("choosing");
        const kafka = await this.#world.connect({ bridge: this.chosen?.path ?? "/kafka", ...(this.token && { token: this.token }), signal });
        if (signal.aborted) return void kafka.close();
        wait = firstWait / 2;
        this.#begin(kafka);
        error = await this.#follow(kafka);
      } catch (e) {
        error = e;
      }
      if (signal.aborted) return;
      [this.kafka, this.error] = [undefined, error];
      if (error instanceof Refused || KafkaError.is(error, "ERR_UNAUTHORIZED")) return this.#become("locked");
      this.retryAt = this.#world.now() + wait;
      this.#become("connecting");
      this.#wake = new AbortController();
      await this.#world.sleep(wait, AbortSignal.any([signal, this.#wake.signal]));
      this.retryAt = undefined;
    }
  }

  #begin(kafka: Kafka): void {
    this.kafka = kafka;
    this.error = this.retryAt = undefined;
    this.#become("connected");
  }

  /** Follows a client until it closes, and returns why. */
  async #follow(kafka: Kafka): Promise<unknown> {
    for await (const status of kafka.status()) {
      if (kafka !== this.kafka) return;
      if (status.state === "closed") return status.error;
      this.error = status.state === "reconnecting" ? status.error : undefined;
      this.retryAt = status.state === "reconnecting" ? this.#world.now() + status.retryInMs : undefined;
      this.#become(status.state);
    }
    return kafka.closed;
  }

  #become(state: SessionState): void {
    this.state = state;
    this.changes.emit();
  }

  #drop(): void {
    void this.kafka?.close();
    this.kafka = undefined;
  }
}

/** Waits, or until the signal is aborted. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()));
  });
}
