/** What nobody sees in a line, or what changes the order of what stands around it. Braille's blank is a symbol for Unicode. */
const unseen = /[\p{C}\p{DI}\u2800]|[^\S ]|^ | $| (?= )/gu;

/** A name that others have chosen, on one line: of two that differ, something else is seen, such as "pay‹U+200B›". */
export function seen(name: string): string {
  return name.replace(unseen, (c) => `‹U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}›`);
}
