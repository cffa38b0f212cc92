// Certificates: issued from the report of a finished validation by whoever answers for the workflow, and read with whether they still fit what the workflow's model answers now. What one
// proves is decided in validation/; what follows from one is the ruling's (governance/confidence.ts).
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import { certificateIdOf } from "../core/ids.ts";
import { digest } from "../core/json.ts";
import type { Principal, Within } from "../core/principal.ts";
import { type IssuedCertificate, insertCertificate, listCertificates, readCertificates } from "../db/certificates.ts";
import { type LatestAnswer, latestAnswer } from "../db/latest-answer.ts";
import { certificatesInForce, listSpecsNaming, type SpecNaming, type ThresholdInForce } from "../db/specs.ts";
import { type Certificate, type OriginChange, originChanges } from "../governance/certificate.ts";
import { decideCertificate } from "../validation/decide-certificate.ts";
import type { Context } from "./context.ts";
import { permit, permitWithin } from "./require-role.ts";
import { readReport } from "./validation-reports.ts";

export type { Certificate, IssuedCertificate, LatestAnswer, OriginChange };

export const IssueInput = z.strictObject({
  validation: z.string("Name the validation").min(1, "Name the validation").max(200),
  /** Of the report that was read: a revision that came since is not issued by this. */
  digest: z
    .string("Repeat the SHA-256 of the report that you read")
    .regex(/^[0-9a-f]{64}$/, "Repeat the SHA-256 of the report that you read"),
});
export type IssueInput = z.infer<typeof IssueInput>;

/** The same proof gives the certificate that is on record already. */
export async function issueCertificate(
  { env }: Pick<Context, "env">,
  principal: Principal,
  { validation, digest: read }: IssueInput,
  now: number,
): Promise<Result<IssuedCertificate>> {
  const found = await readReport({ env }, principal, validation, null);
  if (!found.ok) return found;
  const { state, issued, records } = found.value;
  const denied = permit(principal, "issue certificates", state.workflow);
  if (denied) return denied;
  if (issued === null)
    return fail("validation.wrong_state", "A certificate is issued once every record is answered and the report is there");
  if (issued.digest !== read)
    return fail("validation.report_moved", `The report is at revision ${issued.report.revision} now: look at it, and decide again`, {
      field: "digest",
    });
  const decided = decideCertificate(issued.report.facts, records);
  if (!decided.ok) return decided;
  const proof = { ...decided.value, report: { id: validation, digest: issued.digest } };
  const id = certificateIdOf(digest(proof));
  await insertCertificate(env.DB, { certificate: { id, ...proof, issuedAt: now }, issuedBy: principal.id });
  const [certificate] = await readCertificates(env.DB, [id]);
  return certificate ? ok(certificate) : fail("certificate.not_found", `Certificate ${id} was not recorded`);
}

export interface CertificateStanding extends IssuedCertificate {
  /** The latest answer of its decision that is still kept; null where there is none. */
  readonly latest: LatestAnswer | null;
  /** Where that answer is not of the kind that was proved: a write on it is asked. Empty where it fits. */
  readonly changes: readonly OriginChange[];
}

export interface CertificateListed extends CertificateStanding {
  /** The version of its workflow's governance spec that counts now, if it names this certificate. */
  readonly inForce: number | null;
}

export interface CertificateDetail extends CertificateListed {
  /** Versions of its workflow's governance spec that name it, the latest first. */
  readonly specs: readonly SpecNaming[];
  /** The certificate that the rules which count now name for its decision instead; null where they name this one or none. */
  readonly supersededBy: string | null;
}

/** By workflow, the latest first. */
export async function certificatesWithin({ env }: Pick<Context, "env">, within: Within, now: number): Promise<CertificateListed[]> {
  const [issued, named] = await Promise.all([listCertificates(env.DB, within), certificatesInForce(env.DB, now)]);
  return (await standingsOf(env.DB, issued)).map((one) => ({ ...one, inForce: versionNaming(named, one.certificate) }));
}

const versionNaming = (named: readonly ThresholdInForce[], { id, workflow, decision }: Certificate): number | null =>
  named.find((one) => one.certificate === id && one.workflow === workflow && one.decision === decision)?.version ?? null;

/** Each with the latest answer of its decision. */
export function standingsOf(db: D1Database, issued: readonly IssuedCertificate[]): Promise<CertificateStanding[]> {
  const known = new Map<string, Promise<LatestAnswer | null>>();
  const latestOf = ({ workflow, decision }: Certificate) => {
    const key = `${workflow}\n${decision}`;
    const latest = known.get(key) ?? latestAnswer(db, workflow, decision);
    known.set(key, latest);
    return latest;
  };
  return Promise.all(issued.map(async (one) => standingOf(one, await latestOf(one.certificate))));
}

export async function readCertificate(
  { env }: Pick<Context, "env">,
  principal: Principal,
  id: string,
  now: number,
): Promise<Result<CertificateDetail>> {
  const [issued] = await readCertificates(env.DB, [id]);
  if (!issued) {
    const within = permitWithin(principal, "read certificates");
    return within.ok ? fail("certificate.not_found", `No certificate ${id}`) : within;
  }
  const { workflow, decision } = issued.certificate;
  const denied = permit(principal, "read certificates", workflow);
  if (denied) return denied;
  const [latest, specs, named] = await Promise.all([
    latestAnswer(env.DB, workflow, decision),
    listSpecsNaming(env.DB, workflow, id, now),
    certificatesInForce(env.DB, now),
  ]);
  const instead = named.find((one) => one.workflow === workflow && one.decision === decision && one.certificate !== id);
  return ok({
    ...standingOf(issued, latest),
    inForce: versionNaming(named, issued.certificate),
    specs,
    supersededBy: instead?.certificate ?? null,
  });
}

const standingOf = (issued: IssuedCertificate, latest: LatestAnswer | null): CertificateStanding => ({
  ...issued,
  latest,
  changes: latest === null ? [] : originChanges(issued.certificate, latest.origin),
});
