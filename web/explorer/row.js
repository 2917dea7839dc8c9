// One record in the list: a line, and its details when it is opened.

import { h } from "./dom.js";
import { appendJSON, asText, preview, shownBytes, size, views } from "./value.js";

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23",
});
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

export class Row {
  constructor(record) {
    this.record = record;
    this.toggle = h("button", {
      type: "button", class: "toggle", tabindex: -1, "aria-expanded": "false",
      "aria-label": `Details of partition ${record.partition}, offset ${record.offset}`,
      title: isTime(record.timestamp) && new Date(record.timestamp).toISOString(),
    }, time(record.timestamp));
    const partition = h("td", { class: "partition" }, h("span", { class: "dot", "aria-hidden": "true" }), String(record.partition));
    partition.firstChild.style.setProperty("--partition", record.partition);
    this.element = h("tbody", { class: "record" },
      h("tr", {},
        h("td", { class: "time" }, this.toggle),
        partition,
        h("td", { class: "offset" }, String(record.offset)),
        cell("key", record.key),
        cell("value", record.value)));
  }

  get isOpen() {
    return this.toggle.getAttribute("aria-expanded") === "true";
  }

  /** Opens or closes the details. */
  flip() {
    const open = !this.isOpen;
    this.toggle.setAttribute("aria-expanded", String(open));
    this.element.classList.toggle("open", open);
    if (open) this.element.append(details(this.record));
    else this.element.lastElementChild.remove();
  }

  /** Whether key or value contain the text, which is in lower case. */
  matches(text) {
    return [this.record.key, this.record.value].some((bytes) =>
      bytes !== null && (asText(bytes.subarray(0, shownBytes)) ?? "").toLowerCase().includes(text));
  }
}

/** Whether it is a time that a Date can be: a producer may store any number. */
function isTime(timestamp) {
  return !Number.isNaN(new Date(timestamp).getTime());
}

/** The time of a day, to the millisecond if that is today. */
function time(timestamp) {
  if (!isTime(timestamp)) return String(timestamp);
  const today = new Date(timestamp).toDateString() === new Date().toDateString();
  return (today ? clock : dayAndClock).format(timestamp);
}

function cell(name, bytes) {
  const { kind, line } = preview(bytes);
  const td = h("td", { class: name });
  const content = h("span", { class: kind });
  if (kind === "json") appendJSON(content, line);
  else content.append(line);
  td.append(content);
  return td;
}

function details({ partition, offset, timestamp, key, value, valueLength, headers }) {
  const facts = h("dl", { class: "facts" },
    ...[
      ["Partition", String(partition)],
      ["Offset", String(offset)],
      ["Time", isTime(timestamp) ? h("time", { datetime: new Date(timestamp).toISOString() }, full.format(timestamp)) : String(timestamp)],
      ["Key", size(key?.length ?? -1)],
      ["Value", size(valueLength)],
    ].map(([name, fact]) => h("div", {}, h("dt", {}, name), h("dd", {}, fact))));
  const list = h("dl", { class: "headers" });
  for (const [name, value] of headers) {
    list.append(h("dt", {}, name), h("dd", {}, preview(value).line));
  }
  return h("tr", { class: "details" }, h("td", { colspan: 5 },
    facts,
    data("Value", value, valueLength),
    data("Key", key, key?.length ?? -1),
    headers.length > 0 ? h("section", {}, h("h3", {}, "Headers"), list) : ""));
}

/** A key or a value of some length, as far as it is there, with a choice of how it is shown. */
function data(title, bytes, length) {
  if (bytes === null || bytes.length === 0) {
    return h("section", {}, h("h3", {}, title), h("p", { class: "note" }, bytes === null ? "null" : "empty"));
  }
  const cut = bytes.subarray(0, shownBytes);
  const all = views(cut, length);
  const shown = h("pre", { tabindex: 0, "aria-label": title });
  const choices = all.map((view) =>
    h("button", { type: "button", "aria-pressed": "false", onclick: (event) => choose(view, event.target) }, view.name));
  const choose = (view, button) => {
    for (const b of choices) b.setAttribute("aria-pressed", String(b === button));
    shown.replaceChildren();
    if (view.name === "JSON") appendJSON(shown, view.text);
    else shown.append(view.text);
  };
  choose(all[0], choices[0]);
  const copy = h("button", {
    type: "button",
    onclick: async () => {
      await navigator.clipboard.writeText(shown.textContent);
      copy.textContent = "Copied";
    },
  }, "Copy");
  const note = length > cut.length ? h("p", { class: "note" }, `The first ${size(cut.length)} of ${size(length)}.`) : "";
  return h("section", {}, h("div", { class: "data-head" }, h("h3", {}, title), h("div", { class: "views", role: "group", "aria-label": `Show ${title.toLowerCase()} as` }, ...choices), copy), shown, note);
}
