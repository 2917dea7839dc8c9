import { KafkaError } from "kafkaio";
import { adviceOf, type Advice } from "./advice.js";

/** What to do, by code, where it is another thing than for a question. */
const todo: Record<string, string> = {
  ERR_TIMEOUT: "No broker acknowledged it in time.",
  MESSAGE_TOO_LARGE: "The topic takes less at once: see its max.message.bytes.",
  NOT_ENOUGH_REPLICAS: "Too few of its replicas are in sync. Look at the cluster, or wait.",
};

/** Says what became of a record that wasn't acknowledged, and what to do. */
export function adviceOfProduce(error: unknown): Advice {
  const advice = adviceOf(error);
  if (!KafkaError.is(error)) return { ...advice, title: "Not sent." };
  const text = todo[error.code] ?? advice.text;
  if (!error.outcomeUnknown) return { ...advice, title: "The record is not stored.", text };
  return { ...advice, title: "Nobody knows whether the record is stored.", text: `${text} Look for it in the topic before you send it again.` };
}
