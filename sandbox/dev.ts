// npm run dev: Interlock and the sandbox under wrangler, with hot reload. Migrates and seeds the local database first; DEV_IDENTITY makes you somebody else; Ctrl-C ends both.
import { execFileSync, spawn } from "node:child_process";
import { connectedTo } from "./connected.ts";
import { LOCAL_VARS } from "./demo/surroundings.ts";
import { freePort } from "./local.ts";

const QUIET = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
};
const env = { ...process.env, ...QUIET };

execFileSync("wrangler", ["d1", "migrations", "apply", "DB", "--local"], {
  stdio: ["ignore", "ignore", "inherit"],
  env: { ...env, CI: "1" },
});
execFileSync(process.execPath, [`${import.meta.dirname}/seed.ts`], { stdio: "inherit", env });

const interlock = await freePort(8787);
const sandbox = await freePort(8788, interlock);
const sandboxUrl = `http://127.0.0.1:${sandbox}`;
const vars = {
  ...LOCAL_VARS,
  DEV_IDENTITY: process.env.DEV_IDENTITY ?? LOCAL_VARS.DEV_IDENTITY,
  ...connectedTo(sandboxUrl),
  NOTICE_CHANNEL: "C0APPROVALS",
  CONSOLE_URL: `http://127.0.0.1:${interlock}`,
};

const start = (config: string, port: number, given: Readonly<Record<string, string>>) =>
  spawn(
    "wrangler",
    [
      "dev",
      "--config",
      config,
      "--ip",
      "127.0.0.1",
      "--port",
      String(port),
      "--inspector-port",
      "0",
      ...Object.entries(given).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
    ],
    { stdio: ["ignore", "inherit", "inherit"], env },
  );
const children = [
  start("wrangler.toml", interlock, vars),
  start("sandbox/wrangler.toml", sandbox, { INTERLOCK_URL: `http://127.0.0.1:${interlock}` }),
];
console.log(`Interlock  http://127.0.0.1:${interlock}/approvals\nSandbox    ${sandboxUrl}/\n`);

const stop = () => {
  for (const child of children) child.kill("SIGTERM");
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
for (const child of children) child.once("exit", stop);
