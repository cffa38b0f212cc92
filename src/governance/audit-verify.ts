// Verifies an export of the audit, offline: the hash chains, contents against their digests, that nothing is missing, and checkpoints with their signatures.
// It names the first thing that does not hold. It needs no database, no network and no package: an auditor can read it together with audit-chain.ts,
// checkpoint.ts and core/json.ts. It checks no shapes beforehand: a line that is not as it was written has another hash, and is named for that.
import type { PublicKey } from "../core/crypto.ts";
import { type AuditRecord, CHAIN_START, contentDigest, linkHash } from "./audit-chain.ts";
import {
  type Checkpoint,
  type Leaf,
  type ProofStep,
  rootBy,
  rootOf,
  type SignedStatement,
  signatureOf,
  statementDigest,
} from "./checkpoint.ts";

/** The first line of an export. */
export interface ExportHeader {
  readonly kind: "interlock.audit";
  readonly at: number;
  readonly by: string;
  readonly filter: ExportFilter;
  /** Where this part begins, if it is not the first. */
  readonly after: Place | null;
  /** The latest checkpoints when it was made. */
  readonly checkpoints: readonly { readonly number: number; readonly date: string; readonly digest: string }[];
}

/** `workflow` and `run` choose whole runs; the others choose records, so that a chain has gaps. `from` and `to` in epoch milliseconds, `to` not included. */
export interface ExportFilter {
  readonly workflow?: string | undefined;
  readonly run?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly type?: string | undefined;
  readonly actor?: string | undefined;
}

export interface Place {
  readonly run: string;
  readonly seq: number;
}

/** `previous` is the hash of the record before. `content` with its `salt`; of one that was erased neither. */
export type RecordLine = { readonly kind: "record"; readonly previous: string } & AuditRecord &
  ({ readonly erased: true } | { readonly salt: string; readonly content: unknown });

/** That a checkpoint holds a record as its run's last: for an export of one run, which must not show others. */
export type InclusionLine = {
  readonly kind: "inclusion";
  readonly proof: readonly ProofStep[];
  readonly checkpoint: SignedStatement;
} & Leaf;

/** The last line. `next`: where the following part begins, if the export has one. */
export interface EndLine {
  readonly kind: "end";
  readonly records: number;
  readonly next: Place | null;
}

type Line = ExportHeader | RecordLine | InclusionLine | EndLine;

/** `what`: the record, checkpoint or line that is the first not to hold. */
export interface Broken {
  readonly what: string;
  readonly why: string;
}

export type Report =
  | { readonly ok: false; readonly broken: Broken }
  | {
      readonly ok: true;
      readonly runs: number;
      readonly records: number;
      readonly erased: number;
      readonly checkpoints: number;
      /** What was not proved, in words. */
      readonly notes: readonly string[];
    };

const SEPARATE_RECORDS = ["from", "to", "type", "actor"] as const;

export interface Against {
  /** As they lie in R2, in any order. */
  readonly checkpoints?: readonly Checkpoint[];
  /** Those whose signatures count. */
  readonly keys?: readonly PublicKey[];
  /** A checkpoint that is signed by none of them is broken, and not only noted. */
  readonly everySigned?: boolean;
}

export function verifyExport(lines: Iterable<string>, against: Against = {}): Report {
  const verifier = new ExportVerifier(against);
  for (const line of lines) if (!verifier.take(line)) break;
  return verifier.end();
}

/** For exports that are read line by line. */
export class ExportVerifier {
  #checks: Checks | null = null;
  #broken: Broken | null = null;
  #lines = 0;

