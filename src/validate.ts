// npm run validate -- --workflow <name> --data <file> --limit 0.05 [options]
// Measures a workflow on labelled records, in Node and without a Worker (src/terminal/validate.ts). Not part of the Worker: an entry of its own beside src/index.ts.
// Exit code 0: proved. 1: not proved. 2: nothing was validated (a file that is not there, data that cannot be used, a wrong call).
import { readFileSync } from "node:fs";
import process from "node:process";
import { deployment } from "./config.ts";
import { outboundFetch } from "./connectors/http.ts";
import { validate } from "./terminal/validate.ts";
import { BadCall } from "./terminal/validate-call.ts";

process.exitCode = await validate(process.argv.slice(2), {
  deployment,
  now: Date.now,
  random: Math.random,
  readText: (file) => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      throw new BadCall(`The file ${file} cannot be read`);
    }
  },
  binding: (name) => process.env[name] || undefined,
  fetch: outboundFetch,
  print: (text) => console.log(text),
  tell: (text) => process.stderr.write(text),
  bar: process.stderr.isTTY === true,
});
