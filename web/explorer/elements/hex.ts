import { css, html, LitElement } from "lit";
import { hexLines } from "../text/bytes.js";
import { base } from "./style.js";

/** Bytes as a hex dump: offset, sixteen bytes, and their ASCII characters. */
class HexElement extends LitElement {
  static override properties = { bytes: { attribute: false } };
  declare bytes: Uint8Array;

  static override styles = [base, css`
    :host { display: block; }
    div { display: flex; gap: 2ch; width: max-content; font: 12.5px/1.55 var(--mono); }
    pre { font: inherit; white-space: pre; }
    .muted { user-select: none; }
  `];

  constructor() {
    super();
    this.bytes = new Uint8Array();
  }

  protected override render() {
    const lines = hexLines(this.bytes);
    const column = (part: "offset" | "hex" | "ascii") => lines.map((l) => l[part]).join("\n");
    return html`<div><pre class="muted">${column("offset")}</pre><pre>${column("hex")}</pre><pre class="muted">${column("ascii")}</pre></div>`;
  }
}
customElements.define("kx-hex", HexElement);
