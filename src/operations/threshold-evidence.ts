// What stands behind each threshold of a governance spec: a certificate with what it proves and whether it still fits, or a number that nobody has proved. And whether a
// text may be approved: a certificate that it names must be on record, and be about that decision of that workflow.
import { fail } from "../core/errors.ts";
import { readCertificates } from "../db/certificates.ts";
import { certificatesIn } from "../governance/on-record.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import { type CertificateStanding, standingsOf } from "./certificates.ts";

export type ThresholdEvidence =
  /** `name`: a decision, or one of its fields ("triage.team"). */
  | {
      readonly kind: "number";
      readonly name: string;
      readonly threshold: number;
      /** A review of the running workflow advised exactly this number. */
      readonly advised?: true;
    }
  | { readonly kind: "certificate"; readonly name: string; readonly id: string; readonly standing: CertificateStanding }
  /** `why`: as a phrase. Writes on it are asked. */
  | { readonly kind: "missing"; readonly name: string; readonly id: string; readonly why: string };

/** In the order of the spec. */
export async function thresholdEvidence(db: D1Database, spec: GovernanceSpec): Promise<ThresholdEvidence[]> {
  const standings = await standingsOf(db, await readCertificates(db, certificatesIn(spec)));
  return Object.entries(spec.thresholds).map(([name, threshold]): ThresholdEvidence => {
    if (typeof threshold === "number") return { kind: "number", name, threshold };
    const id = threshold.certificate;
    const standing = standings.find(({ certificate }) => certificate.id === id);
    if (!standing) return { kind: "missing", name, id, why: "is not on record" };
    const { workflow, decision } = standing.certificate;
    return workflow === spec.workflow && decision === name
      ? { kind: "certificate", name, id, standing }
      : { kind: "missing", name, id, why: `is about ${decision} of ${workflow}` };
  });
}

/** Null where each certificate is there. */
export async function refuseMissing(db: D1Database, spec: GovernanceSpec): Promise<ReturnType<typeof fail> | null> {
  const missing = (await thresholdEvidence(db, spec)).find((one) => one.kind === "missing");
  if (missing?.kind !== "missing") return null;
  const field = `thresholds.${missing.name}`;
  return fail("spec.invalid", `${field}: certificate ${missing.id} ${missing.why}`, { field });
}
