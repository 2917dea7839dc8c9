// What the bytes of a key or a value are shown as: JSON, text or hex.

import { indent, tokens } from "./text/json.js";

const strictText = () => new TextDecoder("utf-8", { fatal: true });
const notText = /[\u0000-\u0008\u000e-\u001f\ufffe\uffff]/;

/** The most bytes of a value that are shown. */
export const shownBytes = 64 * 1024;

const previewBytes = 600;

/** The bytes as text, or null if they aren't. A character cut off at the end is left out. */
export function asText(bytes) {
  try {
    const text = strictText().decode(bytes, { stream: true });
    return notText.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** One line that stands for the bytes in the list. */
export function preview(bytes) {
  if (bytes === null) return { kind: "null", line: "null" };
  if (bytes.length === 0) return { kind: "null", line: "empty" };
  const text = asText(bytes.subarray(0, previewBytes));
  if (text === null) {
    const hex = Array.from(bytes.subarray(0, 32), hexByte).join(" ");
    return { kind: "hex", line: bytes.length > 32 ? hex + " …" : hex };
  }
  const line = text.replace(/\s+/g, " ").trim();
  return { kind: /^[[{]/.test(line) ? "json" : "text", line: bytes.length > previewBytes ? line + "…" : line };
}

/** The most characters of JSON that is indented: a thousand brackets, each in the other, would be two million. */
const indentedMost = 1_000_000;

/** The ways to show bytes, best first: [{name, text}]. length is that of the whole, of which they are the beginning. */
export function views(bytes, length = bytes.length) {
  const text = asText(bytes);
  const json = bytes.length === length && text !== null ? indent(text, indentedMost) : null;
  const all = [];
  if (json !== null) all.push({ name: "JSON", text: json });
  if (text !== null) all.push({ name: "Text", text });
  all.push({ name: "Hex", text: hexDump(bytes) });
  return all;
}

/** Lines of offset, 16 bytes in hex, and their ASCII characters. */
export function hexDump(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const hex = Array.from(row, hexByte).join(" ").padEnd(47);
    const ascii = Array.from(row, (b) => (b > 31 && b < 127 ? String.fromCharCode(b) : "·")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex}  ${ascii}`);
  }
  return lines.join("\n");
}

function hexByte(b) {
  return b.toString(16).padStart(2, "0");
}

/** Appends JSON text to an element, its tokens in spans that the style sheet colours. */
export function appendJSON(element, text) {
  let end = 0;
  for (const { kind, text: token, at } of tokens(text)) {
    if (kind === "mark" || kind === "other") continue;
    const span = document.createElement("span");
    span.className = kind;
    span.textContent = token;
    element.append(text.slice(end, at), span);
    end = at + token.length;
  }
  element.append(text.slice(end));
}

/** So many bytes, in words; -1 is null. */
export function size(n) {
  if (n < 0) return "null";
  if (n === 1) return "1 byte";
  if (n < 1024) return `${n} bytes`;
  return n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 / 1024).toFixed(1)} MiB`;
}
