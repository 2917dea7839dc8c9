import { KafkaError } from "kafkaio";
import { NoAnswerYet } from "./answer.js";
import { dialFailureOf, sentence } from "./dial_failure.js";

/** What went wrong and what to do, for people. code is for who looks further. */
export interface Advice {
  title: string;
  text: string;
  code: string;
}

/** What to do if there is no answer. */
const silent = "The broker may be stopped or overloaded, or its network broken. It is still asked.";

/** A title, and what to do, by code. Without the second, the error's own message is the text. */
const known: Record<string, [title: string, text?: string]> = {
  ERR_BRIDGE_UNREACHABLE: ["The bridge does not answer.", "Is kafkaio still running in your terminal? This page comes back by itself."],
  ERR_BROKER_UNREACHABLE: ["A broker can't be reached."],
  ERR_TIMEOUT: ["No answer in time.", silent],
  ERR_CANNOT_RECEIVE: ["No answer in time.", silent],
  ERR_LIMIT: ["A limit is reached."],
  ERR_NOT_LOADED: ["The Kafka client did not load.", "It needs WebAssembly, and the server that this page came from."],
  ERR_CRASHED: ["The Kafka client has stopped.", "It is started again."],
  ERR_DENIED: ["The bridge denies it."],
  ERR_READ_ONLY: ["This page may only read."],
  UNKNOWN_TOPIC_OR_PARTITION: ["The cluster has no such topic.", "It was deleted, has another name, or you may not see it."],
  TOPIC_ALREADY_EXISTS: ["There is a topic of this name already.", "Choose another name."],
  TOPIC_AUTHORIZATION_FAILED: ["You may not do this with the topic.", "The brokers' ACLs or the bridge's policy forbid it. Ask whoever runs them."],
  GROUP_ID_NOT_FOUND: ["The cluster has no such group.", "It was deleted, has lost all it had committed, or has another name."],
  NON_EMPTY_GROUP: ["The group has members.", "Stop them first."],
  UNKNOWN_MEMBER_ID: ["The group has members.", "Stop them first."],
  GROUP_AUTHORIZATION_FAILED: ["You may not do this with the group.", "The brokers' ACLs or the bridge's policy forbid it. Ask whoever runs them."],
  CLUSTER_AUTHORIZATION_FAILED: ["You may not do this with the cluster.", "The brokers' ACLs or the bridge's policy forbid it. Ask whoever runs them."],
  SASL_AUTHENTICATION_FAILED: ["The brokers refuse the credentials.", "Whoever runs the bridge has to mend its user or password."],
  INVALID_REPLICATION_FACTOR: ["So many replicas can't be.", "A topic has at most as many replicas as there are brokers."],
};

/** Says what an error means and what to do. */
export function adviceOf(error: unknown): Advice {
  if (error instanceof NoAnswerYet) return { title: "No answer yet.", text: silent, code: "" };
  if (!KafkaError.is(error)) {
    return { title: "Something went wrong.", text: sentence(error instanceof Error ? error.message : String(error)), code: "" };
  }
  const [title, text] = known[error.code] ?? ["Something went wrong."];
  const byBrowser = /The browser .*local networks.*/.exec(error.message)?.[0];
  return { title, text: dialFailureOf(error)?.text ?? (byBrowser ? `${sentence(byBrowser)} ${text}` : text) ?? sentence(error.message), code: `${error.code}: ${error.message}` };
}
