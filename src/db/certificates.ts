// Certificates in D1: what was proved of thresholds, as it was issued and by whom. Rows are added and never changed; an id is made from what it proves, so that the same
// proof is on record once. Whether one fits an answer is not said here.
import { EVERY_WORKFLOW, type Within } from "../core/principal.ts";
import type { Certificate } from "../governance/certificate.ts";

export interface IssuedCertificate {
  readonly certificate: Certificate;
  readonly issuedBy: string;
}

/** False where it is there already, and stays as it was. */
export async function insertCertificate(db: D1Database, { certificate, issuedBy }: IssuedCertificate): Promise<boolean> {
  const { id, workflow, decision, issuedAt } = certificate;
  const { results } = await db
    .prepare(
      `insert into certificate (id, workflow, decision, issued_at, issued_by, body) select ?1, ?2, ?3, ?4, ?5, ?6
       where not exists (select 1 from certificate where id = ?1) returning id`,
    )
    .bind(id, workflow, decision, issuedAt, issuedBy, JSON.stringify(certificate))
    .all();
  return results.length > 0;
}

interface Stored {
  body: string;
  issuedBy: string;
}

const issuedOf = ({ body, issuedBy }: Stored): IssuedCertificate => ({ certificate: JSON.parse(body) as Certificate, issuedBy });

/** Those of these that there are. */
export async function readCertificates(db: D1Database, ids: readonly string[]): Promise<IssuedCertificate[]> {
  if (ids.length === 0) return [];
  const { results } = await db
    .prepare(`select body, issued_by as "issuedBy" from certificate where id in (select value from json_each(?))`)
    .bind(JSON.stringify(ids))
    .all<Stored>();
  return results.map(issuedOf);
}

/** By workflow, the latest first. */
export async function listCertificates(db: D1Database, within: Within): Promise<IssuedCertificate[]> {
  const { results } = await db
    .prepare(
      `select body, issued_by as "issuedBy" from certificate where ?1 is null or workflow in (select value from json_each(?1))
       order by workflow, issued_at desc, id`,
    )
    .bind(within === EVERY_WORKFLOW ? null : JSON.stringify(within))
    .all<Stored>();
  return results.map(issuedOf);
}
