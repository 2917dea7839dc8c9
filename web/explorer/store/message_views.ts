import type { Preferences } from "./preferences.js";

export type View = "json" | "text" | "hex" | "base64";

const views: readonly View[] = ["json", "text", "hex", "base64"];

/** A query of the URL, with a name. */
export interface SavedFilter {
  name: string;
  query: string;
}

/** What a user has chosen for a topic: how keys and values are shown, columns of JSON paths, and saved filters. */
export class MessageViews {
  constructor(
    private preferences: Preferences,
    readonly topic: string,
  ) {}

  get changes() {
    return this.preferences.changes;
  }

  /** How a key or a value is shown; undefined: as suits it. */
  view(part: "key" | "value"): View | undefined {
    return views.find((v) => v === this.#get(part));
  }

  setView(part: "key" | "value", view: View | undefined): void {
    this.#set(part, view);
  }

  /** The JSON paths that have a column, such as a.b[0]. */
  get columns(): string[] {
    return listOf(this.#get("columns")).filter((c) => typeof c === "string");
  }

  set columns(paths: string[]) {
    this.#set("columns", paths.length > 0 ? paths : undefined);
  }

  get filters(): SavedFilter[] {
    return listOf(this.#get("filters")).filter((f): f is SavedFilter => typeof (f as SavedFilter)?.name === "string" && typeof (f as SavedFilter).query === "string");
  }

  /** Saves a filter, in place of one that has the name. */
  save(filter: SavedFilter): void {
    this.#set("filters", [...this.filters.filter((f) => f.name !== filter.name), filter].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  forget(name: string): void {
    const others = this.filters.filter((f) => f.name !== name);
    this.#set("filters", others.length > 0 ? others : undefined);
  }

  #get(name: string): unknown {
    return this.preferences.get<unknown>(this.#key(name), undefined);
  }

  #set(name: string, value: unknown): void {
    this.preferences.set(this.#key(name), value);
  }

  #key(name: string): string {
    return `messages ${name} ${this.topic}`;
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
