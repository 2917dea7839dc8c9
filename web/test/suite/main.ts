import { runAll } from "./harness.js";
import "./admin.js";
import "./batch.js";
import "./callbacks.js";
import "./codes.js";
import "./connect.js";
import "./consume.js";
import "./death.js";
import "./ends.js";
import "./faults.js";
import "./frames.js";
import "./groups.js";
import "./log.js";
import "./pause.js";
import "./produce.js";
import "./realm.js";
import "./records.js";
import "./secure.js";
import "./socket.js";
import "./token.js";
import "./value.js";
import "./broker.js";

export { runHidden } from "./hidden.js";

/** Runs the suite. origin is the stack's; in a page it is the page's own. */
export function run(origin: string, write: (text: string) => void): Promise<number> {
  return runAll(origin || location.origin, write);
}
