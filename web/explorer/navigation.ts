import { formatRoute, parseRoute, takeToken, type Place, type Route } from "./route.js";
import { Changes } from "./store/changes.js";

/** Keeps the URL and the route the same. */
export class Navigation {
  readonly changes = new Changes();
  route: Route = parseRoute("");
  /** Asked before another cluster is looked at. */
  mayLeave: () => boolean = () => true;
  /** Called with a token that was in the URL, which has it no longer. */
  onToken: (token: string) => void = () => {};

  /** Reads the URL, now and whenever it changes. */
  start(): void {
    addEventListener("hashchange", () => this.#read());
    this.#read();
  }

  #read(): void {
    const { token, fragment } = takeToken(location.hash);
    const route = parseRoute(fragment);
    if (clusterOf(route) !== this.cluster && !this.mayLeave()) return history.replaceState(history.state, "", formatRoute(this.route, this.route.parameters));
    if (fragment !== location.hash) history.replaceState(history.state, "", fragment || location.pathname + location.search);
    this.route = route;
    this.changes.emit();
    if (token !== undefined) this.onToken(token);
  }

  /** The link to a place of the cluster that is looked at. */
  link(place: Place, parameters: Record<string, string> = {}): string {
    return formatRoute(place, Object.entries({ cluster: this.cluster, ...parameters }));
  }

  get cluster(): string {
    return clusterOf(this.route);
  }

  go(fragment: string): void {
    location.hash = fragment;
  }

  /** Changes parameters of this place without a step in the history: empty ones go. */
  set(parameters: Record<string, string>): void {
    const all = { ...Object.fromEntries(this.route.parameters), ...parameters };
    history.replaceState(history.state, "", formatRoute(this.route, Object.entries(all)));
    this.#read();
  }
}

function clusterOf(route: Route): string {
  return route.parameters.get("cluster") ?? "";
}
