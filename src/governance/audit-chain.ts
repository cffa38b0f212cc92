// The hash chain over a run's audit: proves that no record was changed, moved, left out or added. Pure: it stores nothing and knows no table.
// hash(n) = SHA-256(hash(n-1) + canonical facts of n), where the facts name the content by a salted digest. So the facts stay for ever and can be verified
// after the content was erased; and with content and salt gone, a digest tells nobody which of a few likely values the content was.
import { randomHex, sha256Hex } from "../core/crypto.ts";
import { canonical } from "../core/json.ts";

/** What the audit says of one journal entry for ever. */
export interface AuditFacts {
  readonly run: string;
  /** From 1, without gaps. */
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly step: string | null;
  readonly actor: string;
  readonly contentDigest: string;
}

export interface AuditRecord extends AuditFacts {
  readonly hash: string;
}

/** What may be erased: the salt, and each record's content by its number. */
export interface AuditContent {
  readonly salt: string;
  readonly bodies: ReadonlyMap<number, unknown>;
}

/** 128 bits, as ids have: no table of salts can be made beforehand. */
const SALT_BYTES = 16;
export const newSalt = (): string => randomHex(SALT_BYTES);

/** What the first record follows. */
export const CHAIN_START = "";

export const contentDigest = (salt: string, body: unknown): string => sha256Hex(salt + canonical(body));

/** Names its members, so that nothing which a caller's row may hold besides gets into the hash. */
export const linkHash = (previous: string, { run, seq, at, type, step, actor, contentDigest }: AuditFacts): string =>
  sha256Hex(previous + canonical({ run, seq, at, type, step, actor, contentDigest }));

export type Verdict =
  | { readonly ok: true; readonly records: number; readonly head: string }
  /** sequence: a record is missing, repeated or of another run; facts: changed since; content: not what the facts name; end: the last is not the expected one. */
  | { readonly ok: false; readonly seq: number; readonly broken: "sequence" | "facts" | "content" | "end" };

/**
 * Names the first record that does not hold. Without content (it was erased) the facts are verified alone. `head`: the last hash as kept elsewhere; only with it
 * does a chain that was cut short, or made anew from the start by somebody who may write the table, fail.
 */
export function verifyChain(run: string, rows: readonly AuditRecord[], content: AuditContent | null, head?: string): Verdict {
  let previous = CHAIN_START;
  for (const [index, row] of rows.entries()) {
    const seq = index + 1;
    if (row.seq !== seq || row.run !== run) return { ok: false, seq, broken: "sequence" };
    if (linkHash(previous, row) !== row.hash) return { ok: false, seq, broken: "facts" };
    if (content && !(content.bodies.has(seq) && contentDigest(content.salt, content.bodies.get(seq)) === row.contentDigest)) {
      return { ok: false, seq, broken: "content" };
    }
    previous = row.hash;
  }
  if (head !== undefined && head !== previous) return { ok: false, seq: rows.length, broken: "end" };
  return { ok: true, records: rows.length, head: previous };
}
