import { css, html, nothing, type LitElement } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { LiveListElement } from "../elements/live_list.js";
import { base, pageStyle } from "../elements/style.js";
import { Watch } from "../elements/watch.js";
import { grouped } from "../figures.js";
import { isTaken } from "../keys.js";
import { toMessage } from "../route.js";
import { formatQuery, parsePlace, parseQuery } from "../store/message_query.js";
import type { Row } from "../store/message_rows.js";
import { MessageViews } from "../store/message_views.js";
import type { MessagesStore } from "../store/messages.js";
import type { TopicStore } from "../store/topic.js";
import { namesIn } from "../text/paths.js";
import { messageColumns, type MessageColumns } from "./message_cells.js";
import { factsStyle, scanFacts } from "./message_facts.js";
import { noMessages, notices } from "./message_notices.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";
import "../elements/live_list.js";
import "./message_bar.js";
import "./message_open.js";
import "./message_saved.js";

/** The messages of a topic: where to read from, how the scan goes, what it found, and the open message. */
class MessagesPage extends PageElement {
  static override properties = { store: { attribute: false }, dialog: { state: true } };
  declare store: TopicStore;
  declare dialog: "filters" | "columns" | undefined;
  #views: MessageViews | undefined;
  #columns: MessageColumns | undefined;
  #columnsOf = "";
  #revealed = ""; // the open message that the list was last made to show

  static override styles = [base, pageStyle, factsStyle, css`
    :host { container-type: inline-size; }
    .both { flex: 1; min-height: 0; display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); border-top: 1px solid var(--line); }
    kx-message { border-block-start: 2px solid var(--line-strong); }
    .both.open { grid-template-rows: minmax(0, 1fr) minmax(0, 1.4fr); }
    @container (min-width: 900px) {
      .both.open { grid-template: minmax(0, 1fr) / minmax(0, 1fr) minmax(0, 1fr); }
      kx-message { border-block: 0; border-inline-start: 1px solid var(--line); }
    }
    .empty { align-content: start; }
    .notice { padding: 0 var(--gutter) 8px; color: var(--warn); }
    @media (max-width: 640px), (max-height: 640px) { :host { overflow: auto; } .both, .both.open { flex: none; display: block; } kx-live-list { height: min(340px, calc(var(--all) + 60px)); } }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.context && this.#store.changes, this.context?.preferences.changes, this.store?.changes, this.context?.cluster.changes, this.context?.session.changes]);
  }

  get #store(): MessagesStore {
    return this.context.messages(this.store.name);
  }

  get #mayRead(): boolean {
    const { cluster } = this.context;
    return !cluster.knowsRights || (cluster.may("Fetch") && cluster.may("ListOffsets"));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.#keyDown);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#keyDown);
    this.#store.stop("left");
  }

  protected override firstUpdated(): void {
    const store = this.#store;
    if (this.context.session.kafka && this.#isAsked()) void store.comeBack();
    if (store.opened.error !== undefined) store.opened.close(); // updated() opens it again
  }

  /** Whether the store has the query of parameters: those of the URL, unless others are given. */
  #isAsked(parameters = formatQuery(parseQuery(this.route.parameters))): boolean {
    const { query } = this.#store;
    return query !== undefined && JSON.stringify(formatQuery(query)) === JSON.stringify(parameters);
  }

  protected override updated(): void {
    const store = this.#store;
    if (!this.context.session.kafka) return;
    if (!this.#isAsked() && this.#mayRead) void store.start(parseQuery(this.route.parameters));
    const [place, shown] = [parsePlace(this.parameter("open")), store.opened.place];
    if (!place) {
      if (shown) store.opened.close();
    } else if (place.partition !== shown?.partition || place.offset !== shown.offset) store.open(place.partition, place.offset);
    this.#reveal();
  }

  /** Brings the open message in sight, once the list has it. */
  #reveal(): void {
    const wanted = `${this.#store.started} ${this.parameter("open")}`;
    const row = this.#store.rows[this.#chosen(this.#store.rows)];
    if (this.#revealed === wanted || (!row && this.parameter("open"))) return;
    this.#revealed = wanted;
    if (!row) return;
    const [list, message] = ["kx-live-list", "kx-message"].map((name) => this.renderRoot.querySelector(name)) as [LiveListElement, LitElement];
    void list.updateComplete.then(() => list.reveal(row.id));
    void message.updateComplete.then(() => message.scrollIntoView()); // it is below the list, where the page is narrow
  }

  #open(row: Row | undefined): void {
    this.context.navigation.set({ open: row ? `${row.record.partition}/${row.record.offset}` : "" });
  }

  /** Opens the message before or after the open one. One that the list has no more is before all of it. */
  #step(by: number): void {
    const { rows } = this.#store;
    const row = rows[this.#chosen(rows) + by];
    if (row) this.#open(row);
  }

  #chosen(rows: readonly Row[]): number {
    const place = parsePlace(this.parameter("open"));
    return place ? rows.findIndex(({ record: r }) => r.partition === place.partition && r.offset === place.offset) : -1;
  }

