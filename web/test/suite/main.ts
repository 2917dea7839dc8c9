import { runAll } from "./harness.js";
import "./admin.js";
import "./batch.js";
import "./callbacks.js";
import "./connect.js";
import "./consume.js";
import "./death.js";
import "./explorer.js";
import "./produce.js";
import "./records.js";
import "./secure.js";
import "./socket.js";
import "./token.js";
import "./value.js";

/** Runs the suite. origin is the stack's; in a page it is the page's own. */
export function run(origin: string, write: (text: string) => void): Promise<number> {
  return runAll({ origin: origin || location.origin }, write);
}
