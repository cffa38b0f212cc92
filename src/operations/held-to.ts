// From which confidence on each field of a recorded decision passes without a person, for whoever looks at an approval: the spec's numbers, and what its certificate proves
// where it is about such an answer. It follows governance/confidence.ts and rules on nothing.
import { readCertificates } from "../db/certificates.ts";
import type { ApprovalDetail, RecordedDecision } from "../db/reads.ts";
import { type Certificate, originChanges } from "../governance/certificate.ts";
import { certificatesIn } from "../governance/on-record.ts";
import type { GovernanceSpec } from "../governance/spec.ts";

export interface HeldTo {
  /** What is said of all its fields together; null where nothing is. */
  readonly whole:
    | { readonly kind: "number"; readonly threshold: number }
    | { readonly kind: "proved"; readonly threshold: number; readonly certificate: string }
    /** The certificate is not about this answer, or is not there: a person is asked. */
    | { readonly kind: "void"; readonly certificate: string }
    | null;
  /** By measured field; one that nothing is about is not there. */
  readonly fields: Readonly<Record<string, number>>;
}

/** By the decision's step. */
export async function heldTo(
  db: D1Database,
  { decisions, spec }: Pick<ApprovalDetail, "decisions" | "spec">,
): Promise<Record<string, HeldTo>> {
  if (spec === null) return {};
  const issued = await readCertificates(db, certificatesIn(spec.spec));
  const certificates = issued.map(({ certificate }) => certificate);
  return Object.fromEntries(decisions.map((decision) => [decision.step, decisionHeldTo(decision, spec.spec, certificates)]));
}

/** A number for a field counts for that field, and beside a certificate in addition to it. */
export function decisionHeldTo(
  decision: Pick<RecordedDecision, "step" | "fields" | "provider" | "model" | "source" | "basis">,
  { workflow, thresholds }: Pick<GovernanceSpec, "workflow" | "thresholds">,
  certificates: readonly Certificate[],
): HeldTo {
  // The second decision of a name is the step "name#2".
  const name = decision.step.replace(/#\d+$/, "");
  const set = Object.hasOwn(thresholds, name) ? thresholds[name] : undefined;
  const certificate = typeof set === "object" ? (certificates.find(({ id }) => id === set.certificate) ?? null) : null;
  const isProved =
    certificate !== null &&
    certificate.workflow === workflow &&
    certificate.decision === name &&
    originChanges(certificate, decision).length === 0;
  const fields = Object.keys(decision.fields).flatMap((field): [string, number][] => {
    const own = thresholds[`${name}.${field}`];
    const number = typeof own === "number" ? own : typeof set === "number" ? set : null;
    const proved = isProved && certificate.fields.includes(field) ? certificate.threshold : null;
    return number === null && proved === null ? [] : [[field, Math.max(number ?? 0, proved ?? 0)]];
  });
  return { whole: wholeOf(set, isProved ? certificate : null), fields: Object.fromEntries(fields) };
}

function wholeOf(set: GovernanceSpec["thresholds"][string] | undefined, proved: Certificate | null): HeldTo["whole"] {
  if (set === undefined) return null;
  if (typeof set === "number") return { kind: "number", threshold: set };
  return proved === null
    ? { kind: "void", certificate: set.certificate }
    : { kind: "proved", threshold: proved.threshold, certificate: proved.id };
}
