// Bytes as text, so that each of them can be seen: what no font shows is a segment of its own.

/**
 * A part of bytes. text: characters as stored. invalid: bytes that are no UTF-8, and shown is their hex. hidden: one
 * character that is invisible, or reorders the text around it, and shown is its name, such as U+202E.
 */
export interface Segment {
  kind: "text" | "invalid" | "hidden";
  shown: string;
}

/** Characters that nobody sees: controls but for tab and line feed, those of bidirectional text, and the invisible ones. */
const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\u{e0000}-\u{e007f}]|\r(?!\n)/gu;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text that the bytes are; undefined if they are no UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The segments of a text. */
export function segmentsOfText(text: string): Segment[] {
  const segments: Segment[] = [];
  let done = 0;
  for (const { 0: character, index } of text.matchAll(hidden)) {
    if (index > done) segments.push({ kind: "text", shown: text.slice(done, index) });
    segments.push({ kind: "hidden", shown: "U+" + character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0") });
    done = index + character.length;
  }
  if (done < text.length) segments.push({ kind: "text", shown: text.slice(done) });
  return segments;
}

/** The segments of bytes. Bytes that are no UTF-8 are together in one, and change nothing beside them. */
export function segments(bytes: Uint8Array): Segment[] {
  const all: Segment[] = [];
  for (let at = 0; at < bytes.length; ) {
    const valid = validEnd(bytes, at);
    if (valid > at) all.push(...segmentsOfText(decoder.decode(bytes.subarray(at, valid))));
    let end = valid;
    while (end < bytes.length && characterLength(bytes, end) === 0) end++;
    if (end > valid) all.push({ kind: "invalid", shown: hex(bytes.subarray(valid, end)) });
    at = end;
  }
  return all;
}

/** Where the UTF-8 that begins at this byte ends. */
function validEnd(bytes: Uint8Array, at: number): number {
  for (let length = 1; length > 0 && at < bytes.length; at += length) length = characterLength(bytes, at);
  return at;
}

/** The bytes of the character that begins here; 0 if none does. RFC 3629, section 4. */
function characterLength(bytes: Uint8Array, at: number): number {
  const length = announced(bytes[at]!);
  if (length < 2) return length;
  if (at + length > bytes.length || !isSecond(bytes[at]!, bytes[at + 1]!)) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

function announced(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** Neither longer than it must be, nor a surrogate, nor beyond U+10FFFF. */
function isSecond(first: number, second: number): boolean {
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= most;
}

/** The first bytes, at most so many, without the part of a character that the cut goes through. */
export function firstBytes(bytes: Uint8Array, most: number): Uint8Array {
  if (bytes.length <= most) return bytes;
  return bytes.subarray(0, wholeCharacters(bytes.subarray(0, most)));
}

/** How many bytes there are before a character that the end cuts. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const first = bytes[bytes.length - back]!;
    if ((first & 0xc0) === 0x80) continue;
    const isCut = announced(first) > back && (back === 1 || isSecond(first, bytes[bytes.length - back + 1]!));
    return isCut ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Whether bytes are better read as text: at most every tenth of the first ones is none. */
export function isMostlyText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, Math.min(bytes.length, 4096));
  let bad = 0;
  for (const s of segments(sample.subarray(0, wholeCharacters(sample)))) {
    if (s.kind === "invalid") bad += (s.shown.length + 1) / 3;
    else if (s.kind === "hidden") bad++;
  }
  return bad * 10 <= sample.length;
}

const hexOf = Array.from({ length: 256 }, (_, b) => b.toString(16).padStart(2, "0"));

/** "00 ff". */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => hexOf[b]).join(" ");
}

/** Sixteen bytes of a dump, or those that are left. */
export interface HexLine {
  offset: string;
  hex: string;
  ascii: string;
}

/** The lines of a hex dump. A byte that is no ASCII character is a middle dot. */
export function hexLines(bytes: Uint8Array, first = 0, count = Infinity, columns = 16): HexLine[] {
  const lines: HexLine[] = [];
  const digits = Math.max(6, bytes.length.toString(16).length);
  for (let at = first * columns; at < bytes.length && lines.length < count; at += columns) {
    const row = bytes.subarray(at, at + columns);
    const ascii = Array.from(row, (b) => (b > 31 && b < 127 ? String.fromCharCode(b) : "·")).join("");
    lines.push({ offset: at.toString(16).padStart(digits, "0"), hex: hex(row), ascii });
  }
  return lines;
}

/** Bytes in base64, with padding. */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

export type Part = "key" | "value" | "header";

/** The word for what has no bytes to show: a null value is a tombstone. undefined: there are bytes. */
export function absence(bytes: Uint8Array | null, part: Part): "null" | "empty" | "tombstone" | undefined {
  if (bytes === null) return part === "value" ? "tombstone" : "null";
  return bytes.length === 0 ? "empty" : undefined;
}
