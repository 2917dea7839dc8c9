import type { Navigation } from "./navigation.js";
import type { Context } from "./pages/page.js";
import { BrokerWatch } from "./store/broker_watch.js";
import { ClusterStore } from "./store/cluster.js";
import { GroupStore } from "./store/group.js";
import { GroupsStore } from "./store/groups.js";
import { MessagesStore } from "./store/messages.js";
import type { Preferences } from "./store/preferences.js";
import { ProduceStore } from "./store/produce.js";
import { RedriveStore } from "./store/redrive.js";
import type { Session } from "./store/session.js";
import { TopicStore } from "./store/topic.js";
import { TopicsStore } from "./store/topics.js";
import { WireStore } from "./store/wire.js";

/** How many topics' stores are kept: those that were looked at last. */
const keptTopics = 20;

/** Of how many groups the stores are kept. */
const keptGroups = 20;

/** Of how many topics the messages are kept: up to 16 MiB each. */
const keptMessages = 3;

/** What a person has begun in a cluster, by its name: it is still there when another one was looked at. */
type Begun = Pick<Context, "produce" | "redrive">;

const begun = new WeakMap<Session, Map<string, Begun>>();

function begunOf(session: Session): Begun {
  const all = begun.get(session) ?? new Map<string, Begun>();
  begun.set(session, all);
  const stores = all.get(session.cluster) ?? { produce: new ProduceStore(session), redrive: new RedriveStore(session) };
  all.set(session.cluster, stores);
  return stores;
}

const wires = new WeakMap<Session, WireStore>();

/** The frames of a session: they go on when another cluster is looked at. */
function wireOf(session: Session): WireStore {
  const wire = wires.get(session) ?? new WireStore(session);
  wires.set(session, wire);
  return wire;
}

/** Makes the stores of a cluster. They outlive a page, so that going back shows at once what was there. */
export function makeContext(session: Session, navigation: Navigation, preferences: Preferences): Context {
  const topics = new Map<string, TopicStore>();
  const groups = new Map<string, GroupStore>();
  const messages = new Map<string, MessagesStore>();
  const cluster = new ClusterStore(session);
  return {
    session,
    navigation,
    preferences,
    cluster,
    watch: new BrokerWatch(session, cluster),
    topics: new TopicsStore(session),
    wire: wireOf(session),
    groups: new GroupsStore(session),
    topic: (name) => keptLast(topics, name, keptTopics, () => new TopicStore(session, name)),
    group: (id) => keptLast(groups, id, keptGroups, () => new GroupStore(session, id)),
    ...begunOf(session),
    messages: (name) => keptLast(messages, name, keptMessages, () => new MessagesStore(session, name)),
  };
}

/** The store of a name; only so many are kept. */
function keptLast<T>(stores: Map<string, T>, name: string, most: number, make: () => T): T {
  const store = stores.get(name) ?? make();
  stores.delete(name);
  stores.set(name, store);
  for (const oldest of stores.keys()) if (stores.size > most) stores.delete(oldest);
  return store;
}
