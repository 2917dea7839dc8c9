import { css, html, LitElement } from "lit";
import { hexLines } from "../text/bytes.js";
import { base } from "./style.js";

/** Bytes as a hex dump: offset, sixteen bytes, and their ASCII characters. */
class HexElement extends LitElement {
  static override properties = { bytes: { attribute: false } };
  declare bytes: Uint8Array;

  static override styles = [base, css`
    :host { display: block; }
    pre { font: 12.5px/1.55 var(--mono); white-space: pre; width: max-content; }
    .offset, .ascii { color: var(--muted); user-select: none; }
  `];

  constructor() {
    super();
    this.bytes = new Uint8Array();
  }

  protected override render() {
    const lines = hexLines(this.bytes);
    return html`<pre>${lines.map((l) => html`<span class="offset">${l.offset}  </span>${l.hex.padEnd(47)}<span class="ascii">  ${l.ascii}\n</span>`)}</pre>`;
  }
}
customElements.define("kx-hex", HexElement);
