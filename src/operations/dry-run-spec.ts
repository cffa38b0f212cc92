// What a draft of a governance spec would have done with the latest writes of its workflow. It changes nothing and needs no approval; it shows what was written,
// so it is for those who write and approve specs.
// Sequence: the role -> entries from the audit -> what the rules saw then -> the draft's rules over the same.
import * as z from "zod";
import { ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { readCertificates } from "../db/certificates.ts";
import { latestEffectEntries } from "../db/recorded-effects.ts";
import { type DryRun, dryRun, effectsOf } from "../governance/dry-run.ts";
import { certificatesIn } from "../governance/on-record.ts";
import { GovernanceSpec } from "../governance/spec.ts";
import { permit } from "./require-role.ts";

/** One answer has to fit a request's time and memory; each write brings its run's contents. */
const MOST = 200;

export const DryRunInput = z.strictObject({ spec: GovernanceSpec, last: z.int().min(1).max(MOST).default(100) });
export type DryRunInput = z.infer<typeof DryRunInput>;

export type DryRunAnswer = Omit<DryRun, "effects"> & {
  /** Those whose outcome or rule would be another, newest run first. */
  readonly changed: DryRun["effects"];
};

export async function dryRunSpec(db: D1Database, principal: Principal, { spec, last }: DryRunInput): Promise<Result<DryRunAnswer>> {
  const denied = permit(principal, "try specs", spec.workflow);
  if (denied) return denied;
  const runs = await latestEffectEntries(db, spec.workflow, last);
  const recorded = runs.flatMap(({ run, entries }) => effectsOf(run, entries)).slice(0, last);
  const certificates = (await readCertificates(db, certificatesIn(spec))).map(({ certificate }) => certificate);
  const { effects, ...counts } = dryRun(spec, recorded, certificates);
  return ok({ ...counts, changed: effects.filter(({ difference }) => difference !== "none") });
}
