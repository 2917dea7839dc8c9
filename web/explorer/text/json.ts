// JSON by its own text: a number that passed through a float, or a name that stands twice, would change.

export type TokenKind = "name" | "string" | "number" | "literal" | "mark";

/** Part of a text, from start to the character before end. */
export interface Token {
  kind: TokenKind;
  start: number;
  end: number;
}

/** A piece of shown text. Those of kind space are ours, all others are as stored. */
export interface Piece {
  kind: TokenKind | "space";
  text: string;
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const startOfNumber = /^-?(?:\d+(?:\.\d*)?(?:[eE][+-]?)?)?$/;
const literals = ["true", "false", "null"];

/** What may come next. */
type Due = "value" | "value or ]" | "name" | "name or }" | ":" | ", or end" | "nothing";

/**
 * Calls visit with each token of a text, in order; it ends when visit returns false. It returns whether the text, as
 * far as it was read, is JSON. cut: the text is the beginning of a longer one, and may end anywhere.
 */
export function scan(text: string, visit: (token: Token) => boolean | void, { cut = false } = {}): boolean {
  const isObject: boolean[] = []; // of each open container
  let due: Due = "value";
  for (let at = 0; ; ) {
    at = afterSpace(text, at);
    if (at === text.length) return due === "nothing" || cut;
    const mark = text[at]!;
    let [kind, end]: [TokenKind, number] = ["mark", at + 1];
    if (mark === '"') {
      const isName: boolean = due.startsWith("name");
      if (!isName && !due.startsWith("value")) return false;
      end = endOfString(text, at);
      if (end < 0) return false;
      if (end > text.length && !cut) return false;
      end = Math.min(end, text.length);
      kind = isName ? "name" : "string";
      due = isName ? ":" : after(isObject);
    } else if (mark === "{" || mark === "[") {
      if (!due.startsWith("value")) return false;
      isObject.push(mark === "{");
      due = mark === "{" ? "name or }" : "value or ]";
    } else if (mark === "}" || mark === "]") {
      const opened = isObject.pop();
      if (opened !== (mark === "}") || !(due === ", or end" || due === (opened ? "name or }" : "value or ]"))) return false;
      due = after(isObject);
    } else if (mark === ",") {
      if (due !== ", or end") return false;
      due = isObject.at(-1) ? "name" : "value";
    } else if (mark === ":") {
      if (due !== ":") return false;
      due = "value";
    } else {
      if (!due.startsWith("value")) return false;
      [kind, end] = word(text, at, cut);
      if (end < 0) return false;
      due = after(isObject);
    }
    if (visit({ kind, start: at, end }) === false) return true;
    at = end;
  }
}

function after(isObject: boolean[]): Due {
  return isObject.length > 0 ? ", or end" : "nothing";
}

function afterSpace(text: string, at: number): number {
  for (; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) break;
  }
  return at;
}

/** Where the string ends; beyond the text if it doesn't, -1 if it is none. */
function endOfString(text: string, at: number): number {
  for (at++; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 34) return at + 1;
    if (c < 32) return -1;
    if (c !== 92) continue;
    if (++at >= text.length) break;
    if (text[at] === "u") {
      const digits = text.slice(at + 1, at + 5);
      if (!/^[0-9a-fA-F]*$/.test(digits)) return -1;
      if (digits.length < 4) break;
      at += 4;
    } else if (!'"\\/bfnrt'.includes(text[at]!)) return -1;
  }
  return text.length + 1;
}

/** A number or a literal; its end is -1 if it is none. */
function word(text: string, at: number, cut: boolean): [TokenKind, number] {
  for (const literal of literals) {
    if (text.startsWith(literal, at)) return ["literal", at + literal.length];
    if (cut && text.length - at < literal.length && literal.startsWith(text.slice(at))) return ["literal", text.length];
  }
  number.lastIndex = at;
  const end = number.test(text) ? number.lastIndex : -1;
  if (cut && end < text.length && startOfNumber.test(text.slice(at, at + 400)) && text.length - at <= 400) return ["number", text.length];
  return ["number", end];
}

/** Whether a text is JSON, of any kind. */
export function isJSON(text: string): boolean {
  return scan(text, () => {});
}

/** Where a text stops to be JSON: after its last good token. undefined: it doesn't. */
export function whereJSONEnds(text: string): number | undefined {
  let end = 0;
  return scan(text, (token) => void (end = token.end)) ? undefined : end;
}

/** Whether a text begins as an object or an array does. */
export function mayBeJSON(text: string): boolean {
  const first = text[afterSpace(text, 0)];
  return first === "{" || first === "[";
}

/** How deep JSON may be nested to be indented. Beyond, it would be mostly space. */
const deepest = 256;

/**
 * An object or an array with each member on a line of its own, and all else as stored. undefined: it is none, or
 * nested too deep, or would have more than so many characters. cut: text is the beginning of a longer one.
 */
export function indent(text: string, { most = 4 << 20, cut = false } = {}): Piece[] | undefined {
  if (!mayBeJSON(text)) return undefined;
  const pieces: Piece[] = [];
  let [length, depth, opened, fits] = [0, 0, false, true];
  const add = (kind: Piece["kind"], piece: string) => {
    const last = pieces.at(-1);
    length += piece.length;
    if (kind === "mark" && last?.kind === "mark") last.text += piece;
    else pieces.push({ kind, text: piece });
  };
  const line = () => add("space", "\n" + "  ".repeat(depth));
  const isWhole = scan(text, ({ kind, start, end }) => {
    const token = text.slice(start, end);
    const [opens, closes] = kind === "mark" ? [token === "{" || token === "[", token === "}" || token === "]"] : [false, false];
    if (closes) depth--;
    if (opened ? !closes : closes) line(); // an empty one has no lines
    add(kind, token);
    if (opens) depth++;
    opened = opens;
    if (kind === "mark" && token === ",") line();
    if (kind === "mark" && token === ":") add("space", " ");
    fits = depth <= deepest && length <= most;
    return fits;
  }, { cut });
  return isWhole && fits ? pieces : undefined;
}

/** A text of one line with its tokens told apart, as far as it is JSON; the rest is one piece of kind space. */
export function colour(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  if (mayBeJSON(text)) {
    scan(text, ({ kind, start, end }) => {
      if (start > done) pieces.push({ kind: "space", text: text.slice(done, start) });
      pieces.push({ kind, text: text.slice(start, end) });
      done = end;
    }, { cut: true });
  }
  if (done < text.length) pieces.push({ kind: "space", text: text.slice(done) });
  return pieces;
}
