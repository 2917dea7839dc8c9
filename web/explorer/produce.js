// The form that produces a record to the topic that is shown.

import { byId, h } from "./dom.js";
import { inWords } from "./notice.js";
import { isJSON } from "./text/json.js";

/** Why a record is not stored, where Kafka's own description doesn't say it to a user of the page. */
const denied = {
  TOPIC_AUTHORIZATION_FAILED: "This link may not write to this topic.",
  CLUSTER_AUTHORIZATION_FAILED: "This link may only read.",
};

export class ProduceForm {
  #topic = ""; // its name

  /** send stores a record and returns a promise of where. */
  constructor(send, onStored) {
    this.form = byId("produce", HTMLFormElement);
    this.result = byId("produced");
    this.submit = /** @type {HTMLButtonElement} */ (this.form.querySelector("[type=submit]"));
    byId("produce-panel", HTMLDetailsElement).open = matchMedia("(min-width: 1181px)").matches; // elsewhere it hides the records
    const { value, tombstone } = this.#fields();
    value.addEventListener("input", () => this.#showKind());
    tombstone.addEventListener("change", () => this.#showKind());
    value.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#produce(send, onStored);
    });
  }

  /** @returns {any} the fields by their names */
  #fields() {
    return this.form.elements;
  }

  setTopic(topic) {
    this.#topic = topic.name;
    byId("produce-title").textContent = `Produce to ${topic.name}`;
    const { partition, value } = this.#fields();
    partition.replaceChildren(h("option", { value: "" }, "By key"), ...Array.from({ length: topic.partitions }, (_, id) => h("option", { value: id }, id)));
    if (value.value === "") value.value = JSON.stringify({ hello: "from a browser tab" }, null, 2);
    this.#show("", "");
    this.#showKind();
    this.submit.disabled = false;
  }

  /** Shows why there is no form, in its place. */
  forbid() {
    this.form.hidden = true;
    byId("produce-forbidden").hidden = false;
  }

  async #produce(send, onStored) {
    if (!this.#topic) return;
    const { partition, key, value, tombstone } = this.#fields();
    this.submit.disabled = true;
    this.#show("", "Sending…");
    try {
      const stored = await send({
        topic: this.#topic,
        key: key.value === "" ? null : key.value,
        value: tombstone.checked ? null : value.value,
        partition: partition.value === "" ? undefined : Number(partition.value),
      });
      this.#show("good", `Stored in partition ${stored.partition} at offset ${stored.offset}.`);
      onStored(stored);
    } catch (cause) {
      const error = /** @type {import("../kafkaio.js").KafkaError} */ (cause);
      const outcome = error.outcomeUnknown ? "It is not known whether the record was stored." : "Not stored.";
      this.#show("bad", `${outcome} ${denied[error.code] ?? inWords(error)} (${error.code})`);
    }
    this.submit.disabled = false;
  }

  #showKind() {
    const { value, tombstone } = this.#fields();
    value.disabled = tombstone.checked;
    const text = value.value;
    const kind = tombstone.checked || text === "" ? "" : !/^\s*[[{]/.test(text) ? "text" : isJSON(text) ? "JSON" : "text: not valid JSON";
    byId("value-kind").textContent = kind;
  }

  #show(kind, text) {
    this.result.dataset.kind = kind;
    this.result.textContent = text;
  }
}
