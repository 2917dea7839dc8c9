import { KafkaError, type GroupDetail, type OffsetChange, type TopicPartition } from "kafkaio";
import { Answer } from "./answer.js";
import { Changes } from "./changes.js";
import { LagHistory, type Trend } from "./lag_history.js";
import { resetsTo, type Reset } from "./reset.js";
import type { Session } from "./session.js";
import { searcher, sortRows, type Figures } from "./sorted.js";

export type Member = GroupDetail["assignments"][number];
export type GroupOffset = GroupDetail["offsets"][number];

/** A partition of which a group has committed an offset, or that members have. Those of a share group share it. */
export interface GroupPartition extends TopicPartition {
  offset: GroupOffset | undefined;
  members: Member[];
  trend: Trend | undefined;
}

/** One group, and how its lag has changed. */
export class GroupStore {
  readonly changes = new Changes();
  readonly detail = new Answer<GroupDetail>(this.changes);
  readonly history = new LagHistory();
  /** In the brokers' order: by topic and partition. */
  partitions: GroupPartition[] = [];

  constructor(
    private session: Session,
    readonly id: string,
    private now: () => number = Date.now,
  ) {}

  async load(): Promise<void> {
    const kafka = this.session.kafka;
    if (!kafka) return;
    await this.detail.ask(async () => {
      const detail = await kafka.admin.group(this.id);
      this.history.add(detail, this.now());
      this.partitions = partitionsOf(detail, this.history);
      return detail;
    });
  }

  /** Whether the cluster doesn't have this group. */
  get isGone(): boolean {
    return KafkaError.is(this.detail.error, "GROUP_ID_NOT_FOUND");
  }

  /** Whether it is known that the group has no members: only then it can be reset or deleted. */
  get isEmpty(): boolean {
    return this.detail.value?.state === "Empty";
  }

  /** Tells what a reset would do. */
  preview(to: Reset[]): Promise<OffsetChange[]> {
    return this.session.kafka!.admin.resetOffsets(this.id, to, { preview: true });
  }

  /** Commits just what a preview has told. */
  async reset(previewed: readonly OffsetChange[]): Promise<OffsetChange[]> {
    const done = await this.session.kafka!.admin.resetOffsets(this.id, resetsTo(previewed));
    void this.load();
    return done;
  }

  async delete(): Promise<void> {
    await this.session.kafka!.admin.deleteGroup(this.id);
  }
}

function partitionsOf(detail: GroupDetail, history: LagHistory): GroupPartition[] {
  const all = new Map<string, GroupPartition>();
  const at = ({ topic, partition }: TopicPartition): GroupPartition => {
    const key = `${topic}/${partition}`;
    const row = all.get(key) ?? { topic, partition, offset: undefined, members: [], trend: undefined };
    all.set(key, row);
    return row;
  };
  for (const offset of detail.offsets) {
    const row = at(offset);
    [row.offset, row.trend] = [offset, history.of(offset)];
  }
  for (const member of detail.assignments) for (const p of member.partitions) at(p).members.push(member);
  return [...all.values()].sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition));
}

/** For how many milliseconds the group is behind, where it is most; isLeast: it isn't known of each partition. */
export function behindOf(partitions: readonly GroupPartition[]): { ms: number; isLeast: boolean } {
  const offsets = partitions.flatMap(({ offset }) => offset ?? []);
  return {
    ms: offsets.reduce((ms, o) => Math.max(ms, o.lagMs ?? 0), 0),
    isLeast: offsets.some((o) => o.lagMs === null && o.lag !== 0n && (o.committed !== null || o.error)),
  };
}

/** The partitions whose topic or member has the words of q, by a column. Those of equal figures keep their order. */
export function shownPartitions(partitions: readonly GroupPartition[], q: string, sort: string): GroupPartition[] {
  const fits = searcher(q);
  const shown = q.trim() === "" ? partitions : partitions.filter((p) => fits([p.topic, ...p.members.flatMap((m) => [m.clientId, m.member, m.host])].join(" ")));
  const order = new Map(shown.map((p, i) => [p, i]));
  const figures: Figures<GroupPartition> = {
    lag: (p) => p.offset?.lag ?? undefined,
    behind: (p) => p.offset?.lagMs ?? undefined,
    trend: (p) => p.trend && p.trend.arrived - p.trend.committed,
  };
  return sortRows(shown, sort, figures, (p) => order.get(p)!);
}
