import { KafkaError } from "kafkaio";
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { appStyle } from "./app_style.js";
import { makeContext } from "./context.js";
import { Refresh } from "./elements/refresh.js";
import { base } from "./elements/style.js";
import { Watch } from "./elements/watch.js";
import { listenForKeys, type Shortcut } from "./keys.js";
import type { Navigation } from "./navigation.js";
import type { Context } from "./pages/page.js";
import { entries, pageAt, titleOf, under } from "./pages/pages.js";
import { problem } from "./pages/problem.js";
import { adviceOf } from "./store/advice.js";
import { Refused } from "./store/bridge_list.js";
import type { Preferences } from "./store/preferences.js";
import type { Session, SessionState } from "./store/session.js";
import "./elements/dialog.js";
import "./elements/error.js";
import "./pages/locked.js";

const words: Record<SessionState, string> = { connecting: "Connecting", connected: "Connected", reconnecting: "Reconnecting", locked: "Not connected", choosing: "No cluster chosen" };

const shortcuts: readonly Shortcut[] = [
  { keys: ["/"], does: "search on this page" },
  { keys: ["↑", "↓"], does: "move in a list; also Page Up, Page Down, Home, End" },
  { keys: ["Enter"], does: "open what has the focus" },
  { keys: ["j", "k"], does: "open the next or the previous message" },
  { keys: ["Esc"], does: "close a dialog or a message" },
  ...entries.map((e) => ({ keys: ["g", e.key], does: `go to ${e.label}` })),
  { keys: ["?"], does: "show this sheet" },
];

/** The shell: navigation, the state of the connection, and the page of the route. */
export class App extends LitElement {
  static override properties = { session: { attribute: false }, navigation: { attribute: false }, preferences: { attribute: false }, sheet: { state: true } };
  declare session: Session;
  declare navigation: Navigation;
  declare preferences: Preferences;
  declare sheet: boolean;
  #context: Context | undefined;
  #of = ""; // the cluster that the context is of
  #shownPage = "";

  static override styles = [base, appStyle];

