import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { base } from "../elements/style.js";
import { time } from "../figures.js";
import { adviceOf } from "../store/advice.js";
import { formatQuery, parseQuery, type Query, type Where } from "../store/message_query.js";
import { inZone, parseTime } from "../text/time.js";

const places: Record<Where["at"], string> = { newest: "Newest", live: "Live", beginning: "From the beginning", offset: "From an offset", time: "From a time" };

/** What a field should have. */
const expected: Record<Where["at"], string> = {
  newest: "How many: a number from 1 to 99999.", offset: "An offset is a number from 0 on.", live: "", beginning: "",
  time: "A time is as 2026-01-31 12:30:05.123, or in milliseconds since 1970.",
};

/** What the fields have: text, as typed. */
interface Draft {
  at: Where["at"];
  n: string;
  offset: string;
  time: string;
  partitions: string;
  text: string;
  key: string;
  header: string;
}

/** Where to read from, and what to look for. Event: kx-query with the parameters of the URL. */
class MessageBar extends LitElement {
  static override properties = { query: { attribute: false }, partitions: { type: Number }, partitionFor: { attribute: false }, utc: { type: Boolean }, draft: { state: true }, more: { state: true }, wrong: { state: true } };
  declare query: Query;
  /** How many the topic has; undefined: it isn't known. */
  declare partitions: number | undefined;
  declare partitionFor: (key: string) => Promise<number>;
  declare utc: boolean;
  declare draft: Draft;
  declare more: boolean;
  /** What is wrong with a field. */
  declare wrong: string;

  static override styles = [base, css`
    :host { display: block; flex: none; }
    form { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 10px var(--gutter); border-top: 1px solid var(--line); }
    .from { display: flex; gap: 6px; align-items: center; }
    .n { width: 72px; }
    .offset { width: 150px; }
    .time { width: 196px; }
    .partitions { width: 112px; }
    input[type=search] { flex: 1 1 160px; max-width: 380px; }
    .more { display: flex; flex-wrap: wrap; gap: 8px; flex: 1 1 100%; }
    .wrong { flex-basis: 100%; color: var(--bad); }
  `];

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { where, partitions, text, key, header } = this.query;
    const timeIn = (utc: boolean) => (where.at === "time" ? time(where.ms, utc).replace("Z", "") : "");
    if (!changed.has("query") && this.draft) {
      if (changed.has("utc")) this.#set("time", this.draft.time === timeIn(!this.utc) ? timeIn(this.utc) : inZone(this.draft.time, this.utc));
      return;
    }
    this.draft = {
      at: where.at, n: where.at === "newest" ? String(where.n) : "50", offset: where.at === "offset" ? String(where.offset) : "",
      time: timeIn(this.utc), partitions: partitions?.join(", ") ?? "", text, key, header,
    };
    this.more ||= key !== "" || header !== "";
    this.wrong = "";
  }

  #set(field: keyof Draft, value: string): void {
    this.draft = { ...this.draft, [field]: value };
  }

  #field(field: keyof Draft, label: string, placeholder = "", type = "text") {
    return html`<input type=${type} class="${field} ${type === "text" ? "figures" : ""}" aria-label=${label} title=${label} placeholder=${placeholder} autocomplete="off" spellcheck="false"
      ?data-search=${field === "text"} .value=${this.draft[field]} @input=${(e: InputEvent) => this.#set(field, (e.target as HTMLInputElement).value)}>`;
  }

  #place = async (event: Event): Promise<void> => {
    this.#set("at", (event.target as HTMLSelectElement).value);
    await this.updateComplete;
    const { at } = this.draft;
    if (at === "offset" || at === "time") this.renderRoot.querySelector<HTMLInputElement>(`.${at}`)!.focus();
    else this.#submit();
  };

  #submit = (event?: Event): void => {
    event?.preventDefault();
    const { at, n, offset, partitions, text, key, header } = this.draft;
    const ms = at === "time" ? parseTime(this.draft.time, this.utc) : 0;
    const numbers = partitions.split(/[\s,]+/).filter(Boolean);
    const from = { newest: `newest:${n.trim()}`, live: "live", beginning: "beginning", offset: `offset:${offset.replace(/[\s,]/g, "")}`, time: `time:${ms}` }[at];
    const query = parseQuery(new URLSearchParams({ from, partition: numbers.join(","), text, key, header }));
    const isKnown = (p: string) => /^\d{1,9}$/.test(p) && Number(p) < (this.partitions ?? Infinity);
    if (query.where.at !== at || (query.where.at === "newest" && String(query.where.n) !== n.trim())) this.wrong = expected[at];
    else if (!numbers.every(isKnown)) this.wrong = `Partitions are numbers from 0${this.partitions ? ` to ${this.partitions - 1}` : " on"}, with commas between them.`;
    else {
      this.wrong = "";
      this.dispatchEvent(new CustomEvent("kx-query", { detail: formatQuery(query) }));
    }
  };

  #findPartition = async (): Promise<void> => {
    const { key } = this.draft;
    const isOf = () => this.isConnected && this.draft.key === key;
    try {
      const partition = String(await this.partitionFor(key));
      if (!isOf()) return;
      this.#set("partitions", partition);
      this.#submit();
    } catch (error) {
      if (isOf()) this.wrong = adviceOf(error).text;
    }
  };

  protected override render() {
    const { at, key } = this.draft;
    return html`<form role="search" aria-label="Messages" @submit=${this.#submit}>
      <div class="from"><select aria-label="Read from" @change=${this.#place}>${(Object.keys(places) as Where["at"][]).map((p) => html`<option value=${p} .selected=${p === at}>${places[p]}</option>`)}</select>
        ${at === "newest" ? this.#field("n", "How many of each partition") : at === "offset" ? this.#field("offset", "Offset", "offset") : at === "time" ? this.#field("time", this.utc ? "Time, in UTC" : "Time, local", "2026-01-31 12:30") : nothing}</div>
      ${this.#field("partitions", "Partitions, with commas between them", "All partitions")}
      ${this.#field("text", "Text in a key, a value or a header. Case matters.", "Text in key, value or header", "search")}
      <button type="button" aria-expanded=${this.more} @click=${() => (this.more = !this.more)}>Key, header</button>
      <button class="primary">Read</button>
      ${this.more ? html`<div class="more">${this.#field("key", "Text in the key", "Text in the key", "search")}
        <button type="button" ?disabled=${key === ""} title="Reads only the partition that Kafka's producers choose for this key" @click=${this.#findPartition}>Only its partition</button>
        ${this.#field("header", "A header's name, or name=text in its value", "Header: name or name=text", "search")}</div>` : nothing}
      ${this.wrong ? html`<p class="wrong" role="alert">${this.wrong}</p>` : nothing}
    </form>`;
  }
}
customElements.define("kx-message-bar", MessageBar);
