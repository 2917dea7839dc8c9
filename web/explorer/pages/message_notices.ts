import { html, nothing } from "lit";
import type { TopicDetail } from "kafkaio";
import { adviceOf } from "../store/advice.js";
import type { MessagesStore } from "../store/messages.js";
import type { TopicStore } from "../store/topic.js";
import { whyNoMessages } from "../text/scan_words.js";
import { problem } from "./problem.js";

/** What hinders the reading, which goes on all the same. That the topic is gone may be told already. */
export function notices({ retrying, wentBack }: MessagesStore, { isGone }: TopicStore) {
  const isTold = isGone && retrying?.code === "UNKNOWN_TOPIC_OR_PARTITION";
  const advice = retrying && !isTold ? adviceOf(retrying) : undefined;
  return html`${problem(advice && { ...advice, text: `${advice.text} It is tried again.` })}
    ${wentBack ? html`<p class="notice" role="status">${wentBackWords(wentBack)}</p>` : nothing}`;
}

function wentBackWords({ partition, from, to }: NonNullable<MessagesStore["wentBack"]>): string {
  return partition < 0 ? "The topic was made again, so it is read anew." : `The offsets of partition ${partition} went back from ${from} to ${to}: the topic was made again, or its brokers lost messages.`;
}

/** What is said where no message is shown. */
export function noMessages({ isReading, isLive, tally, partitions, query, ended }: MessagesStore, layout: TopicDetail["layout"] | undefined) {
  if (!query || ended === "failed") return html`<p class="empty"></p>`;
  if (isReading) return html`<p class="empty">${isLive && partitions.length > 0 ? "Messages that come from now on are shown here." : "Nothing was found so far."}</p>`;
  if (ended === "stopped" || ended === "left") return html`<p class="empty">Nothing was found until it was stopped.</p>`;
  return html`<div class="empty"><p>No messages.</p>${whyNoMessages(tally.skipped, partitions, query, layout).map((line) => html`<p>${line}</p>`)}</div>`;
}
