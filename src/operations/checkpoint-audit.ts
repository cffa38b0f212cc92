// The daily checkpoint: what the audit took since the last one, as a signed statement in R2. Written once and never over: a sweep that was cut off after it wrote
// the object finds it the next time and only records it. It changes nothing of the audit.
// Sequence: is the day that has ended closed? -> the records since the last checkpoint, in bounded pages -> statement, signature -> R2, if nothing is there ->
// D1's list of checkpoints.
import { publicKeyOf } from "../core/crypto.ts";
import { fail, ok, type Result } from "../core/errors.ts";
import { type CheckpointRow, isInPlace, lastCheckpoint, recordCheckpoint, takenAfter } from "../db/checkpoints.ts";
import { bindingOf } from "../deployment.ts";
import { type Checkpoint, type Leaf, makeCheckpoint, statementDigest } from "../governance/checkpoint.ts";
import type { Context } from "./context.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Records read at once: about 200 bytes each, so that a page is a megabyte of the Worker's 128. */
const PAGE = 5_000;
/** Records to a checkpoint: in the worst case each is of another run, and its object in R2 then 15 MB. Ten times a usual day of a company's tickets. */
const RECORDS = 100_000;
/** Checkpoints to a sweep; a backlog goes on with the next, a minute later. */
const ROUNDS = 5;

const KEY = "AUDIT_SIGNING_KEY";

export const checkpointKey = (name: string): string => `audit/checkpoints/${name}.json`;

/** The public half of the deployment's key; null while it has none. */
export function signingKey(env: Env): Result<ReturnType<typeof publicKeyOf> | null> {
  const key = bindingOf(env, KEY);
  try {
    return ok(key === undefined ? null : publicKeyOf(key));
  } catch {
    // The message of the thrown error may hold part of the key.
    return fail("audit.key_unusable", `${KEY} is not an Ed25519 private key in PKCS8: docs/operate.md has the command that makes one`);
  }
}

/** How many checkpoints were made. */
export async function checkpointAudit(context: Context, now: number, limits = { page: PAGE, records: RECORDS }): Promise<number> {
  const date = dayOf(now - DAY_MS);
  for (let made = 0; made < ROUNDS; made++) {
    const last = await lastCheckpoint(context.env.DB);
    if (last && last.date >= date && last.complete === 1) return made;
    const key = checkpointKey(last?.date === date ? `${date}-${last.number + 1}` : date);
    const checkpoint =
      (await readCheckpoint(context.env, key)) ?? (await write(context.env, key, await next(context, last, date, now, limits)));
    const fits = checkpoint.statement.number === (last?.number ?? 0) + 1 && checkpoint.statement.previous === (last?.digest ?? null);
    if (!fits) throw new Error(`${key} in R2 does not follow the last checkpoint that D1 lists: compare both before anything is removed`);
    if (!(await recordCheckpoint(context.env.DB, rowOf(checkpoint, key)))) return made;
    if (checkpoint.signature === null) {
      console.warn(JSON.stringify({ message: "checkpoint is not signed", key, because: `${KEY} is not set` }));
    }
  }
  return ROUNDS;
}

/** A checkpoint as R2 has it; null where there is none. */
export async function readCheckpoint(env: Env, key: string): Promise<Checkpoint | null> {
  const object = await env.BLOBS.get(key);
  return object === null ? null : ((await object.json()) as Checkpoint);
}

async function next(
  { env }: Context,
  last: CheckpointRow | null,
  date: string,
  at: number,
  limits: { readonly page: number; readonly records: number },
): Promise<Checkpoint> {
  const signing = signingKey(env);
  if (!signing.ok) throw new Error(signing.error.message);
  // A restored copy may number its rows anew: then everything is covered again, and a chain that went back stands out against older checkpoints.
  let through = last && (await isInPlace(env.DB, last)) ? last.through : 0;
  let end: Pick<Checkpoint["position"], "run" | "seq"> =
    through === 0 ? { run: null, seq: null } : { run: last?.atRun ?? null, seq: last?.atSeq ?? null };
  const heads = new Map<string, Leaf>();
  let records = 0;
  let complete = false;
  while (!complete && records < limits.records) {
    const page = await takenAfter(env.DB, through, limits.page);
    for (const { at: place, run, seq, hash } of page) {
      if ((heads.get(run)?.seq ?? 0) < seq) heads.set(run, { run, seq, hash });
      through = place;
      end = { run, seq };
    }
    records += page.length;
    complete = page.length < limits.page;
  }
  const facts = { number: (last?.number ?? 0) + 1, date, at, previous: last?.digest ?? null, records };
  return makeCheckpoint(facts, [...heads.values()], { through, ...end, complete }, bindingOf(env, KEY));
}

/** The one that another sweep wrote meanwhile counts. */
async function write(env: Env, key: string, checkpoint: Checkpoint): Promise<Checkpoint> {
  const written = await env.BLOBS.put(key, JSON.stringify(checkpoint), { onlyIf: new Headers({ "if-none-match": "*" }) });
  if (written !== null) return checkpoint;
  const there = await readCheckpoint(env, key);
  if (there === null) throw new Error(`${key} could neither be written to R2 nor read from there`);
  return there;
}

const rowOf = ({ statement, position }: Checkpoint, key: string): CheckpointRow => ({
  number: statement.number,
  date: statement.date,
  key,
  at: statement.at,
  digest: statementDigest(statement),
  signedBy: statement.key,
  runs: statement.runs,
  records: statement.records,
  through: position.through,
  atRun: position.run,
  atSeq: position.seq,
  complete: position.complete ? 1 : 0,
});

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
