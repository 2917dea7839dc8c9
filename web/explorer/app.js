// The page: connects, lists topics and brokers, tails the topic that is chosen.

import { connect } from "../kafkaio.js";
import { byId } from "./dom.js";
import { hideProblem, inWords, showProblem, showStatus } from "./notice.js";
import { ProduceForm } from "./produce.js";
import { Rate } from "./rate.js";
import { factsOf, Sidebar } from "./sidebar.js";
import { TailView } from "./tail.js";

/** How often the topics are listed again, in milliseconds. */
const refreshInterval = 5000;

const view = new TailView(new Rate());
const sidebar = new Sidebar((name) => choose(name));
const form = new ProduceForm((record) => kafka.produce(record), (stored) => view.highlight(stored));

// The fragment holds the token, which is never sent in a request, and the topic that is shown. A
// reload, a bookmark and a second tab all find them there.
const fragment = () => new URLSearchParams(location.hash.slice(1));
const token = fragment().get("token") ?? undefined;
addEventListener("hashchange", () => {
  if ((fragment().get("token") ?? undefined) !== token) location.reload();
  else if (fragment().get("topic")) choose(fragment().get("topic"));
});

let kafka;
let topics = [];
/** @type {{ name: string, tail: import("../kafkaio.js").Tail | null, gone: boolean, unreachable: boolean }} */
let current = { name: "", tail: null, gone: false, unreachable: false };

start();

async function start() {
  kafka = await connectPatiently();
  if (!kafka) return view.showEmpty("Not connected.");
  showStatus("connected");
  hideProblem();
  if (!(await mayProduce())) form.forbid();
  await refresh();
  const wanted = topics.find((t) => t.name === fragment().get("topic")) ?? topics.find((t) => !t.internal);
  if (wanted) choose(wanted.name);
  else view.showEmpty("Choose a topic once there is one.");
  setInterval(refresh, refreshInterval);
}

/** Connects, again and again until there is a cluster or the token is refused. */
async function connectPatiently() {
  for (let wait = 1000; ; wait = Math.min(wait * 2, 10_000)) {
    try {
      return await connect({ token, onStatus });
    } catch (cause) {
      const error = /** @type {import("../kafkaio.js").KafkaError} */ (cause);
      if (error.code === "UNAUTHORIZED" || error.code === "DENIED") {
        showStatus("closed");
        showProblem(error);
        return null;
      }
      showStatus("connecting");
      showProblem(error, wait);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Whether this link may write, by the bridge's list of rights. A bridge that has none answers when records are produced. */
async function mayProduce() {
  try {
    const answer = await fetch("kafka/", { headers: token ? { Authorization: `Bearer ${token}` } : {} });
    const { clusters } = await answer.json();
    const apis = clusters.find((c) => c.default)?.apis;
    return !apis || apis.includes("Produce");
  } catch {
    return true;
  }
}

/** @param {import("../kafkaio.js").Status} status */
function onStatus({ state, error, retryInMs }) {
  showStatus(state);
  if (state === "connected") {
    hideProblem();
    refresh();
  } else {
    showProblem(error, retryInMs); // of all brokers
    hideUnreachable();
  }
}

/** Lists topics and brokers again. What is shown stays when that fails; onStatus says why it did. */
async function refresh() {
  if (document.hidden && topics.length > 0) return;
  try {
    const [cluster, list] = await Promise.all([kafka.brokers(), kafka.topics()]);
    topics = list;
    sidebar.setCluster(cluster);
    sidebar.setTopics(topics);
    if (!current.name) return;
    const topic = topics.find((t) => t.name === current.name);
    if (!topic) {
      current.gone = true;
      showTailProblem("The cluster has no topic of this name.");
    } else if (current.gone) { // there again, or there at last
      current.name = "";
      choose(topic.name);
    } else {
      if (topic.partitions.every((p) => p.end !== null)) hideUnreachable();
      showFacts(topic);
    }
  } catch (error) {
    if (topics.length === 0) showProblem(error);
  }
}

/** Shows a topic and follows it. */
async function choose(name) {
  if (name === current.name) return;
  current.tail?.close();
  const mine = (current = { name, tail: null, gone: false, unreachable: false });
  const f = fragment();
  f.set("topic", name);
  history.replaceState(null, "", "#" + f);
  document.title = `${name} · kafkaio`;
  byId("topic-name").textContent = name;
  sidebar.setCurrent(name);

  await refresh(); // the offsets of now tell what was there from what arrives
  if (mine !== current) return;
  const topic = topics.find((t) => t.name === name);
  if (!topic) {
    view.begin({ partitions: [] });
    view.showEmpty("Choose a topic.");
    return;
  }
  showFacts(topic);
  form.setTopic(topic);
  view.begin(topic);
  showTailProblem("");
  const onError = (error) => {
    if (mine !== current || !topics.some((t) => t.name === name)) return;
    if (error.broker && !byId("notice").hidden) return;
    current.unreachable = Boolean(error.broker);
    showTailProblem(`This topic can't be read. ${inWords(error)} (${error.code})`);
  };
  try {
    const tail = await kafka.tail(name, (records) => {
      if (mine !== current) return;
      showTailProblem("");
      countIn(records);
      return view.add(records);
    }, { onError });
    if (mine === current) mine.tail = tail;
    else tail.close();
  } catch (error) {
    onError(error);
  }
}

/** Keeps the number of records of the topic that is shown up to date until it is listed again. */
function countIn(records) {
  const topic = topics.find((t) => t.name === current.name);
  if (!topic) return;
  for (const { partition, offset } of records) {
    const p = topic.partitions.find((p) => p.id === partition);
    if (p && p.end !== null) p.end = Math.max(p.end, offset + 1);
  }
  showFacts(topic);
}

function showFacts(topic) {
  byId("topic-facts").textContent = factsOf(topic);
  sidebar.showFacts(topic);
}

/** Hides that a broker of the topic can't be reached: it can, or the notice says that none can. */
function hideUnreachable() {
  if (!current.unreachable) return;
  current.unreachable = false;
  showTailProblem("");
}

function showTailProblem(text) {
  const line = byId("tail-error");
  line.hidden = text === "";
  line.textContent = text;
}
