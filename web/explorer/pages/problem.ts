import { html, nothing } from "lit";
import type { Advice } from "../store/advice.js";
import "../elements/error.js";

/** An error, if there is one. */
export function problem(advice: Advice | undefined, retry?: () => void, retryAt?: number) {
  return advice ? html`<kx-error .heading=${advice.title} .text=${advice.text} .code=${advice.code} .retry=${retry} .retryAt=${retryAt}></kx-error>` : nothing;
}
