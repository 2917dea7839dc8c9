import { html } from "lit";
import type { Place, Route } from "../route.js";
import { seen } from "../text/name.js";
import type { Context } from "./page.js";
import "./cluster.js";
import "./clusters.js";
import "./group.js";
import "./groups.js";
import "./produce.js";
import "./redrive.js";
import "./topic.js";
import "./topics.js";
import "./wire.js";

/** A page that the navigation has. key follows g on the keyboard. */
export interface Entry {
  page: Exclude<Place["page"], "topic" | "group" | "redrive" | "unknown">;
  label: string;
  key: string;
}

/** The navigation, in its order. */
export const entries: readonly Entry[] = [
  { page: "topics", label: "Topics", key: "t" },
  { page: "groups", label: "Groups", key: "g" },
  { page: "produce", label: "Produce", key: "p" },
  { page: "wire", label: "Wire", key: "w" },
  { page: "cluster", label: "Cluster", key: "c" },
  { page: "clusters", label: "Clusters", key: "l" },
];

/** The page of the navigation that a page which it hasn't belongs to. */
export const under: Partial<Record<Place["page"], Entry["page"]>> = { topic: "topics", redrive: "topics", group: "groups" };

/** The page at a route. */
export function pageAt(route: Route, context: Context) {
  switch (route.page) {
    case "topics":
      return html`<kx-topics .context=${context} .route=${route}></kx-topics>`;
    case "topic":
      return html`<kx-topic .context=${context} .route=${route}></kx-topic>`;
    case "groups":
      return html`<kx-groups .context=${context} .route=${route}></kx-groups>`;
    case "group":
      return html`<kx-group .context=${context} .route=${route}></kx-group>`;
    case "cluster":
      return html`<kx-cluster .context=${context} .route=${route}></kx-cluster>`;
    case "produce":
      return html`<kx-produce .context=${context} .route=${route}></kx-produce>`;
    case "redrive":
      return html`<kx-redrive .context=${context} .route=${route}></kx-redrive>`;
    case "wire":
      return html`<kx-wire .context=${context} .route=${route}></kx-wire>`;
    case "clusters":
      return html`<kx-clusters .context=${context} .route=${route}></kx-clusters>`;
  }
  return html`<div class="lost"><h1>There is nothing at this address.</h1><p><a href=${context.navigation.link({ page: "topics" })}>Topics</a></p></div>`;
}

/** What a page is called in the title of the tab. */
export function titleOf(route: Route): string {
  if (route.page === "topic") return route.topic;
  if (route.page === "group") return seen(route.group);
  if (route.page === "redrive") return "Redrive";
  return entries.find((e) => e.page === route.page)?.label ?? "";
}
