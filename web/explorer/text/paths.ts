// Values inside of JSON, as they are stored.

import { scan } from "./json.js";

/** Names and indices from the outermost to the innermost. */
export type Path = readonly (string | number)[];

const step = /\.?([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;

/** Reads a path such as a.b[0]["c.d"]. undefined: it is none. */
export function parsePath(text: string): Path | undefined {
  const path: (string | number)[] = [];
  for (step.lastIndex = 0; step.lastIndex < text.length; ) {
    const start = step.lastIndex;
    const found = step.exec(text);
    if (!found || (found[1] !== undefined && start > 0 && text[start] !== ".") || (start === 0 && text[0] === ".")) return undefined;
    try {
      path.push(found[1] ?? (found[2] !== undefined ? Number(found[2]) : (JSON.parse(found[3]!) as string)));
    } catch {
      return undefined;
    }
  }
  return path.length > 0 ? path : undefined;
}

/** The paths to the outermost members of an object. */
export function namesIn(text: string): string[] {
  const names: string[] = [];
  let depth = 0;
  scan(text, ({ kind, start, end }) => {
    const token = text.slice(start, end);
    if (kind === "name" && depth === 1 && token.length > 2 && token.endsWith('"')) names.push(/^"[\w-]+"$/.test(token) ? token.slice(1, -1) : `[${token}]`);
    if (kind === "mark") depth += token === "{" || token === "[" ? 1 : token === "}" || token === "]" ? -1 : 0;
  }, { cut: true });
  return names;
}

/** A container that is open: where in it we are, and whether it lies on the path. */
interface Open {
  isOnPath: boolean;
  key: string | number;
}

/**
 * The text of the value at a path, as stored; undefined if there is none. Of a name that stands twice it is the last,
 * as with most parsers. The text may be the beginning of a longer one: only a value that is whole counts.
 */
export function valueAt(text: string, path: Path): string | undefined {
  const open: Open[] = [];
  let found: string | undefined;
  let start = -1; // of the value at the path, while it is open
  const isHit = () => {
    const last = open.at(-1);
    return last ? last.isOnPath && path[open.length - 1] === last.key : path.length > 0;
  };
  const isWhole = scan(text, (token) => {
    const mark = token.kind === "mark" ? text[token.start] : "";
    const inside = open.at(-1);
    if (token.kind === "name") {
      const name = text.slice(token.start, token.end);
      if (inside?.isOnPath && name.endsWith('"') && name.length > 1) inside.key = parsedName(name);
    } else if (mark === ":") {
      return;
    } else if (mark === ",") {
      if (inside && typeof inside.key === "number") inside.key++;
    } else if (mark === "}" || mark === "]") {
      open.pop();
      if (start >= 0 && open.length === path.length) [found, start] = [text.slice(start, token.end), -1];
    } else {
      const hit = isHit();
      const isLast = hit && open.length === path.length;
      if (hit) found = undefined;
      if (mark === "{" || mark === "[") {
        if (isLast) start = token.start;
        open.push({ isOnPath: hit && !isLast, key: mark === "[" ? 0 : "" });
      } else if (isLast && token.end < text.length) found = text.slice(token.start, token.end);
    }
    return;
  }, { cut: true });
  return isWhole ? found : undefined;
}

function parsedName(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return ""; // it is cut, so no value follows
  }
}
