import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import type { Field, Frame } from "kafkaio";
import { base } from "../elements/style.js";
import { grouped } from "../figures.js";
import { adviceOf } from "../store/advice.js";
import type { WireStore } from "../store/wire.js";
import type { Entry } from "../store/wire_entries.js";
import { pathTo, type Row, type Space } from "../text/fields.js";
import { clock, latency } from "../text/wire_figures.js";
import { problem } from "./problem.js";
import "../elements/fields.js";
import "../elements/hex_spans.js";

const whyRedacted: Record<NonNullable<Frame["redacted"]>, string> = {
  sasl: "It is part of authentication, so its bytes stay in the Worker.",
  secret: "Messages of this API may have credentials in them, so its bytes stay in the Worker.",
  tls: "The page itself speaks TLS on this socket, so its bytes can't be read.",
};

/** A frame: its fields beside its bytes. A field highlights its bytes, and a byte its field. Event: kx-choose with a frame. */
class WireDetail extends LitElement {
  static override properties = { store: { attribute: false }, entry: { attribute: false }, peer: { attribute: false }, missed: { type: Boolean }, utc: { type: Boolean }, root: { state: true }, failure: { state: true }, chosen: { state: true }, hovered: { state: true }, space: { state: true } };
  declare store: WireStore;
  declare entry: Entry;
  /** The entry's own, so that it is drawn again when they change. */
  declare peer: Entry | undefined;
  declare missed: boolean;
  declare utc: boolean;
  declare root: Field | undefined;
  declare failure: unknown;
  declare chosen: Field | undefined;
  declare hovered: Field | undefined;
  /** Whose bytes the dump has. */
  declare space: Space | undefined;

  static override styles = [base, css`
    :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; background: var(--surface); container-type: inline-size; }
    .head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 14px; padding: 8px var(--gutter); border-bottom: 1px solid var(--line); background: var(--raised); }
    .head h2 { margin-inline-end: auto; }
    .head .fact { font-size: 12.5px; color: var(--muted); }
    .head button { min-height: 26px; padding: 0 8px; }
    .both { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, max-content); }
    kx-hex-spans { border-inline-start: 1px solid var(--line); width: 640px; max-width: 53cqi; }
    .right { display: flex; flex-direction: column; min-height: 0; min-width: 0; }
    .right kx-hex-spans { flex: 1; }
    .inside { display: flex; gap: 10px; align-items: center; padding: 3px 10px; background: var(--warn-soft); border-bottom: 1px solid var(--warn-line); font-size: 12px; border-inline-start: 1px solid var(--line); }
    .inside button { min-height: 22px; padding: 0 8px; margin-inline-start: auto; font-size: 12px; }
    .said { padding: 20px var(--gutter); }
    @container (max-width: 800px) {
      .both { grid-template-columns: minmax(0, 1fr); grid-template-rows: minmax(0, 1fr) minmax(0, 1fr); }
      kx-hex-spans { width: auto; max-width: none; border-inline-start: 0; }
      .right { border-block-start: 1px solid var(--line); }
    }
  `];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("entry")) return;
    this.root = this.chosen = this.hovered = this.space = this.failure = undefined;
    const { entry } = this;
    if (!entry.frame.bytes) return;
    this.store.decode(entry).then(
      (root) => entry === this.entry && (this.root = root),
      (e: unknown) => entry === this.entry && (this.failure = e),
    );
  }

  protected override render() {
    const { entry: { frame }, peer, missed } = this;
    const { api, apiVersion, direction, broker, connection, correlationId, at } = frame;
    const answer = direction === "response" ? frame : peer?.frame;
    return html`
      <div class="head">
        <h2>${api ? `${api} v${apiVersion}` : "Frame"} ${direction}</h2>
        <span class="fact figures">${clock(at, this.utc)}</span>
        <span class="fact figures">correlation id ${correlationId}</span>
        <span class="fact any">${broker} <span class="nowrap">connection ${connection}</span></span>
        <span class="fact figures">${grouped(frame.size)} bytes</span>
        ${answer?.latency === undefined ? nothing : html`<span class="fact figures">${latency(answer.latency)}</span>`}
        ${peer ? html`<button type="button" @click=${() => this.#tell(peer)}>${direction === "request" ? "Its response →" : "← Its request"}</button>` : html`<span class="fact">${direction === "request" ? (missed ? "no response is kept" : "no response so far") : "its request is not kept"}</span>`}
        <button type="button" class="plain" aria-label="Close" @click=${() => this.#tell(undefined)}>✕</button>
      </div>
      ${this.#content()}`;
  }

  #content() {
    const { entry: { frame }, root } = this;
    if (frame.unreadable !== undefined) return html`<p class="said">Neither this frame nor any later one of its connection can be read: ${frame.unreadable}.</p>`;
    if (frame.redacted) return html`<p class="said"><span class="tag warn">redacted</span> ${whyRedacted[frame.redacted]}</p>`;
    if (this.failure !== undefined) return problem(adviceOf(this.failure));
    const inside = this.space?.bytes;
    const bytes = inside ?? frame.bytes ?? new Uint8Array();
    return html`<div class="both">
      <kx-fields label="Fields" .root=${root} .chosen=${this.chosen} .hovered=${this.hovered} @kx-hover=${(e: CustomEvent<Row | undefined>) => (this.hovered = e.detail?.field)} @kx-choose=${this.#chooseRow}></kx-fields>
      <div class="right">
        ${inside ? html`<p class="inside"><span>What ${this.space!.of!.name} has inside, decompressed: ${grouped(inside.length)} bytes</span><button type="button" @click=${() => this.#leave()}>Back to the frame</button></p>` : nothing}
        <kx-hex-spans label=${inside ? "Decompressed bytes" : "Bytes of the frame"} .bytes=${bytes} .size=${inside ? inside.length : frame.size}
          .mark=${this.chosen} .hint=${this.hovered && this.#isShown(this.hovered) ? this.hovered : undefined} .describe=${this.#describe}
          @kx-hover=${(e: CustomEvent<number | undefined>) => (this.hovered = e.detail === undefined ? undefined : this.#path(e.detail).at(-1))}
          @kx-choose=${(e: CustomEvent<number>) => (this.chosen = this.#path(e.detail).at(-1))}></kx-hex-spans>
      </div>
    </div>`;
  }

  /** The fields that have a byte of the dump, from the outermost on. */
  #path(at: number): Field[] {
    const top = this.space?.of?.unpacked ?? this.root;
    return top ? pathTo(top, at) : [];
  }

  /** Whether a field is one of the dump's bytes. */
  #isShown(field: Field): boolean {
    return this.#path(field.start).includes(field);
  }

  #describe = (at: number): string => this.#path(at).slice(1).map((f) => f.name).join(" › ");

  #chooseRow = (event: CustomEvent<Row>): void => {
    const { field, space } = event.detail;
    this.space = space.bytes ? space : undefined;
    this.chosen = field;
  };

  #leave(): void {
    this.chosen = this.space?.of;
    this.space = undefined;
  }

  #tell(entry: Entry | undefined): void {
    this.dispatchEvent(new CustomEvent("kx-choose", { detail: entry }));
  }
}
customElements.define("kx-wire-detail", WireDetail);
