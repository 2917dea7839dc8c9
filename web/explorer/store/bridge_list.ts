/** A cluster that a bridge serves to this identity. apis are names of Kafka's APIs; null: all. */
export interface ListedCluster {
  name: string;
  path: string;
  default: boolean;
  apis: string[] | null;
}

/** What GET /kafka/ of a bridge answers: see docs/bridge.md. */
export interface BridgeList {
  identity: string;
  groups: string[];
  /** When the identity ends, as RFC 3339 has it; null: never. */
  expires: string | null;
  clusters: ListedCluster[];
}

/** The bridge wants a token, or refused it. */
export class Refused extends Error {}

/** How long a bridge may take for its list, in milliseconds. */
const patience = 3000;

/** Asks the page's own bridge for its clusters. undefined: it tells nothing, and connecting tells why. */
export async function bridgeList(token: string, signal: AbortSignal, get: typeof fetch = fetch): Promise<BridgeList | undefined> {
  try {
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const response = await get("/kafka/", { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) });
    const answer = (await response.json()) as Partial<BridgeList> & { error?: string };
    if (response.status === 401) throw new Refused(answer.error ?? "");
    if (!response.ok || !Array.isArray(answer.clusters)) return undefined;
    return { identity: answer.identity ?? "", groups: answer.groups ?? [], expires: answer.expires ?? null, clusters: answer.clusters };
  } catch (error) {
    if (error instanceof Refused) throw error;
    return undefined;
  }
}
