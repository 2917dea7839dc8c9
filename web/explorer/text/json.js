// JSON, shown by its own text: a number that passed through a float would change.

/** One token, or a word that is none. A string may be cut off at its end. */
const part = /[[\]{},:]|"[^"\\]*(?:\\.?[^"\\]*)*"?|[^\s[\]{},:"]+/gs;

const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const literal = /^(?:true|false|null)$/;
const colon = /\s*:/y;

/**
 * The tokens of a text, which may be cut off, or no JSON at all: {kind, text, at}. Between two there is only white
 * space. kind is "name", "string", "number", "literal", "mark" (one of []{},:) or "other".
 */
export function* tokens(text) {
  for (const { 0: token, index: at } of text.matchAll(part)) {
    yield { kind: kindOf(token, text, at + token.length), text: token, at };
  }
}

function kindOf(token, text, end) {
  if (token[0] === '"') {
    colon.lastIndex = end;
    return colon.test(text) ? "name" : "string";
  }
  if ("[]{},:".includes(token[0])) return "mark";
  if (number.test(token)) return "number";
  return literal.test(token) ? "literal" : "other";
}

/**
 * A JSON object or array with each member on a line of its own, and everything else as it is. null: it is none, or
 * would have more than so many characters, as nesting in thousands would.
 */
export function indent(text, most) {
  if (!/^\s*[[{]/.test(text)) return null;
  let [indented, depth, opened] = ["", 0, false];
  const line = () => (indented += "\n" + "  ".repeat(depth));
  for (const { text: token } of tokens(text)) {
    const closes = token === "]" || token === "}";
    if (closes && --depth < 0) return null;
    if (opened !== closes) line(); // an empty one has no lines
    indented += token;
    opened = token === "[" || token === "{";
    if (opened) depth++;
    if (token === ",") line();
    if (token === ":") indented += " ";
    if (indented.length > most) return null;
  }
  return isJSON(text) ? indented : null;
}

/** Whether a text is JSON, of any kind. */
export function isJSON(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
