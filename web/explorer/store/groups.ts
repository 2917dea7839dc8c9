import type { Group } from "kafkaio";
import { Changes } from "./changes.js";
import type { Session } from "./session.js";
import { searcher, sortRows } from "./sorted.js";

/** How often the list is shown as it comes, in milliseconds: 10,000 groups come one by one. */
const pulse = 200;

/** A list that took some time isn't asked for again before so many times as much. */
const rest = 4;

/** All groups, with their lag. They are there as they come. */
export class GroupsStore {
  readonly changes = new Changes();
  readonly groups = new Map<string, Group>();
  /** Why the last list isn't whole: a broker didn't tell its groups. Those from before stay. */
  error: unknown;
  /** Whether all brokers have told their groups, once. */
  isWhole = false;
  #asking = false;
  #notBefore = -Infinity;

  constructor(
    private session: Session,
    private now: () => number = Date.now,
  ) {}

  async load(): Promise<void> {
    const kafka = this.session.kafka;
    const began = this.now();
    if (!kafka || this.#asking || began < this.#notBefore) return;
    this.#asking = true;
    const listed = new Set<string>();
    let shown = began;
    try {
      for await (const group of kafka.admin.groups()) {
        listed.add(group.id);
        this.groups.set(group.id, group);
        if (this.now() - shown < pulse) continue;
        shown = this.now();
        this.changes.emit();
      }
      for (const id of this.groups.keys()) if (!listed.has(id)) this.groups.delete(id);
      [this.error, this.isWhole] = [undefined, true];
      this.#notBefore = this.now() + rest * (this.now() - began);
    } catch (error) {
      this.error = error;
    } finally {
      this.#asking = false;
      this.changes.emit();
    }
  }

  /** Forgets a group that was deleted. */
  drop(id: string): void {
    this.groups.delete(id);
    this.changes.emit();
  }
}

/** Which groups are shown, and in which order. Empty texts leave all. */
export interface GroupsView {
  q: string;
  protocol: string;
  state: string;
  sort: string;
}

/** The groups that a view shows. */
export function shownGroups(groups: Iterable<Group>, view: GroupsView): Group[] {
  const fits = searcher(view.q);
  const shown = [...groups].filter((g) => fits(g.id) && (view.protocol === "" || g.protocol === view.protocol) && (view.state === "" || g.state === view.state));
  return sortRows(shown, view.sort, { state: (g) => g.state, protocol: (g) => g.protocol, members: (g) => (g.state === "" ? undefined : g.members), lag: (g) => g.lag ?? undefined }, (g) => g.id);
}
