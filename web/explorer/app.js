// The page: connects, lists topics and brokers, tails the topic that is chosen.

import { connect, KafkaError } from "../kafkaio.js";
import { byId } from "./dom.js";
import { hideProblem, inWords, showProblem, showStatus } from "./notice.js";
import { ProduceForm } from "./produce.js";
import { Rate } from "./rate.js";
import { factsOf, Sidebar } from "./sidebar.js";
import { TailView } from "./tail.js";
import { shownBytes } from "./value.js";

/** How long the lists are left as they are, in milliseconds. */
const refreshInterval = 5000;

/** How many topics beside the chosen one are asked for their offsets with each list: each has its turn. */
const askedAtOnce = 10;

/** How many of the records that are there already are shown of each partition. */
const shownRecords = 50;

/** The most records that are handed to the view at once. */
const batchRecords = 500;

/** How long a record may take to be acknowledged, in milliseconds. */
const produceTimeout = 10_000;

const view = new TailView(new Rate());
const sidebar = new Sidebar((name) => choose(name));
const form = new ProduceForm((record) => kafka.produce(record, { timeout: produceTimeout }), (stored) => view.highlight(stored));

// The fragment holds the token, which is never sent in a request, and the topic that is shown. A
// reload, a bookmark and a second tab all find them there.
const fragment = () => new URLSearchParams(location.hash.slice(1));
const token = fragment().get("token") || undefined;
addEventListener("hashchange", () => {
  if ((fragment().get("token") || undefined) !== token) location.reload();
  else if (topics.length > 0 && fragment().get("topic")) choose(fragment().get("topic"));
});

/** @type {import("../kafkaio.js").Kafka} */
let kafka;
/** Of kafka. @type {import("../kafkaio.js").Status["state"]} */
let state = "connected";
let rightsKnown = false;
/** @type {import("../kafkaio.js").Topic[]} */
let topics = [];
/** The topics that were asked for their offsets, by name; the last one that was asked is the last.
 * @type {Map<string, import("../kafkaio.js").TopicDetail>} */
const details = new Map();

/**
 * The topic that is shown. gone: the cluster has it no more. trouble: what keeps it from being read is shown, and
 * tried again.
 * @typedef {{ name: string, id?: string, consumer?: import("../kafkaio.js").Consumer, gone: boolean, trouble: boolean }} Current
 */
/** @type {Current} */
let current = { name: "", gone: false, trouble: false };

start();

async function start() {
  const client = await connectPatiently();
  if (!client) return view.showEmpty("Not connected.");
  kafka = client;
  showStatus(state);
  hideProblem();
  void watchStatus();
  void refreshCluster();
  await refreshTopics();
  const wanted = topics.find((t) => t.name === fragment().get("topic")) ?? topics.find((t) => !t.internal);
  if (wanted) choose(wanted.name);
  else view.showEmpty("Choose a topic once there is one.");
  setInterval(refresh, refreshInterval);
}

