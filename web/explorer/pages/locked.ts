import { css, html, LitElement, nothing } from "lit";
import { base } from "../elements/style.js";

/** Asks for a token. A kx-token event has what was typed. */
class LockedPage extends LitElement {
  static override properties = { refused: { type: Boolean }, said: {} };
  /** Whether a token was refused; else there was none. */
  declare refused: boolean;
  /** What the bridge said of it. */
  declare said: string;

  static override styles = [base, css`
    :host { display: block; overflow: auto; padding: 8vh 16px; flex: 1; }
    form { width: min(34rem, 100%); margin: auto; display: grid; gap: 12px; }
    .pair { display: flex; gap: 10px; flex-wrap: wrap; }
    input { flex: 1 1 200px; }
    code { font: 13px var(--mono); }
  `];

  protected override firstUpdated(): void {
    this.renderRoot.querySelector("input")!.focus();
  }

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const token = this.renderRoot.querySelector("input")!.value.trim();
    if (token !== "") this.dispatchEvent(new CustomEvent("kx-token", { detail: token }));
  };

  protected override render() {
    return html`<form @submit=${this.#submit}>
      <h1>${this.refused ? "The bridge refuses this token" : "The bridge wants a token"}</h1>
      <p role="alert">${this.refused
        ? "kafkaio demo and kafkaio explore print another link each time they start. The operator of a kafkaio bridge may have removed the token, or it has ended."
        : "This address alone does not let a page in."}${this.said ? html` The bridge says: ${this.said}.` : nothing}</p>
      <p>If <code>kafkaio demo</code> or <code>kafkaio explore</code> runs in a terminal of yours, open the whole link that it printed. If this is a <code>kafkaio bridge</code>, ask its operator for a token.</p>
      <div class="pair"><input type="password" aria-label="Token" placeholder="Token" autocomplete="off" spellcheck="false" required><button class="primary">Go on</button></div>
      <p class="muted">The token keeps others away from the cluster. This browser forgets it with the last tab that uses it.</p>
    </form>`;
  }
}
customElements.define("kx-locked", LockedPage);
