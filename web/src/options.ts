import { baseURL } from "#platform";
import { mismatch } from "./errors.js";
import { isBytes, isSignal, isURL } from "./realm.js";
import type { ConnectOptions } from "./types.js";

/** The most that an int32 of Kafka's protocol holds: a partition, say. */
export const maxInt32 = 2 ** 31 - 1;

/** Refuses what isn't an object, and members that it can't have, by name. */
export function checkFields(value: unknown, name: string, fields: readonly string[]): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw mismatch(`${name}: an object was expected`);
  for (const field of Object.keys(value)) {
    if (!fields.includes(field)) throw mismatch(`${name}.${field}: there is no such option; there are ${fields.join(", ")}`);
  }
}

/** Refuses a value of another type; undefined is none. */
export function checkType(value: unknown, name: string, type: "string" | "boolean" | "function"): void {
  if (value !== undefined && typeof value !== type) throw mismatch(`${name}: a ${type} was expected`);
}

/** Refuses what is no URL and no string; undefined is none. */
function checkURL(value: unknown, name: string): void {
  if (value !== undefined && typeof value !== "string" && !isURL(value)) throw mismatch(`${name}: a string or a URL was expected`);
}

export function checkSignal(signal: unknown): void {
  if (signal !== undefined && !isSignal(signal)) throw mismatch("signal: an AbortSignal was expected");
}

/** A value as its text would be in a program, for errors. */
export function given(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "bigint" ? `${value}n` : String(value);
}

/** Refuses what is no timeout in milliseconds. */
export function checkTimeout(timeout: unknown): void {
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0 && Number.isFinite(timeout))) {
    throw mismatch(`timeout ${given(timeout)}: a number of milliseconds above 0 was expected`);
  }
}

/** Refuses what is no name of a topic or a group. */
export function checkName(value: unknown, name: string): void {
  if (typeof value !== "string" || value === "") throw mismatch(`${name}: a name was expected`);
}

export function checkBytes(bytes: unknown, name: string): asserts bytes is Uint8Array {
  if (!isBytes(bytes)) throw mismatch(`${name}: a Uint8Array was expected`);
}

export function checkInteger(n: unknown, name: string, least: number, most: number): void {
  if (!Number.isInteger(n) || (n as number) < least || (n as number) > most) {
    throw mismatch(`${name} ${given(n)}: an integer from ${least} to ${most} was expected`);
  }
}

/** Refuses what isn't one of some texts; undefined is none. */
export function checkOneOf(value: unknown, name: string, texts: readonly string[]): void {
  if (value !== undefined && !texts.includes(value as string)) {
    throw mismatch(`${name}: one of ${texts.map((t) => JSON.stringify(t)).join(", ")} was expected`);
  }
}

/** What connect takes, once it is known to make sense. */
export function checkConnect(o: ConnectOptions): void {
  checkFields(o, "options", ["bridge", "cluster", "token", "sasl", "tls", "readOnly", "clientId", "signal", "workerURL", "wasmURL"]);
  checkType(o.cluster, "cluster", "string");
  checkType(o.readOnly, "readOnly", "boolean");
  checkType(o.clientId, "clientId", "string");
  checkSignal(o.signal);
  checkURL(o.bridge, "bridge");
  checkURL(o.workerURL, "workerURL");
  checkURL(o.wasmURL, "wasmURL");
  if (o.token !== undefined && typeof o.token !== "function" && (typeof o.token !== "string" || o.token === "")) {
    throw mismatch("token: a string, or a function that returns one, was expected");
  }
  if (o.sasl !== undefined) checkSasl(o.sasl);
  if (o.tls !== undefined && typeof o.tls !== "boolean") {
    checkFields(o.tls, "tls", ["ca", "cert", "key", "serverName"]);
    for (const [name, value] of Object.entries(o.tls)) checkType(value, `tls.${name}`, "string");
  }
}

function checkSasl(sasl: NonNullable<ConnectOptions["sasl"]>): void {
  checkFields(sasl, "sasl", ["mechanism", ...(sasl?.mechanism === "oauthbearer" ? ["token"] : ["username", "password"])]);
  if (sasl.mechanism === "oauthbearer") {
    if (typeof sasl.token !== "function") throw mismatch("sasl.token: a function was expected");
    return;
  }
  if (!["plain", "scram-sha-256", "scram-sha-512"].includes(sasl.mechanism)) {
    throw mismatch(`sasl.mechanism ${JSON.stringify(sasl.mechanism)}: "plain", "scram-sha-256", "scram-sha-512" or "oauthbearer" was expected`);
  }
  if (typeof sasl.username !== "string" || typeof sasl.password !== "string") {
    throw mismatch("sasl.username, sasl.password: strings were expected");
  }
}

/** The ws: or wss: URL of a cluster at a bridge. Its errors show no user, password or query. */
export function bridgeURL(bridge: string | URL | undefined, cluster: string | undefined): string {
  const base = baseURL();
  if (bridge === undefined && !/^https?:/.test(base ?? "")) {
    throw mismatch("bridge: the URL of a bridge was expected, since this program is in no page");
  }
  if (bridge === "") throw mismatch("bridge: it is empty; a URL like wss://HOST/kafka was expected");
  const url = absolute(bridge ?? "/kafka", base);
  if (!url || !/^(ws|http)s?:$/.test(url.protocol) || url.hash) {
    throw mismatch(`bridge ${JSON.stringify(shown(bridge!))}: a URL like wss://HOST/kafka was expected`);
  }
  url.protocol = url.protocol.replace(/^http/, "ws");
  if (cluster !== undefined) {
    if (cluster === "") throw mismatch("cluster: a name was expected");
    url.pathname = `${url.pathname.replace(/\/$/, "")}/${encodeURIComponent(cluster)}`;
  }
  return url.href;
}

function absolute(url: string | URL, base: string | undefined): URL | null {
  try {
    return new URL(url, base);
  } catch {
    return null;
  }
}

/** A URL without what may be a secret. */
export function shown(url: string | URL): string {
  return String(url).replace(/[?#].*$/s, "").replace(/^(\w+:\/*)[^/]*@/, "$1");
}

/** The URL of a file of this package, or the one that an option names. */
export function fileURL(option: string | URL | undefined, name: string, beside: () => URL): string {
  if (option === undefined) return beside().href;
  const url = absolute(option, baseURL());
  if (!url) throw mismatch(`${name} ${JSON.stringify(shown(option))}: a URL was expected`);
  return url.href;
}
