// The integration assessment of one connection: its system is really called, through the same door as a run's calls, and what was found is kept for a project owner to
// sign. It writes nothing, unless the write probe was asked for; it changes no configuration.
// Sequence: what is set up -> each check of the connector -> what the calls showed by themselves (clock, time) -> the last result is kept in D1.
import * as z from "zod";
import { openConnection } from "../connections.ts";
import type { Finding } from "../connectors/check.ts";
import { type Observed, observedFetch } from "../connectors/http.ts";
import { inTurn } from "../connectors/in-turn.ts";
import { fail, failureOf, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { keepAssessment, listAssessments } from "../db/assessments.ts";
import { type ConnectionSetup, connectionSetups } from "./connection-setup.ts";
import type { Context } from "./context.ts";
import { type PollStanding, readPolls } from "./pollers.ts";
import { permit } from "./require-role.ts";

/** As it is stored: read back through this, so that a row of another release is an error here and not on a page. */
const Found = z.object({
  findings: z.array(
    z.object({
      check: z.string(),
      summary: z.string(),
      outcome: z.enum(["confirmed", "missing", "warning", "cannot_tell"]),
      said: z.string(),
      fix: z.string().optional(),
    }),
  ),
  calls: z.number(),
  medianMs: z.number().nullable(),
  skewMs: z.number().nullable(),
  wrote: z.boolean(),
});

export interface Assessment extends z.infer<typeof Found> {
  readonly connection: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly by: string;
}
export type AssessedFinding = Assessment["findings"][number];

export const AssessInput = z.strictObject({
  connection: z.string().min(1, "Name the connection, as src/config.ts does").max(100),
  /** The write probe as well: it writes something harmless and takes it back. */
  write: z.boolean().default(false),
});
export type AssessInput = z.infer<typeof AssessInput>;

export interface ConnectionStanding extends ConnectionSetup {
  readonly assessment: Assessment | null;
  readonly polls: readonly PollStanding[];
}

/** A tenth of the five minutes that most senders' signatures may be old, and as much as a token's start may be early. */
const SKEW_WARNING_MS = 30_000;
/** From here on signatures and tokens are refused. */
const SKEW_BROKEN_MS = 300_000;
/** A third of a call's time limit: a busy hour would reach it. */
const SLOW_MS = 3_000;

export async function readConnections({ env, deployment }: Pick<Context, "env" | "deployment">): Promise<ConnectionStanding[]> {
  const kept = new Map(
    (await listAssessments(env.DB)).map(({ found, ...one }): [string, Assessment] => [one.connection, { ...one, ...Found.parse(found) }]),
  );
  const polls = await readPolls({ env, deployment });
  return connectionSetups(env, deployment).map((setup) => ({
    ...setup,
    assessment: kept.get(setup.connection) ?? null,
    polls: polls.filter(({ connection }) => connection === setup.connection),
  }));
}

/** `door`: the network, or what a test puts in its place. */
export async function assessConnection(
  context: Pick<Context, "env" | "deployment">,
  principal: Principal,
  { connection, write }: AssessInput,
  now: () => number,
  door?: typeof fetch,
  pause: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<Result<Assessment>> {
  const denied = permit(principal, "assess connections", null);
  if (denied) return denied;
  const { env, deployment } = context;
  const setup = connectionSetups(env, deployment).find((one) => one.connection === connection);
  const configured = deployment.connections[connection];
  if (!setup || !configured)
    return fail(
      "request.not_found",
      `This deployment has no connection "${connection}"; it has ${Object.keys(deployment.connections).join(", ")}`,
      {
        field: "connection",
      },
    );

  const at = now();
  const findings: AssessedFinding[] = setup.missing.map((finding) => named("setup", "What the deployment has set", finding));
  const seen: Observed[] = [];
  const unreachable =
    setup.address === null ||
    (configured.credential !== undefined && findings.some(({ said }) => said.includes(String(configured.credential))));
  if (!unreachable) {
    if (findings.length === 0)
      findings.push(
        named("setup", "What the deployment has set", {
          outcome: "confirmed",
          said: "Address, credential, signing secret and settings are set",
        }),
      );
    // A path alone is no address that a system could have been told.
    const hookUrl = setup.hook?.startsWith("/") ? null : setup.hook;
    if (setup.hook !== null && hookUrl === null)
      findings.push(
        named("setup", "What the deployment has set", {
          outcome: "cannot_tell",
          said: `This deployment does not know its own address, so that what posts to ${setup.hook} cannot be looked for`,
          fix: `Set ${deployment.notices?.console ?? "the binding of notices.console in src/config.ts"} in wrangler.toml's [vars] to the address of this console`,
        }),
      );
    const observed = observedFetch((one) => seen.push(one), now, door);
    const http = inTurn(openConnection(env, deployment, connection, observed), pause);
    for (const check of configured.connector.checks ?? []) {
      if (check.writes && !write) {
        findings.push(named(check.name, check.summary, { outcome: "cannot_tell", said: "Not tried: it writes, and was not asked for" }));
        continue;
      }
      try {
        for (const finding of await check.run({ http, now: now(), hookUrl })) findings.push(named(check.name, check.summary, finding));
      } catch (thrown) {
        findings.push(named(check.name, check.summary, thrownFinding(thrown)));
      }
    }
    findings.push(...observedFindings(seen));
  }
  const about = { connection, at, by: principal.id };
  const found = {
    findings,
    calls: seen.length,
    medianMs: median(seen.map(({ ms }) => ms)),
    skewMs: skewOf(seen),
    wrote: write,
  };
  await keepAssessment(env.DB, { ...about, found });
  return ok({ ...about, ...found });
}

const named = (check: string, summary: string, finding: Finding): AssessedFinding => ({ check, summary, ...finding });

/** What could not be asked for a moment is not missing. */
function thrownFinding(thrown: unknown): Finding {
  const { code, message } = failureOf(thrown);
  switch (code) {
    case "connector.unavailable":
    case "connector.timeout":
    case "connector.rate_limited":
    case "connector.held_back":
      return { outcome: "cannot_tell", said: message, fix: "Assess it again later" };
    default:
      return { outcome: "missing", said: message };
  }
}

/** How far their clock is before ours; the Date header is cut to the second, and the answer took its way. */
function skewOf(seen: readonly Observed[]): number | null {
  return median(seen.flatMap(({ theirTime, at, ms }) => (theirTime === null ? [] : [theirTime + 500 - (at - ms / 2)])));
}

export function observedFindings(seen: readonly Observed[]): AssessedFinding[] {
  if (seen.length === 0) return [];
  const findings: AssessedFinding[] = [];
  const skew = skewOf(seen);
  const clock = (finding: Finding) => findings.push(named("clock", "Its clock and ours", finding));
  if (skew === null) clock({ outcome: "cannot_tell", said: "Its answers carry no date" });
  else {
    const seconds = Math.round(Math.abs(skew) / 1_000);
    const where = `Its clock is ${seconds} s ${skew > 0 ? "ahead of" : "behind"} ours`;
    const fix = "Have its administrator set the clock by NTP; ours is Cloudflare’s";
    if (Math.abs(skew) >= SKEW_BROKEN_MS) clock({ outcome: "missing", said: `${where}: signatures and tokens are refused`, fix });
    else if (Math.abs(skew) >= SKEW_WARNING_MS)
      clock({ outcome: "warning", said: `${where}: from five minutes on signatures and tokens are refused`, fix });
    else clock({ outcome: "confirmed", said: "Its clock agrees with ours" });
  }
  const ms = median(seen.map((one) => one.ms)) ?? 0;
  findings.push(
    named("latency", "How long its answers take", {
      outcome: ms >= SLOW_MS ? "warning" : "confirmed",
      said: `${seen.length} calls, half of them within ${Math.round(ms)} ms`,
      ...(ms >= SLOW_MS ? { fix: "A call is given up after 10 s: ask the vendor, or assess it at another hour" } : {}),
    }),
  );
  return findings;
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
