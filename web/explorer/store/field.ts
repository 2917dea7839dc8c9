import { base64, hex, isMostlyText, textOf } from "../text/bytes.js";
import { isJSON, mayBeJSON, whereJSONEnds } from "../text/json.js";
import { fromBase64, fromHex, lineEnd } from "../text/typed.js";

export type Encoding = "text" | "json" | "hex" | "base64";

/** How a field is written; null: it has no bytes at all. */
export type Format = "null" | Encoding;

/** The bytes that a field stands for, or what is wrong with its text. */
export type Read = { bytes: Uint8Array | null; problem?: undefined } | { problem: string };

/** A key, a value or a header that is edited. What came from a record stays as it is stored until its text is changed. */
export class Field {
  /** As written in the encoding. */
  text = "";
  #encoding: Encoding = "text"; // of text, also while the field is null
  #lineEnd = "\n";
  #isEdited = false;
  #read: Read | undefined;

  /** stored: what a record has; undefined: it is a new one, of no bytes or of an empty text. */
  constructor(
    readonly stored: Uint8Array | null | undefined,
    public format: Format = stored === null ? "null" : "text",
  ) {
    if (stored) this.#show(stored, suiting(stored));
  }

  /** Whether these are the bytes that a record has. */
  get isAsStored(): boolean {
    return this.format === "null" ? this.stored === null : !this.#isEdited && !!this.stored;
  }

  edit(text: string): void {
    [this.text, this.#isEdited, this.#read] = [text, true, undefined];
  }

  /** Whether the bytes can be written so. What isn't understood can be taken for anything. */
  can(format: Format): boolean {
    if (format === "null" || isTextual(this.#encoding) === isTextual(format)) return true;
    const bytes = this.#bytes();
    return !isTextual(format) || bytes.problem !== undefined || asText(bytes.bytes!) !== undefined;
  }

  /** Writes the same bytes in another way. */
  setFormat(format: Format): void {
    if (!this.can(format)) return;
    this.#read = undefined;
    if (format !== "null" && format !== this.#encoding) {
      const { bytes } = { bytes: undefined, ...this.#bytes() };
      if (bytes) this.#show(bytes, format);
      this.#encoding = format;
    }
    this.format = format;
  }

  read(): Read {
    return (this.#read ??= this.format === "null" ? { bytes: null } : this.#checked());
  }

  #checked(): Read {
    const end = this.#encoding === "json" ? whereJSONEnds(this.text) : undefined;
    return end === undefined ? this.#bytes() : { problem: `This is no JSON ${placeIn(this.text, end)}. As text it can be sent all the same.` };
  }

  #show(bytes: Uint8Array, encoding: Encoding): void {
    const text = asText(bytes);
    this.#encoding = this.format = encoding;
    this.text = encoding === "hex" ? hex(bytes) : encoding === "base64" ? base64(bytes) : text!;
    if (isTextual(encoding)) this.#lineEnd = lineEnd(text!)!;
  }

  /** The bytes, unless the field is null. */
  #bytes(): Read {
    if (!this.#isEdited && this.stored) return { bytes: this.stored };
    if (isTextual(this.#encoding)) return { bytes: new TextEncoder().encode(this.text.replace(/\r?\n/g, this.#lineEnd)) };
    const bytes = this.#encoding === "hex" ? fromHex(this.text) : fromBase64(this.text);
    if (bytes) return { bytes };
    return { problem: this.#encoding === "hex" ? "Hex is two digits for each byte, 0 to 9 and a to f." : "This is no base64." };
  }
}

function isTextual(format: Format): boolean {
  return format === "text" || format === "json";
}

/** The text that bytes are, if a text field gives it back as it was. */
function asText(bytes: Uint8Array): string | undefined {
  const text = textOf(bytes);
  return text === undefined || lineEnd(text) === undefined ? undefined : text;
}

function suiting(bytes: Uint8Array): Encoding {
  const text = asText(bytes);
  if (text === undefined || !isMostlyText(bytes)) return "hex";
  return mayBeJSON(text) && isJSON(text) ? "json" : "text";
}

function placeIn(text: string, at: number): string {
  const lines = text.slice(0, at).split("\n");
  return text.trim() === "" ? "yet" : `after line ${lines.length}, column ${lines.at(-1)!.length}`;
}
