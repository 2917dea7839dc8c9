import type { Navigation } from "./navigation.js";
import type { Context } from "./pages/page.js";
import { ClusterStore } from "./store/cluster.js";
import { GroupStore } from "./store/group.js";
import { GroupsStore } from "./store/groups.js";
import type { Preferences } from "./store/preferences.js";
import type { Session } from "./store/session.js";
import { TopicStore } from "./store/topic.js";
import { TopicsStore } from "./store/topics.js";
import { WireStore } from "./store/wire.js";

/** How many stores of topics, and of groups, are kept: those that were looked at last. */
const most = 20;

const wires = new WeakMap<Session, WireStore>();

/** The frames of a session: they go on when another cluster is looked at. */
function wireOf(session: Session): WireStore {
  const wire = wires.get(session) ?? new WireStore(session);
  wires.set(session, wire);
  return wire;
}

/** Makes a store for each name, and keeps it. */
function keeping<T>(make: (name: string) => T): (name: string) => T {
  const stores = new Map<string, T>();
  return (name) => {
    const store = stores.get(name) ?? make(name);
    stores.delete(name);
    stores.set(name, store);
    for (const oldest of stores.keys()) if (stores.size > most) stores.delete(oldest);
    return store;
  };
}

/** Makes the stores of a cluster. They outlive a page, so that going back shows at once what was there. */
export function makeContext(session: Session, navigation: Navigation, preferences: Preferences): Context {
  return {
    session,
    navigation,
    preferences,
    cluster: new ClusterStore(session),
    topics: new TopicsStore(session),
    wire: wireOf(session),
    groups: new GroupsStore(session),
    topic: keeping((name) => new TopicStore(session, name)),
    group: keeping((id) => new GroupStore(session, id)),
  };
}
