// The program of Node and Deno: it prints what hello returns.
import process from "node:process";
import { hello } from "./hello.js";

console.log(await hello(JSON.parse(process.argv[2])));
