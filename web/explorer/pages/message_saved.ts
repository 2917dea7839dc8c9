import { css, html, LitElement, nothing } from "lit";
import { base } from "../elements/style.js";
import { Watch } from "../elements/watch.js";
import type { MessageViews } from "../store/message_views.js";
import { parsePath } from "../text/paths.js";
import "../elements/dialog.js";

/** The saved filters and the columns of a topic. Event: kx-close. */
class MessageSaved extends LitElement {
  static override properties = { views: { attribute: false }, which: {}, query: {}, names: { attribute: false }, linkOf: { attribute: false }, wrong: { state: true } };
  declare views: MessageViews;
  declare which: "filters" | "columns" | undefined;
  /** The query that is in the URL now. */
  declare query: string;
  /** Paths to choose from. */
  declare names: readonly string[];
  declare linkOf: (query: string) => string;
  declare wrong: string;

  static override styles = [base, css`
    form { display: flex; flex-wrap: wrap; gap: 8px; }
    form input { flex: 1; }
    li { display: flex; align-items: center; gap: 10px; }
    li > :first-child { flex: 1; overflow-wrap: anywhere; }
    .content, ul { display: grid; gap: 10px; }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.views?.changes]);
  }

  #close = (): void => {
    this.wrong = "";
    this.dispatchEvent(new Event("kx-close"));
  };

  #add = (event: SubmitEvent): void => {
    event.preventDefault();
    const input = this.renderRoot.querySelector("input")!;
    const name = input.value.trim();
    if (name === "") return;
    if (this.which === "filters") this.views.save({ name, query: this.query });
    else if (!parsePath(name)) return void (this.wrong = `“${name}” is no path. Paths are such as a.b[0] or a["b c"].`);
    else this.views.columns = [...new Set([...this.views.columns, name])];
    [input.value, this.wrong] = ["", ""];
  };

  protected override render() {
    const isFilters = this.which === "filters";
    const { views } = this;
    return html`<kx-dialog heading=${isFilters ? "Saved filters" : "Columns"} ?open=${this.which !== undefined} @kx-close=${this.#close}>
      <div class="content">
        <p class="muted">${isFilters ? "Where to read from and what to look for, by name. They stay in this browser." : "A column shows what values that are JSON have at a path."}</p>
        <form @submit=${this.#add}><input class=${isFilters ? "" : "mono"} aria-label=${isFilters ? "Name" : "Path"} placeholder=${isFilters ? "Name for what is read now" : "a.b[0]"} list=${isFilters ? nothing : "names"} autocomplete="off" spellcheck="false" autofocus>
          <button class="primary">${isFilters ? "Save" : "Add"}</button><datalist id="names">${this.names.map((n) => html`<option value=${n}></option>`)}</datalist></form>
        ${this.wrong ? html`<p class="bad" role="alert">${this.wrong}</p>` : nothing}
        <ul>${isFilters ? views.filters.map(({ name, query }) => html`<li><a href=${this.linkOf(query)} title=${query || "as usual"} @click=${this.#close}>${name}</a>${remove(name, () => views.forget(name))}</li>`)
          : views.columns.map((path) => html`<li><span class="mono">${path}</span>${remove(path, () => (views.columns = views.columns.filter((c) => c !== path)))}</li>`)}</ul>
      </div>
    </kx-dialog>`;
  }
}
customElements.define("kx-message-saved", MessageSaved);

function remove(name: string, work: () => void) {
  return html`<button type="button" aria-label="Remove ${name}" @click=${work}>Remove</button>`;
}
