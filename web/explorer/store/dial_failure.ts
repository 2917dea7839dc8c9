import type { KafkaError } from "kafkaio";

/** Why the bridge opened no connection to a broker, in a few words and in sentences, and what to change. */
export interface DialFailure {
  words: string;
  text: string;
}

const special: [pattern: RegExp, says: string][] = [
  [/^[0-9a-f]{12}$/, "A name like this is a container's id, which a broker advertises where advertised.listeners isn't set. "],
  [/\.svc(\.|$)|\.cluster\.local$/, "Such names are known in their Kubernetes cluster alone. "],
  [/docker\.internal$/, "Only containers know this name. "],
  [/\.internal$/, "Such names are known in a cloud's private network alone. "],
  [/^[^.]*$/, "A name without a dot is often a container's, which is known in its own network alone. "],
];

/** What is known of a name that the bridge doesn't find. */
function nameHint(address: string): string {
  const host = address.replace(/:\d+$/, "").toLowerCase();
  return special.find(([pattern]) => pattern.test(host))?.[1] ?? "";
}

/** Reads what a bridge said when it opened no connection; undefined if the error is another one. */
export function dialFailureOf({ message, broker }: KafkaError): DialFailure | undefined {
  const found = /kafkaio: dial(?: \S+)?: (?:(\w+): )?(.*) \(bridge code (\d+)\)/.exec(message);
  if (!found) return undefined;
  const [, word = "", said = "", code] = found;
  const address = broker ?? "its address";
  const elsewhere = broker
    ? `Have the broker advertise where the bridge reaches it, in advertised.listeners; or tell the bridge: --connect-to ${broker}=HOST:PORT for kafkaio explore, connect_to in the file of kafkaio bridge.`
    : "";
  const listed = `Add ${address} to clusters[].brokers in the file of kafkaio bridge, or to the brokers after kafkaio explore.`;
  const all: Record<string, [words: string, change: string]> = {
    refused: ["refused", `Is the broker running, and does it listen there? ${elsewhere}`],
    nxdomain: ["no such name", nameHint(address) + elsewhere],
    unreachable: ["no route", `The address is in a network that the bridge can't reach. ${elsewhere}`],
    timeout: ["no answer", `A firewall that drops packets does this, and a machine that is down. ${elsewhere}`],
    special: ["denied by the bridge", listed],
    denied: ["denied by the bridge", /neither a broker/.test(said) ? listed : "Whoever runs the bridge can change that."],
    tls: ["TLS fails", "Whoever runs the bridge has to mend its certificates."],
    sasl: ["credentials refused", "Whoever runs the bridge has to mend its user or password."],
  };
  const [words, change] = Object.hasOwn(all, word) ? all[word]! : [code === "4403" ? "denied by the bridge" : "not reached", elsewhere];
  return { words, text: `${sentence(said)} ${change}`.trim() };
}

/** The text with a capital and a full stop. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/[.!?]?$/, (end) => end || ".");
}