  constructor() {
    super();
    new Watch(this, () => [this.session?.changes, this.navigation?.changes, this.preferences?.changes, this.#context?.cluster.changes, this.#context?.watch.changes]);
    new Refresh(this, 1000, () => this.#context?.watch.ask(), () => this.#context?.watch.pause());
  }

  protected override firstUpdated(): void {
    this.navigation.mayLeave = () => !this.#context?.redrive.run?.isSending || confirm("A redrive is under way. Leaving this cluster breaks it off, and nobody will know of some records whether they are stored.");
    listenForKeys({
      sheet: () => (this.sheet = true),
      search: () => this.#page?.renderRoot.querySelector<HTMLElement>("[data-search]")?.focus() ?? this.#nested()?.focus(),
      go: (key) => {
        const entry = entries.find((e) => e.key === key);
        if (entry) this.navigation.go(this.navigation.link({ page: entry.page }));
        return entry !== undefined;
      },
    });
  }

  get #page(): LitElement | null {
    return this.renderRoot.querySelector<LitElement>("main > *");
  }

  /** The search field of a part of the page. */
  #nested(root = this.#page?.renderRoot): HTMLElement | undefined {
    for (const { renderRoot } of root?.querySelectorAll<LitElement>("*") ?? []) {
      const found = renderRoot && (renderRoot.querySelector<HTMLElement>("[data-search]") ?? this.#nested(renderRoot));
      if (found) return found;
    }
    return undefined;
  }

  protected override willUpdate(): void {
    if (this.#context && this.#of === this.session.cluster) return;
    this.#context?.watch.end();
    this.#context = makeContext(this.session, this.navigation, this.preferences);
    this.#of = this.session.cluster;
  }

  protected override updated(_: PropertyValues<this>): void {
    const { route } = this.navigation;
    const name = route.page === "topic" ? `topic ${route.topic} ${route.tab}` : route.page === "group" ? `group ${route.group}` : route.page;
    const title = titleOf(route);
    document.title = title ? `${title} · kafkaio` : "kafkaio";
    document.documentElement.dataset["theme"] = this.preferences.get("theme", "auto");
    if (this.#shownPage !== "" && this.#shownPage !== name && !this.renderRoot.querySelector("main")!.contains(this.#focused)) this.renderRoot.querySelector("main")!.focus({ preventScroll: true });
    this.#shownPage = name;
    if (this.session.kafka && this.#context && !this.#context.cluster.answer.value && !this.#context.cluster.answer.asking && this.#context.cluster.answer.error === undefined) void this.#context.cluster.load();
  }

  get #focused(): Element | null {
    return (this.renderRoot as ShadowRoot).activeElement;
  }

  protected override render() {
    const { session, navigation } = this;
    const { route } = navigation;
    const several = (session.list?.clusters.length ?? 0) > 1;
    return html`
      <header>
        <a class="skip" href="#main" @click=${this.#skip}>Skip to the page</a>
        <p class="brand"><img src="explorer/icon.svg" alt="" width="22" height="22">kafkaio</p>
        ${several ? html`<select aria-label="Cluster" .value=${session.chosen?.name ?? ""} @change=${this.#choose}>
          ${session.chosen ? nothing : html`<option value="">choose a cluster</option>`}
          ${session.list!.clusters.map((c) => html`<option value=${c.name} ?selected=${c === session.chosen}>${c.name}</option>`)}</select>` : nothing}
        <nav aria-label="Pages">${entries.map((e) => html`<a href=${navigation.link({ page: e.page })} aria-current=${e.page === (under[route.page] ?? route.page) ? "page" : nothing}>${e.label}</a>`)}</nav>
        <div class="foot">
          <p class="status" role="status" data-state=${session.state}>${words[session.state]}</p>
          ${this.#isReadOnly ? html`<span class="tag" title="Neither the bridge's policy nor the brokers let you write here">read-only</span>` : nothing}
          <div class="buttons">
            <button type="button" class="plain" aria-label="Theme: ${this.#theme}" title="Theme: ${this.#theme}" @click=${this.#turnTheme}>${{ auto: "◐", light: "☀", dark: "☾" }[this.#theme]}</button>
            <button type="button" class="plain" title="Times: ${this.#utc ? "UTC" : "local"}" aria-label="Times: ${this.#utc ? "UTC" : "local"}" @click=${() => this.preferences.set("utc", !this.#utc)}>${this.#utc ? "UTC" : "Local"}</button>
            <button type="button" class="plain" aria-label="Keys" title="Keys (?)" @click=${() => (this.sheet = true)}>?</button>
          </div>
        </div>
      </header>
      <main id="main" tabindex="-1">
        ${this.#trouble()}
        ${this.#content()}
      </main>
      <kx-dialog heading="Keys" ?open=${this.sheet} @kx-close=${() => (this.sheet = false)}>
        <dl>${shortcuts.map((s) => html`<dt>${s.keys.map((k) => html`<kbd>${k}</kbd> `)}</dt><dd>${s.does}</dd>`)}</dl>
      </kx-dialog>`;
  }

  /** What is wrong with the connection, or with brokers: a page has that of its questions. */
  #trouble() {
    const { session } = this;
    if (session.state === "locked") return nothing;
    if (session.state === "connecting" && session.error !== undefined) return problem(adviceOf(session.error), () => session.retry(), session.retryAt);
    const lost = session.kafka && !KafkaError.is(session.error, "ERR_BRIDGE_UNREACHABLE") ? this.#context!.watch.lost : undefined;
    if (lost) return this.navigation.route.page === "cluster" ? nothing : problem(lost);
    return problem(session.error === undefined ? undefined : adviceOf(session.error), undefined, session.retryAt);
  }

  #content() {
    const { session, navigation } = this;
    const { route } = navigation;
    const context = this.#context!;
    if (session.state === "locked") {
      const said = session.error instanceof Refused ? session.error.message : "";
      return html`<kx-locked ?refused=${session.token !== ""} .said=${said} @kx-token=${(e: CustomEvent<string>) => navigation.onToken(e.detail)}></kx-locked>`;
    }
    if (session.state === "choosing") return pageAt({ page: "clusters", parameters: route.parameters }, context);
    const isKnown = context.topics.answer.value ?? context.cluster.answer.value;
    if (!session.kafka && !isKnown && route.page !== "clusters" && route.page !== "unknown") return html`<h1 class="lost">${session.error === undefined ? "Connecting to the cluster…" : "Not connected yet."}</h1>`;
    return keyed(session.kafka, keyed(route.page === "topic" ? `t/${route.topic}` : route.page === "group" ? `g/${route.group}` : route.page, pageAt(route, context)));
  }

  /** Whether it is known that this client may write nothing. */
  get #isReadOnly(): boolean {
    const cluster = this.#context!.cluster;
    return cluster.knowsRights && !["Produce", "CreateTopics", "DeleteTopics", "DeleteGroups"].some((api) => cluster.may(api));
  }

  get #theme(): "auto" | "light" | "dark" {
    const kept = this.preferences.get<string>("theme", "auto");
    return kept === "light" || kept === "dark" ? kept : "auto";
  }

  get #utc(): boolean {
    return this.preferences.get("utc", false);
  }

  #turnTheme = (): void => this.preferences.set("theme", { auto: "light", light: "dark", dark: "auto" }[this.#theme]);

  #skip = (event: Event): void => {
    event.preventDefault();
    this.renderRoot.querySelector("main")!.focus();
  };

  #choose = (event: Event): void => {
    const select = event.target as HTMLSelectElement;
    const chosen = this.session.list?.clusters.find((c) => c.name === select.value);
    select.value = this.session.chosen?.name ?? ""; // until it is left
    if (chosen) this.navigation.go(this.navigation.link({ page: "topics" }, { cluster: chosen.default ? "" : chosen.name }));
  };
}
customElements.define("kx-app", App);
