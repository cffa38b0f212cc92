// Certificates: issued from the report of a finished validation by whoever answers for the workflow, and read with whether they still fit what the workflow's model answers now. What one
// proves is decided in validation/; what follows from one is the ruling's (governance/confidence.ts).
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import { certificateIdOf } from "../core/ids.ts";
import { digest } from "../core/json.ts";
import type { Principal, Within } from "../core/principal.ts";
import { type IssuedCertificate, insertCertificate, listCertificates, readCertificates } from "../db/certificates.ts";
import { type LatestAnswer, latestAnswer } from "../db/latest-answer.ts";
import { listSpecsNaming, type SpecNaming } from "../db/specs.ts";
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

export interface CertificateDetail extends CertificateStanding {
  /** Versions of its workflow's governance spec that name it, the latest first. */
  readonly specs: readonly SpecNaming[];
}

/** By workflow, the latest first. */
export const certificatesWithin = async ({ env }: Pick<Context, "env">, within: Within): Promise<CertificateStanding[]> =>
  standingsOf(env.DB, await listCertificates(env.DB, within));

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
  const [latest, specs] = await Promise.all([latestAnswer(env.DB, workflow, decision), listSpecsNaming(env.DB, workflow, id, now)]);
  return ok({ ...standingOf(issued, latest), specs });
}

const standingOf = (issued: IssuedCertificate, latest: LatestAnswer | null): CertificateStanding => ({
  ...issued,
  latest,
  changes: latest === null ? [] : originChanges(issued.certificate, latest.origin),
});
