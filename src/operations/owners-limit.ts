// From which score on a decision of a workflow is acted on without asking, and how much of that may be wrong: as the spec and its certificates say. It asks nobody and
// judges nothing; where no certificate names a limit, somebody has to, and it is said that it was not the owner.
import * as z from "zod";
import { readCertificates } from "../db/certificates.ts";
import { readSpecTexts } from "../db/specs.ts";
import type { Certificate } from "../governance/certificate.ts";
import { GovernanceSpec } from "../governance/spec.ts";

export const LimitAsked = z.coerce.number("limit: give a share above 0 and below 1, such as 0.05").gt(0).lt(1);

/** What is taken where neither a certificate nor the reader names one: the middle of what 200 to 500 labelled records can prove. */
const ASSUMED_LIMIT = 0.05;

export interface OwnersLimit {
  readonly share: number;
  readonly from: "certificate" | "asked" | "assumed";
}

/** The limit that counts in a view: the owner's where a certificate has it, then the reader's, then an assumed one. */
export function limitFor(certificate: Certificate | null, asked: number | undefined): OwnersLimit {
  if (certificate) return { share: certificate.limit, from: "certificate" };
  return asked === undefined ? { share: ASSUMED_LIMIT, from: "assumed" } : { share: asked, from: "asked" };
}

export interface CountingSpec {
  readonly spec: GovernanceSpec;
  readonly approvedAt: number | null;
}

/** The version that new runs begin under; null where none is approved, or this release does not read it. */
export async function countingSpec(db: D1Database, workflow: string, now: number): Promise<CountingSpec | null> {
  const found = (await readSpecTexts(db, workflow, now)).find(({ counts }) => counts);
  const spec = found && GovernanceSpec.safeParse(JSON.parse(found.body)).data;
  return found && spec ? { spec, approvedAt: found.approvedAt } : null;
}

export interface DecisionThreshold {
  /** Null: it is always asked, or each of its fields has a threshold of its own. */
  readonly threshold: number | null;
  readonly certificate: Certificate | null;
  readonly perField: boolean;
}

export async function thresholdOf(db: D1Database, spec: GovernanceSpec | null, decision: string): Promise<DecisionThreshold> {
  const named = spec && Object.hasOwn(spec.thresholds, decision) ? spec.thresholds[decision] : undefined;
  const perField = Object.keys(spec?.thresholds ?? {}).some((name) => name.startsWith(`${decision}.`));
  if (named === undefined || typeof named === "number")
    return { threshold: perField ? null : (named ?? null), certificate: null, perField };
  const [issued] = await readCertificates(db, [named.certificate]);
  const certificate = issued?.certificate ?? null;
  return { threshold: perField ? null : (certificate?.threshold ?? null), certificate, perField };
}

/** Decisions by name, without those of single fields. */
export const decisionsIn = (spec: GovernanceSpec | null): string[] => [
  ...new Set(Object.keys(spec?.thresholds ?? {}).map((name) => name.split(".", 1)[0] ?? name)),
];