  #keyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || isTaken(event)) return;
    if (event.key === "j") this.#step(1);
    else if (event.key === "k") this.#step(-1);
    else if (event.key === "Escape") this.#open(undefined);
  };

  #columnsNow(views: MessageViews, utc: boolean): MessageColumns {
    const { columns } = views;
    const chosen = { key: views.view("key"), value: views.view("value") };
    const widest = this.#store.partitions.reduce((most, p) => Math.max(most, grouped(p.end).length), 0);
    const of = JSON.stringify([columns, chosen, utc, widest]);
    if (!this.#columns || of !== this.#columnsOf) [this.#columns, this.#columnsOf] = [messageColumns(columns, chosen, utc, widest), of];
    return this.#columns;
  }

  protected override render() {
    const { context, store: { name: topic, detail } } = this;
    const { navigation, preferences, cluster } = context;
    const store = this.#store;
    const utc = preferences.get("utc", false);
    this.#views ??= new MessageViews(preferences, topic);
    const query = store.query ?? parseQuery(this.route.parameters);
    const place = parsePlace(this.parameter("open"));
    const { rows } = store;
    const chosen = this.#chosen(rows);
    const linkOf = (parameters: Record<string, string>) => navigation.link({ page: "topic", topic, tab: "messages" }, parameters);
    if (!this.#mayRead) return html`<p class="empty">You may not read messages here. The brokers' ACLs or the bridge's policy forbid it.</p>`;
    return html`
      <kx-message-bar .query=${query} .partitions=${detail.value?.partitions} ?utc=${utc} .partitionFor=${(key: string) => store.partitionFor(key)}
        @kx-query=${(e: CustomEvent<Record<string, string>>) => this.#read(e.detail)}></kx-message-bar>
      ${problem(this.shown(store.error), () => void store.resume())}
      ${notices(store, this.store)}
      ${scanFacts(store, html`<button type="button" @click=${() => (this.dialog = "columns")}>Columns</button><button type="button" @click=${() => (this.dialog = "filters")}>Saved</button>
        ${cluster.may("Produce") && !store.isLive ? html`<a class="button" href=${navigation.link({ page: "redrive" }, { topic, ...formatQuery(query) })}>Redrive…</a>` : nothing}`)}
      <div class="both ${place ? "open" : ""}">
        ${rows.length > 0 ? keyed(store.started, this.#list(rows, chosen, utc)) : noMessages(store, detail.value?.layout)}
        ${place ? html`<kx-message .open=${store.opened} .views=${this.#views} ?utc=${utc} link=${linkOf(toMessage(place.partition, place.offset))}
          .produce=${cluster.may("Produce") ? navigation.link({ page: "produce" }, { from: `${topic}/${place.partition}/${place.offset}` }) : undefined}
          .hasPrevious=${chosen > 0} .hasNext=${chosen + 1 < rows.length} @kx-step=${(e: CustomEvent<number>) => this.#step(e.detail)} @kx-close=${() => this.#open(undefined)}></kx-message>` : nothing}
      </div>
      <kx-message-saved .views=${this.#views} .which=${this.dialog} .names=${this.dialog === "columns" ? this.#names(rows) : []} .query=${new URLSearchParams(Object.entries(formatQuery(query)).filter(([, v]) => v !== "")).toString()}
        .linkOf=${(saved: string) => linkOf(Object.fromEntries(new URLSearchParams(saved)))} @kx-close=${() => (this.dialog = undefined)}></kx-message-saved>`;
  }

  #list(rows: readonly Row[], chosen: number, utc: boolean) {
    const { where } = this.#store.query!;
    const { tracks, narrow, header, cells } = this.#columnsNow(this.#views!, utc);
    return html`<kx-live-list label="Messages" .rows=${rows} .tracks=${tracks} .narrowTracks=${narrow} .header=${header} .cells=${(row: Row) => cells(row.record)} .chosen=${rows[chosen]?.id}
      .follows=${where.at === "newest" || where.at === "live"} @kx-choose=${(e: CustomEvent<Row>) => this.#open(e.detail)}></kx-live-list>`;
  }

  /** Reads what the bar says, and anew if that is the same: updated() starts another query. */
  #read(parameters: Record<string, string>): void {
    const store = this.#store;
    if (this.#isAsked(parameters)) void store.start(store.query!);
    this.context.navigation.set(parameters);
  }

  /** The names that the values of the first rows have. */
  #names(rows: readonly Row[]): string[] {
    return [...new Set(rows.slice(0, 20).flatMap(({ record }) => namesIn(record.text() ?? "")))];
  }
}
customElements.define("kx-messages", MessagesPage);
