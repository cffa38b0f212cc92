// Which notices of approvals are still to be posted, and which posted ones are to be told how it ended. A notice is taken for a while before it is posted, so that
// two sweeps do not post it twice; one whose sender died in between is taken again, and may then stand there twice.
import type { NoticeKind } from "../core/notice.ts";

export interface DueNotice {
  readonly approval: string;
  readonly kind: NoticeKind;
  /** Tells one reminder from the next: the number of its audit record; 0 for the first question. */
  readonly seq: number;
}

export interface OpenNotice extends DueNotice {
  readonly channel: string;
  readonly ts: string;
  readonly status: string;
  readonly decidedBy: string | null;
}

/** How long a sender has. */
const LEASE_MS = 5 * 60_000;

/** What pending approvals have not been told of, the nearest deadline first. A reminder that was due before the first notice is part of it. */
export async function dueNotices(db: D1Database, now: number, limit: number): Promise<DueNotice[]> {
  const { results } = await db
    .prepare(
      `with due as (
         select a.id as approval, 'asked' as kind, 0 as seq, a.expires_at from approval as a where a.status = 'pending'
         union all
         select a.id, substr(u.type, length('approval.') + 1), u.seq, a.expires_at
         from approval as a join audit as u on u.run = a.run and u.step = a.step
         join approval_notice as first on first.approval = a.id and first.kind = 'asked' and first.sent_at < u.at
         where a.status = 'pending' and u.type in ('approval.reminded', 'approval.escalated') and u.at >= a.requested_at)
       select due.approval, due.kind, due.seq from due
       left join approval_notice as n on n.approval = due.approval and n.kind = due.kind and n.seq = due.seq
       where n.approval is null or (n.sent_at is null and n.at <= ?1)
       order by due.expires_at, due.approval, due.seq limit ?2`,
    )
    .bind(now - LEASE_MS, limit)
    .all<DueNotice>();
  return results;
}

/** False where another sender has it. */
export async function takeNotice(db: D1Database, { approval, kind, seq }: DueNotice, now: number): Promise<boolean> {
  const { results } = await db
    .prepare(
      `insert into approval_notice (approval, kind, seq, at) values (?1, ?2, ?3, ?4)
       on conflict (approval, kind, seq) do update set at = excluded.at
       where approval_notice.sent_at is null and approval_notice.at <= ?5 returning approval`,
    )
    .bind(approval, kind, seq, now, now - LEASE_MS)
    .all();
  return results.length > 0;
}

export async function noticeSent(
  db: D1Database,
  { approval, kind, seq }: DueNotice,
  { channel, ts }: { readonly channel: string; readonly ts: string },
  now: number,
): Promise<void> {
  await db
    .prepare("update approval_notice set sent_at = ?4, channel = ?5, ts = ?6 where approval = ?1 and kind = ?2 and seq = ?3")
    .bind(approval, kind, seq, now, channel, ts)
    .run();
}

/** Posted notices of approvals that nobody has to decide any more. */
export async function noticesToClose(db: D1Database, limit: number): Promise<OpenNotice[]> {
  const { results } = await db
    .prepare(
      `select n.approval, n.kind, n.seq, n.channel, n.ts, a.status, a.decided_by as decidedBy
       from approval_notice as n join approval as a on a.id = n.approval
       where n.sent_at is not null and n.closed_at is null and a.status <> 'pending' order by n.sent_at limit ?`,
    )
    .bind(limit)
    .all<OpenNotice>();
  return results;
}

export async function noticeClosed(db: D1Database, { approval, kind, seq }: DueNotice, now: number): Promise<void> {
  await db
    .prepare("update approval_notice set closed_at = ?4 where approval = ?1 and kind = ?2 and seq = ?3")
    .bind(approval, kind, seq, now)
    .run();
}