  constructor(against: Against = {}) {
    this.#try(() => {
      this.#checks = new Checks(against);
    });
  }

  /** Whether everything held so far; after a false, more lines change nothing. */
  take(line: string): boolean {
    this.#lines++;
    return this.#try(() => {
      if (line !== "") this.#checks?.take(parsed(line, this.#lines), this.#lines);
    });
  }

  end(): Report {
    let report: Report | undefined;
    this.#try(() => {
      report = this.#checks?.end();
    });
    return report ?? { ok: false, broken: this.#broken as Broken };
  }

  #try(work: () => void): boolean {
    if (this.#broken) return false;
    try {
      work();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof Stop)) throw thrown;
      this.#broken = thrown.broken;
      return false;
    }
  }
}

/** How the first finding leaves the loops; it never leaves this file. */
class Stop extends Error {
  readonly broken: Broken;
  constructor(what: string, why: string) {
    super(why);
    this.broken = { what, why };
  }
}

class Checks {
  readonly #keys: readonly PublicKey[];
  readonly #everySigned: boolean;
  readonly #digests = new Map<number, string>();
  /** By run: what checkpoints say of its records. */
  readonly #leaves = new Map<string, Map<number, { readonly hash: string; readonly name: string }>>();
  readonly #unsigned: string[] = [];
  readonly #unchecked: string[] = [];
  readonly #firstCheckpoint: number | null;
  #header: ExportHeader | null = null;
  /** The export's first part begins at its beginning. */
  #fromStart = false;
  #end: EndLine | null = null;
  #run: string | null = null;
  #last: AuditRecord | null = null;
  /** Hashes of the present run's records, for inclusion lines. */
  #hashes = new Map<number, string>();
  #inPart = 0;
  #runs = 0;
  #records = 0;
  #erased = 0;
  #included = 0;

  constructor({ checkpoints = [], keys = [], everySigned = false }: Against) {
    this.#keys = keys;
    this.#everySigned = everySigned;
    const inOrder = checkpoints.toSorted((a, b) => a.statement.number - b.statement.number);
    this.#firstCheckpoint = inOrder[0]?.statement.number ?? null;
    let before: Checkpoint | null = null;
    for (const checkpoint of inOrder) {
      this.#checkpoint(checkpoint, before);
      before = checkpoint;
    }
  }

