import { html } from "lit";
import type { TopicPartitionOffset } from "kafkaio";
import { toMessage } from "../route.js";
import type { Context } from "./page.js";

/** A link that opens a record. active: whether the row of a list that it is in is the one with the focus. */
export function recordLink({ navigation }: Context, { topic, partition, offset }: TopicPartitionOffset, words: unknown, active = true) {
  return html`<a data-main tabindex=${active ? 0 : -1} href=${navigation.link({ page: "topic", topic, tab: "messages" }, toMessage(partition, offset))}>${words}</a>`;
}
