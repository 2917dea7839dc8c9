// The Worker of a page. It is a classic script, so that a page can also load it from elsewhere.
import type { FromPage } from "./init.js";
import { loadWasm } from "./load.js";
import { serve, type Post } from "./run.js";

const scope = self as unknown as { postMessage: Post };
const post: Post = (message, transfer) => scope.postMessage(message, transfer);
const take = serve(post, loadWasm);

self.addEventListener("message", (event: MessageEvent<FromPage>) => take(event.data));
// A trap in the program is an exception in whatever called into it.
self.addEventListener("error", (event) => post({ state: "crashed", reason: event.message }));
self.addEventListener("unhandledrejection", (event) => post({ state: "crashed", reason: String(event.reason) }));
