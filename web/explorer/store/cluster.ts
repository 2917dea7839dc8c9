import { KafkaError, type Broker, type Cluster, type LogDir } from "kafkaio";
import { Answer, NoAnswerYet } from "./answer.js";
import { Changes } from "./changes.js";
import { dialFailureOf } from "./dial_failure.js";
import type { Session } from "./session.js";

/** A directory of a broker, and what is in it. A broker that doesn't answer has one without a name. */
export interface Directory {
  broker: number;
  dir: string;
  replicas: number;
  bytes: bigint;
  /** Replicas on their way here from another directory; their bytes are counted. */
  moving: number;
  error: unknown;
}

/** The disk of a cluster: by directory, and by topic in bytes of all its replicas. */
export interface Disk {
  directories: Directory[];
  topics: Map<string, bigint>;
  /** Whether each directory of each broker has told. Otherwise sums are too small. */
  isWhole: boolean;
}

/** The brokers of the cluster, their disks, and what this client may do. */
export class ClusterStore {
  readonly changes = new Changes();
  readonly answer = new Answer<Cluster>(this.changes);
  readonly disk = new Answer<Disk>(this.changes);

  constructor(private session: Session) {}

  async load(): Promise<void> {
    const kafka = this.session.kafka;
    if (kafka) await this.answer.ask(() => kafka.admin.cluster());
  }

  async loadDisk(): Promise<void> {
    const kafka = this.session.kafka;
    if (kafka && this.may("DescribeLogDirs")) await this.disk.ask(async () => diskOf(kafka.admin.logDirs()));
  }

  /** Whether this client may use an API on something. False as long as that isn't known. */
  may(api: string): boolean {
    return this.answer.value?.allowed.includes(api) ?? false;
  }

  /** Whether it is known what this client may do: a broker has answered. */
  get knowsRights(): boolean {
    return (this.answer.value?.allowed.length ?? 0) > 0;
  }
}

/** A broker, with why it isn't reached: whatever tells it. */
export type Seen = Omit<Broker, "error"> & { error?: unknown };

export function addressOf({ host, port }: Pick<Broker, "host" | "port">): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** reached: it answers. unreached: it can't be reached, or is silent. denied: the bridge doesn't let us try. */
export type Reach = "reached" | "unreached" | "denied";

export function reachOf(broker: Seen): Reach {
  if (broker.reachable === null) return "denied";
  return broker.reachable ? "reached" : "unreached";
}

/** The same in a few words, with the reason. */
export function reachWords(broker: Seen): string {
  const { error } = broker;
  if (broker.reachable) return error ? "answers with an error" : "answers";
  const known = KafkaError.is(error) ? error : undefined;
  const isSilent = error instanceof NoAnswerYet || ["ERR_TIMEOUT", "ERR_CANNOT_RECEIVE"].includes(known?.code ?? "");
  const fallback = reachOf(broker) === "denied" ? "denied by the bridge" : isSilent ? "no answer" : "not reached";
  return (known && dialFailureOf(known)?.words) ?? fallback;
}

/** Sums up the directories of all brokers. */
export async function diskOf(dirs: AsyncIterable<LogDir>): Promise<Disk> {
  const disk: Disk = { directories: [], topics: new Map(), isWhole: true };
  for await (const { broker, dir, error, replicas } of dirs) {
    const all = replicas ?? [];
    let bytes = 0n;
    disk.isWhole &&= error === undefined;
    for (const r of all) {
      bytes += r.bytes;
      disk.topics.set(r.topic, (disk.topics.get(r.topic) ?? 0n) + r.bytes);
    }
    disk.directories.push({ broker, dir, replicas: all.length, bytes, moving: all.filter((r) => r.future).length, error });
  }
  return disk;
}