  #checkpoint(checkpoint: Checkpoint, before: Checkpoint | null): void {
    const { statement, leaves } = checkpoint;
    const name = this.#signed(checkpoint);
    if (before && statement.number !== before.statement.number + 1)
      throw new Stop(name, `the checkpoint before it, number ${statement.number - 1}, is missing`);
    if (before ? statement.previous !== statementDigest(before.statement) : statement.number === 1 && statement.previous !== null)
      throw new Stop(name, "it does not follow the checkpoint before it: one of the two was changed");
    if (rootOf(leaves) !== statement.root || leaves.length !== statement.runs)
      throw new Stop(name, "its list of runs is not the one that its root names");
    this.#digests.set(statement.number, statementDigest(statement));
    for (const { run, seq, hash } of leaves) {
      const known = this.#leaves.get(run) ?? new Map();
      if (known.has(seq) && known.get(seq).hash !== hash)
        throw new Stop(name, `it has another hash for record ${seq} of ${run} than ${known.get(seq).name}: the run's chain was made anew`);
      this.#leaves.set(run, known.set(seq, { hash, name }));
    }
  }

  /** The checkpoint's name, once its signature was looked at. */
  #signed(checkpoint: SignedStatement): string {
    const { number, date, key } = checkpoint.statement;
    const name = `checkpoint ${number} of ${date}`;
    const signature = signatureOf(checkpoint, this.#keys);
    if (signature === "forged") throw new Stop(name, "its signature does not fit");
    if (signature === "unknown" && this.#everySigned) throw new Stop(name, `it is signed with another key, ${key}`);
    if (signature === "unsigned" && this.#everySigned) throw new Stop(name, "it is not signed");
    if (signature === "unsigned") this.#unsigned.push(name);
    if (signature === "unknown") this.#unchecked.push(name);
    return name;
  }

  take(line: Line, number: number): void {
    if (line.kind === "interlock.audit") this.#begin(line, number);
    else if (this.#header === null) throw new Stop(`line ${number}`, "an export begins with a line of the kind interlock.audit");
    else if (this.#end !== null) throw new Stop(`line ${number}`, "it follows the end of the export");
    else if (line.kind === "record") this.#record(line);
    else if (line.kind === "inclusion") this.#inclusion(line);
    else if (line.kind === "end") this.#finish(line, number);
    else throw new Stop(`line ${number}`, "it is of no kind that an export has");
  }

  #begin(header: ExportHeader, number: number): void {
    if (typeof header.filter !== "object" || header.filter === null || !Array.isArray(header.checkpoints))
      throw new Stop(`line ${number}`, "it has no filter or no list of checkpoints");
    if (this.#header === null) this.#fromStart = header.after === null;
    else {
      const expected = this.#end?.next ?? null;
      const same = JSON.stringify(header.filter) === JSON.stringify(this.#header.filter);
      if (expected === null || !same || header.after?.run !== expected.run || header.after.seq !== expected.seq)
        throw new Stop(`line ${number}`, "this part of the export does not follow the part before it");
    }
    for (const { number: no, date, digest } of header.checkpoints) {
      const known = this.#digests.get(no);
      if (known !== undefined && known !== digest)
        throw new Stop(`checkpoint ${no} of ${date}`, "the export names another digest for it than it has");
    }
    this.#header = header;
    this.#end = null;
    this.#inPart = 0;
  }

  /** Whether each run is to be there with all its records. */
  get #whole(): boolean {
    return SEPARATE_RECORDS.every((name) => this.#header?.filter[name] === undefined);
  }

  #record(line: RecordLine): void {
    const name = `record ${line.seq} of ${line.run}`;
    if (line.run !== this.#run) this.#nextRun(line, name);
    const last = this.#last;
    const seq = last === null ? 1 : last.seq + 1;
    const follows = line.seq === seq;
    if (this.#whole && !follows && !(last === null && !this.#fromStart && this.#runs === 1))
      throw new Stop(`record ${seq} of ${line.run}`, `it is missing, or not in its place: record ${line.seq} stands there`);
    if (last !== null && line.seq <= last.seq) throw new Stop(name, "it is not in its place");
    if (follows && line.previous !== (last?.hash ?? CHAIN_START)) throw new Stop(name, "it does not follow the record before it");
    if (linkHash(line.previous, line) !== line.hash) throw new Stop(name, "it was changed: its hash does not fit");
    const known = this.#leaves.get(line.run)?.get(line.seq);
    if (known && known.hash !== line.hash) throw new Stop(name, `${known.name} has another hash for it: the run's chain was made anew`);
    if ("erased" in line) this.#erased++;
    else if (contentDigest(line.salt, line.content) !== line.contentDigest)
      throw new Stop(name, "its content is not the one that was recorded");
    this.#last = line;
    this.#hashes.set(line.seq, line.hash);
    this.#records++;
    this.#inPart++;
  }

  #nextRun({ run }: RecordLine, name: string): void {
    this.#closeRun();
    if (this.#run !== null && run < this.#run) throw new Stop(name, "its run is not in its place: runs are sorted by their ids");
    this.#run = run;
    this.#last = null;
    this.#hashes = new Map();
    this.#runs++;
  }

  /** A run goes at least as far as the checkpoints say. */
  #closeRun(): void {
    const run = this.#run;
    const known = run === null ? undefined : this.#leaves.get(run);
    if (run === null || !known || !this.#whole) return;
    const had = this.#last?.seq ?? 0;
    for (const [seq, { name }] of known) {
      if (seq > had) throw new Stop(`record ${had + 1} of ${run}`, `it is missing: ${name} says that the run had ${seq} records`);
    }
    this.#leaves.delete(run);
  }

  #inclusion(line: InclusionLine): void {
    const name = this.#signed(line.checkpoint);
    const digest = this.#digests.get(line.checkpoint.statement.number);
    if (digest !== undefined && digest !== statementDigest(line.checkpoint.statement))
      throw new Stop(name, "the export has it otherwise than its file");
    if (rootBy(line, line.proof) !== line.checkpoint.statement.root)
      throw new Stop(name, `it does not hold record ${line.seq} of ${line.run} as the export says`);
    const had = this.#last?.seq ?? 0;
    if (line.run !== this.#run || line.seq > had)
      throw new Stop(`record ${had + 1} of ${line.run}`, `it is missing: ${name} says that the run had ${line.seq} records`);
    const hash = this.#hashes.get(line.seq);
    if (hash !== undefined && hash !== line.hash)
      throw new Stop(`record ${line.seq} of ${line.run}`, `${name} has another hash for it: the run's chain was made anew`);
    this.#included++;
  }

  #finish(line: EndLine, number: number): void {
    if (line.records !== this.#inPart)
      throw new Stop(`line ${number}`, `the export says that it has ${line.records} records, and ${this.#inPart} are there`);
    this.#end = line;
  }

  end(): Report {
    if (this.#header === null) throw new Stop("line 1", "the export is empty");
    if (this.#end === null) throw new Stop("the last line", "it is missing: the export was cut off");
    const { next } = this.#end;
    if (next === null) this.#closeRun();
    if (next === null && this.#fromStart && this.#whole) this.#absentRuns();
    return {
      ok: true,
      runs: this.#runs,
      records: this.#records,
      erased: this.#erased,
      checkpoints: this.#digests.size + this.#included,
      notes: this.#notes(next),
    };
  }

  /** Runs that a checkpoint names, that the filter would have chosen, and that are not there. */
  #absentRuns(): void {
    const { workflow, run: only } = this.#header?.filter ?? {};
    for (const [run, records] of this.#leaves) {
      if (only !== undefined ? run !== only : workflow !== undefined && !isOfWorkflow(run, workflow)) continue;
      throw new Stop(`record 1 of ${run}`, `the whole run is missing: ${records.values().next().value?.name} names it`);
    }
  }

  #notes(next: Place | null): string[] {
    const notes: string[] = [];
    if (this.#digests.size + this.#included === 0)
      notes.push(
        "No checkpoint was compared: last records that were removed, whole runs that were removed, and a chain that was made anew are not noticed.",
      );
    else if (this.#digests.size === 0)
      notes.push("The checkpoints are the export's own copies: compare them with copies that you were given on their day.");
    if (this.#firstCheckpoint !== null && this.#firstCheckpoint > 1)
      notes.push(`Checkpoints before number ${this.#firstCheckpoint} were not given.`);
    if (this.#unsigned.length > 0) notes.push(`Not signed: ${this.#unsigned.join(", ")}.`);
    if (this.#unchecked.length > 0)
      notes.push(`Signatures were not checked, because their key was not given: ${this.#unchecked.join(", ")}.`);
    if (!this.#whole) notes.push("The export holds chosen records: each is proved by itself, and not that none between them is missing.");
    if (!this.#fromStart) notes.push("The export's first part was not given.");
    if (next !== null) notes.push(`The export goes on after record ${next.seq} of ${next.run}; that part was not given.`);
    if (this.#erased > 0)
      notes.push(
        `Of ${this.#erased} records the content is gone; their facts hold. That it was erased by its retention, and not taken out, is not proved.`,
      );
    return notes;
  }
}

/** A run's id is its workflow's name, a dot, and what cannot hold a dot before a "~" (src/core/ids.ts). */
const isOfWorkflow = (run: string, workflow: string): boolean =>
  run.startsWith(`${workflow}.`) && !(run.slice(workflow.length + 1).split("~", 1)[0] as string).includes(".");

function parsed(text: string, number: number): Line {
  try {
    const line: unknown = JSON.parse(text);
    if (line !== null && typeof line === "object") return line as Line;
  } catch {
    // Said below.
  }
  throw new Stop(`line ${number}`, "it is not JSON");
}
