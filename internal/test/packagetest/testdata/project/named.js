// As run.js, with the package's files named.
import process from "node:process";
import { hello } from "./hello.js";

const [workerURL, wasmURL] = ["worker.node.js", "kafka.wasm"].map((file) => import.meta.resolve(`kafkaio/${file}`));
console.log(await hello({ ...JSON.parse(process.argv[2]), workerURL, wasmURL }));
