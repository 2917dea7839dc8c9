// The URL's fragment is the page's state: #/topics/orders/messages?q=x. Nothing here touches the DOM.

export const topicTabs = ["messages", "partitions", "groups", "config"] as const;
export type TopicTab = (typeof topicTabs)[number];

/** What is shown. unknown: nothing has this path. */
export type Place =
  | { page: "clusters" | "cluster" | "topics" | "groups" | "wire" | "produce" | "redrive" | "unknown" }
  | { page: "topic"; topic: string; tab: TopicTab }
  | { page: "group"; group: string };

/** A place with the parameters after its path. */
export type Route = Place & { parameters: URLSearchParams };

/** Reads a fragment, with its # or without. A part that isn't well-formed leads to unknown. */
export function parseRoute(fragment: string): Route {
  const [path = "", query = ""] = split(fragment.replace(/^#/, ""));
  const parameters = new URLSearchParams(query);
  let parts: string[];
  try {
    parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return { page: "unknown", parameters };
  }
  return { ...placeOf(parts), parameters };
}

function placeOf([page = "topics", name, tab = "messages", ...more]: string[]): Place {
  if (more.length === 0 && page === "topics" && name !== undefined) {
    const known = topicTabs.find((t) => t === tab);
    return known ? { page: "topic", topic: name, tab: known } : { page: "unknown" };
  }
  if (more.length > 0 || tab !== "messages") return { page: "unknown" };
  if (page === "groups" && name !== undefined) return { page: "group", group: name };
  if (name !== undefined) return { page: "unknown" };
  switch (page) {
    case "clusters":
    case "cluster":
    case "topics":
    case "groups":
    case "wire":
    case "produce":
    case "redrive":
      return { page };
  }
  return { page: "unknown" };
}

/** Writes a fragment, with its #. Parameters that are empty are left out. */
export function formatRoute(place: Place, parameters: Iterable<[string, string]> = []): string {
  const parts = place.page === "topic" ? ["topics", place.topic, place.tab] : place.page === "group" ? ["groups", place.group] : [place.page];
  const query = new URLSearchParams([...parameters].filter(([, value]) => value !== "")).toString();
  return "#/" + parts.map(encodeURIComponent).join("/") + (query && "?" + query);
}

/** The parameters of a topic's Messages that open a message, and read from there on. */
export function toMessage(partition: number, offset: bigint): Record<string, string> {
  return { from: `offset:${offset}`, partition: String(partition), open: `${partition}/${offset}` };
}

/**
 * Takes the run's token out of a fragment. kafkaio prints #token=…; a link of before may have the topic beside it,
 * and others have the token among their parameters. token is undefined if there is none.
 */
export function takeToken(fragment: string): { token: string | undefined; fragment: string } {
  const text = fragment.replace(/^#/, "");
  const isPath = text === "" || text.startsWith("/");
  const [path = "", query = ""] = isPath ? split(text) : ["", text];
  const parameters = new URLSearchParams(query);
  const token = parameters.get("token") ?? undefined;
  if (token === undefined && isPath) return { token, fragment };
  parameters.delete("token");
  const topic = isPath ? null : parameters.get("topic");
  if (topic !== null) {
    parameters.delete("topic");
    return { token, fragment: formatRoute({ page: "topic", topic, tab: "messages" }, parameters) };
  }
  const rest = parameters.toString();
  return { token, fragment: path || rest ? `#${path || "/"}${rest && "?" + rest}` : "" };
}

function split(text: string): [string, string] {
  const at = text.indexOf("?");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
