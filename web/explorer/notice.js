// The state of the connection, in words.

import { byId } from "./dom.js";

const words = {
  ERR_BRIDGE_UNREACHABLE: ["The bridge does not answer.", "Is kafkaio still running in your terminal?"],
  ERR_BROKER_UNREACHABLE: ["The bridge runs, but no broker answers.", "Is the cluster up, at the address that kafkaio was given?"],
  ERR_TIMEOUT: ["The cluster is slow to answer.", "The bridge runs, but a broker did not answer in time."],
  ERR_LIMIT: ["The bridge is full.", "It has as many connections as it takes. Close other tabs that use it."],
  ERR_NOT_LOADED: ["The Kafka client did not load.", "This page needs a browser with WebAssembly, and the server that it came from."],
  ERR_CRASHED: ["The Kafka client has stopped.", "Reload the page to start it again."],
};

/** Why the bridge opens no connection, in its own words; undefined if the error is another one. */
function refusal(error) {
  return /kafkaio: dial(?: \S+)?: (?:\w+: )?(.*) \(bridge code \d+\)/.exec(error.message)?.[1];
}

/** What went wrong, in a sentence or two. */
export function inWords(error) {
  const said = refusal(error);
  if (!said) return sentence(error.message);
  if (!error.broker) return sentence(said);
  return `${sentence(said)} The cluster advertises a broker at ${error.broker}. If that broker is elsewhere, say where: ` +
    `--connect-to ${error.broker}=HOST:PORT for kafkaio explore, connect_to in the file of kafkaio bridge.`;
}

/** The text with a capital and a full stop. */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.?$/, ".");
}

/** Shows one of: loading, connecting, connected, reconnecting, closed. */
export function showStatus(state) {
  const status = byId("status");
  status.dataset.state = state;
  status.textContent = { loading: "Loading", connecting: "Connecting", connected: "Connected", reconnecting: "Reconnecting", closed: "Closed" }[state];
}

let countdown;

/** Says what is wrong and, if it is tried again, when. */
export function showProblem(error, retryInMs = 0) {
  if (error.code === "ERR_UNAUTHORIZED") return showLocked();
  const ofOneBroker = error.broker && refusal(error);
  const [title, text] = (!ofOneBroker && words[error.code]) || ["Something went wrong.", inWords(error)];
  setText("notice-title", error.code === "ERR_DENIED" ? "The bridge denies access." : title);
  setText("notice-text", text);
  setText("notice-cause", `${error.code}: ${error.message}`);
  byId("notice").hidden = false;
  clearInterval(countdown);
  setText("notice-countdown", "");
  if (retryInMs === 0) return;
  const at = Date.now() + retryInMs;
  const show = () => {
    const seconds = Math.ceil((at - Date.now()) / 1000);
    setText("notice-countdown", seconds > 0 ? `Trying again in ${seconds} s.` : "Trying again…");
  };
  show();
  countdown = setInterval(show, 1000);
}

export function hideProblem() {
  clearInterval(countdown);
  byId("notice").hidden = true;
}

/** Says that the page needs a link with a token, and where to find one. */
function showLocked() {
  const had = new URLSearchParams(location.hash.slice(1)).has("token");
  setText("locked-title", had ? "The token in this link is not valid" : "Open the link with the token");
  setText("locked-text", had
    ? "kafkaio demo and kafkaio explore print another link each time they start. The operator of a kafkaio bridge may have removed the token."
    : "This address alone does not let a page in.");
  setText("locked-link", `${location.origin}/#token=…`);
  byId("locked").hidden = false;
  byId("layout").hidden = true;
  hideProblem();
  showStatus("closed");
}

function setText(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}
