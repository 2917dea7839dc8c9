import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { counted, grouped } from "../figures.js";
import { absence, base64, firstBytes, hex, isMostlyText, segments, segmentsOfText, textOf, wholeCharacters, type Part, type Segment } from "../text/bytes.js";
import { indent, type Piece } from "../text/json.js";
import { base } from "./style.js";
import "./hex.js";

type View = "json" | "text" | "hex" | "base64";

const labels: Record<View, string> = { json: "JSON", text: "Text", hex: "Hex", base64: "Base64" };

/** How many bytes are shown first; each time that more are asked for, it is twice as many. */
const slice = 16 * 1024;

/**
 * Bytes as they are: JSON indented from its own text, text, hex or base64. length is that of the whole, of which bytes
 * may be the beginning; more fetches all of it. Event: kx-view with the view that was chosen by hand.
 */
class ValueElement extends LitElement {
  static override properties = { label: {}, kind: {}, view: {}, bytes: { attribute: false }, length: { type: Number }, more: { attribute: false }, shown: { state: true }, note: { state: true }, fetching: { state: true } };
  declare label: string;
  declare kind: Part;
  /** undefined: the one that suits the bytes. */
  declare view: View | undefined;
  declare bytes: Uint8Array | null;
  declare length: number;
  declare more: (() => Promise<Uint8Array | null>) | undefined;
  declare shown: number;
  declare note: string;
  declare fetching: boolean;
  #text: string | undefined; // of what is shown
  #json: Piece[] | undefined;

  static override styles = [base, css`
    :host { display: block; min-width: 0; }
    .head { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; padding-block: 6px; }
    .head h3 { font-size: 13px; font-weight: 600; margin-inline-end: auto; }
    .views { display: flex; }
    .views button { min-height: 28px; padding: 2px 9px; border-radius: 0; margin-inline-start: -1px; }
    [aria-pressed=true] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
    .box { max-height: var(--value-height, 60vh); overflow: auto; padding: 10px 12px; border: 1px solid var(--line); border-radius: var(--round); background: var(--surface); }
    pre { font: 12.5px/1.55 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; direction: ltr; unicode-bidi: isolate; }
    pre span { unicode-bidi: isolate; }
    .name { color: var(--json-name); }
    .string { color: var(--json-string); }
    .number { color: var(--json-number); }
    .literal { color: var(--json-literal); }
    .foot { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; padding-block: 6px; color: var(--muted); font-size: 12.5px; }
  `];

  constructor() {
    super();
    [this.label, this.kind, this.bytes, this.length, this.shown, this.note, this.fetching] = ["Value", "value", null, -1, slice, "", false];
  }

  /** What is shown of the bytes. */
  get #cut(): Uint8Array {
    const cut = firstBytes(this.bytes!, this.shown);
    return this.length > this.bytes!.length ? cut.subarray(0, wholeCharacters(cut)) : cut; // it came cut
  }

  get #isCut(): boolean {
    return Math.max(this.length, this.bytes!.length) > this.#cut.length;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("bytes") || changed.has("length")) this.note = "";
    if (!this.bytes || !(changed.has("bytes") || changed.has("length") || changed.has("shown"))) return;
    this.#text = textOf(this.#cut);
    this.#json = this.#text === undefined ? undefined : indent(this.#text, { cut: this.#isCut });
  }

  get #chosen(): View {
    if (this.view && (this.view !== "json" || this.#json)) return this.view;
    if (this.#json) return "json";
    return isMostlyText(this.bytes!) ? "text" : "hex";
  }

  protected override render() {
    const none = absence(this.bytes, this.kind);
    if (none) return html`<div class="head"><h3>${this.label}</h3></div><p><span class="tag ${none === "tombstone" ? "warn" : ""}">${none}</span></p>`;
    const chosen = this.#chosen;
    const all = (Object.keys(labels) as View[]).filter((v) => v !== "json" || this.#json);
    return html`<div class="head"><h3>${this.label}</h3>
        <div class="views" role="group" aria-label="Show ${this.label} as">${all.map((v) => html`<button type="button" aria-pressed=${v === chosen} @click=${() => this.#choose(v)}>${labels[v]}</button>`)}</div>
        <button type="button" @click=${() => void this.#copy(chosen)}>Copy</button>
      </div>
      <div class="box" tabindex="0" role="region" aria-label="${this.label}, ${labels[chosen]}">${this.#content(chosen)}</div>
      <div class="foot"><span class="figures">${counted(Math.max(this.length, this.bytes!.length), "byte")}${this.#isCut ? `, of which the first ${grouped(this.#cut.length)} are shown` : ""}</span>
        ${this.#isCut ? html`<button type="button" ?disabled=${this.fetching} @click=${() => void this.#showMore()}>Show more</button>` : nothing}
        <span role="status">${this.note}</span></div>`;
  }

  #content(view: View): TemplateResult {
    switch (view) {
      case "json":
        return html`<pre>${this.#json!.map((p) => (p.kind === "space" || p.kind === "mark" ? p.text : html`<span class=${p.kind}>${visible(segmentsOfText(p.text))}</span>`))}</pre>`;
      case "text":
        return html`<pre>${visible(this.#text === undefined ? segments(this.#cut) : segmentsOfText(this.#text))}</pre>`;
      case "hex":
        return html`<kx-hex .bytes=${this.#cut}></kx-hex>`;
    }
    return html`<pre>${base64(this.#cut)}</pre>`;
  }

  #choose(view: View): void {
    this.view = view;
    this.dispatchEvent(new CustomEvent("kx-view", { detail: view }));
  }

  async #showMore(): Promise<void> {
    this.fetching = true;
    try {
      if (this.shown >= this.bytes!.length && this.more) this.bytes = await this.more();
      this.shown *= 2;
    } catch (e) {
      this.note = e instanceof Error ? e.message : String(e);
    } finally {
      this.fetching = false;
    }
  }

  /** Copies all the bytes: as their own text, which JSON isn't indented in, or as hex or base64. */
  async #copy(view: View): Promise<void> {
    try {
      if (this.length > this.bytes!.length && this.more) this.bytes = await this.more();
      const bytes = this.bytes!;
      if (this.length > bytes.length) throw new Error("Not copied: the rest of the value isn't here.");
      const text = view === "hex" ? hex(bytes) : view === "base64" ? base64(bytes) : textOf(bytes);
      if (text === undefined) throw new Error("Not copied: these bytes are no text. Hex and Base64 can be copied.");
      if (!isSecureContext) throw new Error("Not copied: browsers let a page use the clipboard only over https, or on localhost.");
      await navigator.clipboard.writeText(text);
      this.note = "Copied";
    } catch (e) {
      this.note = e instanceof Error ? e.message : String(e);
    }
  }
}
customElements.define("kx-value", ValueElement);

function visible(all: Segment[]) {
  return all.map((s) => (s.kind === "text" ? s.shown : html`<mark class=${s.kind === "invalid" ? "invalid" : ""} title=${s.kind === "invalid" ? "no UTF-8" : nothing}>${s.shown}</mark>`));
}
