// The explorer in a browser. A file of tests for each page, and for each subject that all pages have.
import { after } from "node:test";
import { endAll } from "./harness.js";
import "./connect.js";
import "./clusters.js";
import "./cluster.js";
import "./topics.js";
import "./topic.js";
import "./messages.js";
import "./message_queries.js";
import "./message_scan.js";
import "./message_values.js";
import "./wire.js";
import "./keyboard.js";
import "./rights.js";
import "./hostile.js";
import "./faults.js";
import "./message_tail.js";
import "./broker.js";

process.on("SIGTERM", () => void endAll().finally(() => process.exit(1)));
after(endAll);
