/** What a key does, for the sheet. */
export interface Shortcut {
  keys: readonly string[];
  does: string;
}

/** How long after g the next key counts, in milliseconds: long enough for slow hands. */
const patience = 5000;

/**
 * Calls what single keys do: ? and /, and g followed by a page's key. Keys that belong to a field or a dialog, or come
 * with a modifier, are left alone.
 */
export function listenForKeys(on: { sheet(): void; search(): void; go(key: string): boolean }): void {
  let pending = -Infinity; // when g was pressed
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event)) return;
    const afterG = event.timeStamp - pending < patience;
    pending = -Infinity;
    if (event.key === "?") on.sheet();
    else if (event.key === "/") on.search();
    else if (afterG && on.go(event.key)) event.preventDefault();
    else if (event.key === "g") pending = event.timeStamp;
    if (event.key === "/") event.preventDefault();
  });
}

/** Whether a key belongs to a field or a dialog. */
export function isTaken(event: KeyboardEvent): boolean {
  return event.composedPath().some((e) => e instanceof HTMLElement && (e.matches("input, textarea, select, dialog[open]") || e.isContentEditable));
}
