import { baseURL } from "#platform";

/** The list that a bridge has at /kafka/, as far as it is read; docs/bridge.md describes it. */
interface List {
  clusters: { name: string; default: boolean; apis: string[] | null }[];
}

/**
 * The names of the APIs that a bridge's list allows on the cluster at a URL. null: it allows all, it has no list,
 * or it is of another origin, whose list a page can't read.
 */
export async function bridgeAPIs({ bridge, token }: { bridge: string; token: string }, signal: AbortSignal): Promise<string[] | null> {
  const url = new URL(bridge.replace(/^ws/, "http"));
  const cluster = /\/kafka(?:\/([^/]+))?$/.exec(url.pathname);
  const page = baseURL();
  if (!cluster || (page !== undefined && /^http/.test(page) && new URL(page).origin !== url.origin)) return null;
  const name = cluster[1] && decodeURIComponent(cluster[1]);
  url.pathname = url.pathname.slice(0, cluster.index) + "/kafka/";
  url.search = "";
  const response = await fetch(url, { signal, headers: token ? { authorization: `Bearer ${token}` } : {} });
  if (!response.ok) return null;
  const { clusters } = (await response.json()) as List;
  return clusters.find((c) => (name === undefined ? c.default : c.name === name))?.apis ?? null;
}
