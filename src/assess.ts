// npm run assess -- --url https://interlock.example: has a running deployment assess its connections, prints what a project owner needs to know of each, and exits with 0
// only when something is set up and nothing of it is missing. The Worker does the calling: it has the credentials, and a token that is replaced with each use must not be used from two places.
// Behind Cloudflare Access it identifies itself by a service token: CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET in the environment.
import process from "node:process";
import { parseArgs } from "node:util";
import * as z from "zod";
import { outboundFetch } from "./connectors/http.ts";

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8787" },
    connection: { type: "string", multiple: true },
    write: { type: "boolean", default: false },
  },
  allowPositionals: false,
});

const Listed = z.object({
  connections: z.array(
    z.object({
      connection: z.string(),
      title: z.string(),
      address: z.string().nullable(),
      standing: z.enum(["complete", "incomplete", "absent"]),
      workflows: z.array(z.string()),
    }),
  ),
});
const Assessed = z.object({
  findings: z.array(
    z.object({
      outcome: z.enum(["confirmed", "missing", "warning", "cannot_tell"]),
      said: z.string(),
      summary: z.string(),
      fix: z.string().optional(),
    }),
  ),
  calls: z.number(),
});
const Problem = z.object({ title: z.string().optional(), detail: z.string().optional() });
const MARKS = { confirmed: "ok      ", missing: "MISSING ", warning: "look    ", cannot_tell: "unknown " } as const;

const { CF_ACCESS_CLIENT_ID: id, CF_ACCESS_CLIENT_SECRET: secret } = process.env;
const access: Record<string, string> = id && secret ? { "cf-access-client-id": id, "cf-access-client-secret": secret } : {};

async function ask<T>(path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
  const response = await outboundFetch(new URL(path, values.url).href, {
    method: body === undefined ? "GET" : "POST",
    headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }), ...access },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status !== 200) {
    const { title, detail } = Problem.catch({}).parse(jsonOf(text));
    throw new Error(`${values.url} answered ${response.status}${detail || title ? `: ${detail ?? title}` : ""}`);
  }
  return schema.parse(jsonOf(text));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function assess(): Promise<void> {
  const { connections } = await ask("/api/connections", Listed);
  const unknown = values.connection?.find((name) => !connections.some(({ connection }) => connection === name));
  if (unknown) throw new Error(`--connection: there is no "${unknown}"; there are ${connections.map((one) => one.connection).join(", ")}`);
  // Whoever names one wants to know what it lacks, also where nobody has begun with it.
  const wanted = connections.filter((one) => values.connection?.includes(one.connection) ?? one.standing !== "absent");
  const count = { missing: 0, warning: 0 };
  for (const { connection, title, address } of wanted) {
    console.log(`\n${title}, connection "${connection}"${address ? ` at ${address}` : ""}`);
    const { findings } = await ask(`/api/connections/${encodeURIComponent(connection)}/assess`, Assessed, { write: values.write });
    for (const { outcome, said, fix } of findings) {
      console.log(`  ${MARKS[outcome]}${said}`);
      if (fix !== undefined && outcome !== "confirmed") console.log(`          -> ${fix}`);
      if (outcome === "missing" || outcome === "warning") count[outcome]++;
    }
  }
  const absent = values.connection ? [] : connections.filter(({ standing }) => standing === "absent");
  if (absent.length > 0)
    console.log("\nNot set up (no secret of theirs is set; https://<this deployment>/connections says what each takes)");
  for (const { connection, title, workflows } of absent)
    console.log(`  ${title}, connection "${connection}"${workflows.length > 0 ? `, which ${workflows.join(", ")} would use` : ""}`);
  console.log(`\n${wanted.length} connections assessed, ${count.missing} things missing, ${count.warning} to look at`);
  process.exitCode = count.missing === 0 && wanted.length > 0 ? 0 : 1;
}

try {
  await assess();
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = 2;
}
