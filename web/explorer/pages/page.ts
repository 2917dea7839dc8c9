import { LitElement, type PropertyDeclarations } from "lit";
import type { Navigation } from "../navigation.js";
import type { Route } from "../route.js";
import { adviceOf } from "../store/advice.js";
import { NoAnswerYet } from "../store/answer.js";
import type { BrokerWatch } from "../store/broker_watch.js";
import type { ClusterStore } from "../store/cluster.js";
import type { GroupStore } from "../store/group.js";
import type { GroupsStore } from "../store/groups.js";
import type { MessagesStore } from "../store/messages.js";
import type { Preferences } from "../store/preferences.js";
import type { ProduceStore } from "../store/produce.js";
import type { RedriveStore } from "../store/redrive.js";
import type { Session } from "../store/session.js";
import type { TopicStore } from "../store/topic.js";
import type { TopicsStore } from "../store/topics.js";
import type { WireStore } from "../store/wire.js";

/** What pages work with. The stores are those of the cluster that is looked at. */
export interface Context {
  session: Session;
  navigation: Navigation;
  preferences: Preferences;
  cluster: ClusterStore;
  watch: BrokerWatch;
  topics: TopicsStore;
  wire: WireStore;
  groups: GroupsStore;
  produce: ProduceStore;
  redrive: RedriveStore;
  /** The store of a topic: the same one for the same name. */
  topic(name: string): TopicStore;
  /** The store of a group, likewise. */
  group(id: string): GroupStore;
  /** The messages of a topic: the same store for the same name. */
  messages(name: string): MessagesStore;
}

/** A page: what is at one kind of place. */
export class PageElement extends LitElement {
  static override properties: PropertyDeclarations = { context: { attribute: false }, route: { attribute: false } };
  declare context: Context;
  declare route: Route;

  /** A parameter of the URL. */
  protected parameter(name: string): string {
    return this.route.parameters.get(name) ?? "";
  }

  /** The error to show of a question, unless the head of the page says already why there is no answer. */
  protected shown(error: unknown) {
    const isTold = this.context.session.state !== "connected" || (error instanceof NoAnswerYet && this.context.watch.lost);
    return error === undefined || isTold ? undefined : adviceOf(error);
  }
}
