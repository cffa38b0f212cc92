// A checkpoint of the audit: a signed statement, kept outside D1, of how far each run's hash chain had come. It binds whoever can write D1: a chain that is later
// cut short or made anew no longer fits. Pure: it stores nothing and reads no clock.
// The runs are the leaves of a Merkle tree, so that one run can be proved to be in it without showing the others; each statement names the digest of the one
// before it, so that none can be left out.
import { type PublicKey, publicKeyOf, sha256Hex, signText, verifiesText } from "../core/crypto.ts";
import { canonical, digest } from "../core/json.ts";

/** How far a run's chain had come: its last record's number and hash. */
export interface Leaf {
  readonly run: string;
  readonly seq: number;
  readonly hash: string;
}

/** What is signed. */
export interface Statement {
  readonly kind: "interlock.checkpoint";
  /** From 1, without gaps. */
  readonly number: number;
  /** The UTC day that it closes, as 2026-11-22. A day with very many records has several. */
  readonly date: string;
  /** When it was made. It covers what D1 had taken by then and the checkpoint before had not. */
  readonly at: number;
  /** The digest of the statement before this one; null for the first. */
  readonly previous: string | null;
  readonly root: string;
  readonly runs: number;
  readonly records: number;
  /** The id of the key that signs it; null while the deployment has none. */
  readonly key: string | null;
}

export interface SignedStatement {
  readonly statement: Statement;
  /** Ed25519 over the statement's canonical JSON, in hex. */
  readonly signature: string | null;
}

/** As it lies in R2. */
export interface Checkpoint extends SignedStatement {
  readonly leaves: readonly Leaf[];
  /** The last row that it covers, as the deployment that made it counts rows. Not signed: it proves nothing to anybody else. */
  readonly position: Position;
}

export interface Position {
  readonly through: number;
  /** Which record that was; null before the first. */
  readonly run: string | null;
  readonly seq: number | null;
  /** False where the audit had more rows than one checkpoint takes. */
  readonly complete: boolean;
}

export interface ProofStep {
  readonly side: "left" | "right";
  readonly hash: string;
}

// ---- the tree ----

/** By UTF-16 code units, as canonical JSON sorts. */
export const sortedLeaves = (leaves: readonly Leaf[]): Leaf[] => leaves.toSorted((a, b) => (a.run < b.run ? -1 : a.run > b.run ? 1 : 0));

/** Leaves and nodes are hashed under different names: otherwise a node's text could be passed off as a leaf. */
const leafHash = ({ run, seq, hash }: Leaf): string => sha256Hex(`leaf:${canonical({ run, seq, hash })}`);
const nodeHash = (left: string, right: string): string => sha256Hex(`node:${left}${right}`);
const NOTHING = sha256Hex("nothing");

/** Pairs from the left, level by level; one that is left over goes up as it is. */
const above = (level: readonly string[]): string[] =>
  Array.from({ length: Math.ceil(level.length / 2) }, (_, index) => {
    const left = level[2 * index] as string;
    const right = level[2 * index + 1];
    return right === undefined ? left : nodeHash(left, right);
  });

export function rootOf(leaves: readonly Leaf[]): string {
  let level = leaves.map(leafHash);
  while (level.length > 1) level = above(level);
  return level[0] ?? NOTHING;
}

/** What one needs besides a leaf to arrive at the root. */
export function proofOf(leaves: readonly Leaf[], index: number): ProofStep[] {
  const steps: ProofStep[] = [];
  let at = index;
  for (let level = leaves.map(leafHash); level.length > 1; level = above(level), at = Math.floor(at / 2)) {
    const hash = level[at ^ 1];
    if (hash !== undefined) steps.push({ side: at % 2 === 0 ? "right" : "left", hash });
  }
  return steps;
}

export const rootBy = (leaf: Leaf, proof: readonly ProofStep[]): string =>
  proof.reduce((hash, step) => (step.side === "left" ? nodeHash(step.hash, hash) : nodeHash(hash, step.hash)), leafHash(leaf));

// ---- the statement ----

export const statementDigest = (statement: Statement): string => digest(statement);

/** `previous`: the last checkpoint's digest. Without a key the statement is not signed, and says so. */
export function makeCheckpoint(
  facts: Pick<Statement, "number" | "date" | "at" | "previous" | "records">,
  leaves: readonly Leaf[],
  position: Position,
  privateKey: string | undefined,
): Checkpoint {
  const sorted = sortedLeaves(leaves);
  const statement: Statement = {
    kind: "interlock.checkpoint",
    number: facts.number,
    date: facts.date,
    at: facts.at,
    previous: facts.previous,
    root: rootOf(sorted),
    runs: sorted.length,
    records: facts.records,
    key: privateKey === undefined ? null : publicKeyOf(privateKey).id,
  };
  return { statement, signature: privateKey === undefined ? null : signText(privateKey, canonical(statement)), leaves: sorted, position };
}

/** valid: signed by one of the keys. unsigned: it says itself that it is not. unknown: by a key that was not given. forged: the signature does not fit. */
export function signatureOf(
  { statement, signature }: SignedStatement,
  keys: readonly PublicKey[],
): "valid" | "unsigned" | "unknown" | "forged" {
  if (statement.key === null && signature === null) return "unsigned";
  if (statement.key === null || signature === null) return "forged";
  const key = keys.find(({ id }) => id === statement.key);
  if (!key) return "unknown";
  return verifiesText(key, canonical(statement), signature) ? "valid" : "forged";
}