/** Connects, again and again until there is a cluster or the token is refused. */
async function connectPatiently() {
  for (let wait = 1000; ; wait = Math.min(wait * 2, 10_000)) {
    try {
      return await connect({ token });
    } catch (error) {
      if (KafkaError.is(error, "ERR_UNAUTHORIZED") || KafkaError.is(error, "ERR_DENIED")) {
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

async function watchStatus() {
  for await (const status of kafka.status()) {
    const isBack = status.state === "connected" && state !== "connected";
    state = status.state;
    showStatus(state);
    if (isBack) {
      hideProblem();
      refresh();
    } else if (status.state !== "connected") {
      if (status.error) showProblem(status.error, status.state === "reconnecting" ? status.retryInMs : 0);
      hideTrouble(); // the notice says why
    }
  }
}

/** Lists topics and brokers again. What is shown stays when that fails; watchStatus says why it did. */
function refresh() {
  if (state === "closed" || (document.hidden && topics.length > 0)) return;
  void refreshCluster();
  void refreshTopics();
}

async function refreshCluster() {
  try {
    const cluster = await kafka.admin.cluster();
    sidebar.setCluster(cluster);
    if (rightsKnown || !cluster.brokers.some((b) => b.reachable)) return;
    rightsKnown = true;
    if (!cluster.allowed.includes("Produce")) form.forbid();
  } catch {
    // It is asked again.
  }
}

async function refreshTopics() {
  try {
    topics = await kafka.admin.topics({ internal: true });
    if (state === "connected") hideProblem();
  } catch (error) {
    if (state === "connected" && topics.length === 0) showProblem(error);
    return;
  }
  topics.sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = new Set(topics.map((t) => t.name));
  for (const name of details.keys()) if (!names.has(name)) details.delete(name);
  sidebar.setTopics(topics, details);
  void refreshCurrent();
  const turns = new Map([...details.keys()].map((name, i) => [name, i]));
  const turn = (t) => turns.get(t.name) ?? -1;
  for (const t of topics.filter((t) => t.partitions > 0).sort((a, b) => turn(a) - turn(b)).slice(0, askedAtOnce)) {
    void describe(t.name).catch(() => {});
  }
}

/** Notices that the topic which is shown is gone, or is another one of this name. */
async function refreshCurrent() {
  const mine = current;
  if (!mine.name) return;
  if (!topics.some((t) => t.name === mine.name)) {
    mine.gone = true;
    showTailProblem("The cluster has no topic of this name.");
    return;
  }
  const detail = await describe(mine.name).catch(() => null);
  if (mine !== current || !detail) return;
  mine.id ??= detail.id;
  if (mine.gone || mine.id !== detail.id) { // there again, or there at last
    mine.name = "";
    choose(detail.name);
  } else if (detail.layout.every((p) => p.end !== null)) {
    hideTrouble();
  }
}

/** Asks for a topic's offsets, and shows how many there are. */
async function describe(name) {
  const detail = await kafka.admin.topic(name);
  details.delete(name);
  details.set(name, detail);
  showFacts(detail);
  return detail;
}

/** Shows a topic and follows it. */
async function choose(name) {
  if (name === current.name) return;
  current.consumer?.close();
  /** @type {Current} */
  const mine = (current = { name, gone: false, trouble: false });
  const f = fragment();
  f.set("topic", name);
  history.replaceState(null, "", "#" + f);
  document.title = `${name} · kafkaio`;
  byId("topic-name").textContent = name;
  sidebar.setCurrent(name);
  showTailProblem("");

  let detail; // whose offsets of now tell what was there from what arrives
  let error;
  try {
    detail = await describe(name);
  } catch (e) {
    error = e;
  }
  if (mine !== current) return;
  const topic = detail ?? topics.find((t) => t.name === name);
  if (!topic || KafkaError.is(error, "UNKNOWN_TOPIC_OR_PARTITION")) {
    view.begin([]);
    view.showEmpty("Choose a topic.");
    return;
  }
  mine.id = detail?.id;
  form.setTopic(topic);
  view.begin(detail?.layout ?? []);
  await follow(mine);
}

/** Reads a topic, as fast as records are drawn. */
async function follow(mine) {
  mine.consumer = kafka.consume({
    topics: [mine.name],
    from: { last: shownRecords },
    maxBatchRecords: batchRecords,
    valueLimit: shownBytes,
    onRetry: (error) => {
      if (showTrouble(mine, error)) mine.trouble = true;
    },
  });
  try {
    for await (const batch of mine.consumer) {
      if (batch.records.length === 0) continue;
      showTailProblem("");
      countIn(batch);
      await view.add(batch.records);
    }
  } catch (error) {
    showTrouble(mine, error);
  }
}

/** Keeps the end of a partition up to date until its topic is asked again. */
function countIn({ topic, partition, next }) {
  const detail = details.get(topic);
  const p = detail?.layout.find((p) => p.id === partition);
  if (!detail || !p || p.end === null || p.end >= next) return;
  p.end = next;
  showFacts(detail);
}

function showFacts(detail) {
  if (detail.name === current.name) byId("topic-facts").textContent = factsOf(detail, detail);
  sidebar.showFacts(detail);
}

/** Says why the topic can't be read, unless something larger is said already. */
function showTrouble(mine, error) {
  if (mine !== current || mine.gone || state !== "connected") return false;
  showTailProblem(`This topic can't be read. ${inWords(error)} (${error.code})`);
  return true;
}

/** Hides what was tried again: the topic can be read, or the notice says why nothing can. */
function hideTrouble() {
  if (!current.trouble) return;
  current.trouble = false;
  showTailProblem("");
}

function showTailProblem(text) {
  const line = byId("tail-error");
  line.hidden = text === "";
  line.textContent = text;
}
