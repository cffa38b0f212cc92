// Certificates: issued from a finished validation by whoever answers for the workflow, and read with whether they still fit what the workflow's model answers now. What one
// proves is decided in validation/; what follows from one is the ruling's (governance/confidence.ts).
import { fail, ok, type Result } from "../core/errors.ts";
import { certificateIdOf } from "../core/ids.ts";
import { digest } from "../core/json.ts";
import type { Principal, Within } from "../core/principal.ts";
import { type IssuedCertificate, insertCertificate, listCertificates, readCertificates } from "../db/certificates.ts";
import { type LatestAnswer, latestAnswer } from "../db/latest-answer.ts";
import { listSpecsNaming, type SpecNaming } from "../db/specs.ts";
import { type Certificate, type OriginChange, originChanges } from "../governance/certificate.ts";
import { decideCertificate } from "../validation/decide-certificate.ts";
import type { ValidatedRecord, ValidationFacts } from "../validation/record.ts";
import type { Context } from "./context.ts";
import { permit, permitWithin } from "./require-role.ts";

export type { Certificate, IssuedCertificate, LatestAnswer, OriginChange };

/** A finished validation, and the report that shows it. */
export interface Validated {
  readonly facts: ValidationFacts;
  readonly records: readonly ValidatedRecord[];
  readonly report: Certificate["report"];
}

/** The same proof gives the certificate that is on record already. */
export async function issueCertificate(
  { env }: Pick<Context, "env">,
  principal: Principal,
  { facts, records, report }: Validated,
  now: number,
): Promise<Result<IssuedCertificate>> {
  const denied = permit(principal, "issue certificates", facts.workflow);
  if (denied) return denied;
  const decided = decideCertificate(facts, records);
  if (!decided.ok) return decided;
  const proof = { ...decided.value, report };
  const id = certificateIdOf(digest(proof));
  await insertCertificate(env.DB, { certificate: { id, ...proof, issuedAt: now }, issuedBy: principal.id });
  const [issued] = await readCertificates(env.DB, [id]);
  return issued ? ok(issued) : fail("certificate.not_found", `Certificate ${id} was not recorded`);
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
