import { wasmURL, workerURL } from "#platform";
import { bridgeAPIs } from "./bridge_list.js";
import { Calls } from "./calls.js";
import { Client } from "./client.js";
import { aborted } from "./errors.js";
import { Host } from "./host.js";
import { bridgeURL, checkConnect, fileURL } from "./options.js";
import type { Callbacks } from "./questions.js";
import { publicRoots } from "./roots.js";
import type { ConnectOptions, Kafka, TokenReason } from "./types.js";

/** Connects to a cluster through a bridge. Once it resolves, a broker has answered. */
export async function connect(options: ConnectOptions = {}): Promise<Kafka> {
  checkConnect(options);
  const { token, sasl, tls, signal } = options;
  const toWorker = {
    bridge: bridgeURL(options.bridge, options.cluster),
    token: token !== undefined,
    sasl: sasl && (sasl.mechanism === "oauthbearer" ? { mechanism: sasl.mechanism } : sasl),
    tls: tls === true ? {} : tls || undefined,
    readOnly: options.readOnly ?? false,
    clientId: options.clientId ?? "kafkaio",
  };
  const callbacks: Callbacks = {
    token: (why, s) => (typeof token === "function" ? token(why as TokenReason, s) : token),
    "bridge.apis": (at, s) => bridgeAPIs(at as { bridge: string; token: string }, s),
    "tls.roots": (_, s) => publicRoots(options.wasmURL === undefined ? undefined : wasm, s),
    "sasl.token": (_, s) => sasl?.mechanism === "oauthbearer" && sasl.token(s),
  };
  const [worker, wasm] = [fileURL(options.workerURL, "workerURL", workerURL), fileURL(options.wasmURL, "wasmURL", wasmURL)];
  if (signal?.aborted) throw aborted(signal.reason);

  const host = new Host(worker, wasm, (error) => calls.end(error));
  const calls = new Calls(host, callbacks, (reason) => host.crash(reason));
  // The Worker may not be there to hear of it: it is still being loaded, say.
  const onAbort = () => calls.end(() => aborted(signal!.reason));
  signal?.addEventListener("abort", onAbort);
  try {
    const { call, item } = await calls.open("connect", toWorker);
    return new Client(calls, call, host, item as { clusterId: string });
  } catch (error) {
    host.end();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
