// How an open approval stands: who may speak now, who has agreed and how many more must, and what comes due next. Pure: the spec's review block, the approval,
// what the journal holds of it, and the time. It must not end an approval: that is the entry that follows from what it says.
// Order: what was said (agreed, edited, handed over) -> who sits where (asked, escalated to, standing in) -> what is due.
import type { Approval, ApprovalEntry, Seat } from "../core/approval.ts";
import type { JsonObject } from "../core/json.ts";
import { peopleOf, type Review } from "./review.ts";

const MINUTE = 60_000;

/** A level of the escalation: from `from` on, `to` may decide as well. */
export interface Level {
  readonly level: number;
  readonly to: readonly string[];
  readonly from: number;
  readonly until: number;
}

/** What an open approval needs next. */
export type GateMove =
  | { readonly kind: "wait"; readonly until: number }
  | { readonly kind: "remind"; readonly minutes: number }
  | { readonly kind: "escalate"; readonly level: number; readonly to: readonly string[]; readonly until: number }
  | { readonly kind: "expire" };

export interface Gate {
  /** Of the values as they stand: as they were asked, or as one of several edited them. */
  readonly digest: string;
  readonly values: JsonObject;
  readonly editedBy: string | null;
  /** Those who have agreed to these values, each once, with their reasons. */
  readonly agreed: readonly (Seat & { readonly reason?: string })[];
  readonly missing: number;
  /** Who may speak now, and as whom; somebody may appear as several. */
  readonly seats: readonly Seat[];
  /** Those of the people asked first who still are. */
  readonly asked: readonly string[];
  /** The levels that time has reached. */
  readonly reached: readonly Level[];
  readonly slaEndsAt: number;
  readonly next: GateMove;
}

/** When all time has passed that the spec gives, counted from the question. */
const expiryOf = ({ slaMinutes, escalation = [] }: Pick<Review, "slaMinutes" | "escalation">, requestedAt: number): number =>
  requestedAt + escalation.reduce((sum, { minutes }) => sum + minutes, slaMinutes) * MINUTE;

/** The times of an approval that is asked now; `within`: a question's own time for all of it. */
export function timesOf(
  review: Pick<Review, "slaMinutes" | "escalation">,
  requestedAt: number,
  within?: number,
): Pick<Approval, "requestedAt" | "expiresAt" | "slaEndsAt"> {
  const expiresAt = within === undefined ? expiryOf(review, requestedAt) : requestedAt + within;
  const slaEndsAt = requestedAt + review.slaMinutes * MINUTE;
  return { requestedAt, expiresAt, ...(review.escalation && slaEndsAt < expiresAt ? { slaEndsAt } : {}) };
}

/** `said`: what the journal holds of this approval, oldest first. */
export function computeGate(review: Review, approval: Approval, said: readonly ApprovalEntry[], now: number): Gate {
  const needed = review.approvals ?? 1;
  let { digest, values } = approval;
  let editedBy: string | null = null;
  let agreed: Gate["agreed"] = [];
  let asked: readonly string[] = approval.reviewers.filter((person) => person !== approval.notBy);
  for (const entry of said) {
    switch (entry.type) {
      case "approval.endorsed":
        agreed = [...agreed, agreement(entry)];
        break;
      case "approval.amended":
        ({ digest, values } = entry);
        editedBy = entry.by;
        agreed = [agreement(entry)];
        break;
      case "approval.reassigned":
        asked = afterHandOver(asked, entry, needed);
        break;
      case "approval.reminded":
      case "approval.escalated":
      case "approval.information_asked":
      case "approval.information_given":
        break;
    }
  }
  const reached = levelsOf(review, approval).filter(({ from }) => from <= now);
  return {
    digest,
    values,
    editedBy,
    agreed,
    missing: Math.max(0, needed - agreed.length),
    seats: seatsOf(review, approval, asked, reached, now),
    asked,
    reached,
    slaEndsAt: slaEndOf(review, approval),
    next: nextOf(review, approval, said, now),
  };
}

/** Where one must agree, only the one to whom it was handed; where several must, the one who hands over is out of it. */
export const afterHandOver = (
  asked: readonly string[],
  { by, inPlaceOf = by, to }: Seat & { readonly to: string },
  needed: number,
): readonly string[] => (needed === 1 ? [to] : asked.filter((person) => person !== inPlaceOf));

/** As whom somebody speaks: first as themselves. Null: they have no say. "agreed": they, or those in whose place they stand, have agreed to these values. */
export function seatOf({ seats, agreed }: Gate, person: string): Seat | "agreed" | null {
  const own = seats.filter(({ by }) => by === person);
  if (own.length === 0) return null;
  if (agreed.some(({ by }) => by === person)) return "agreed";
  return own.find((seat) => !agreed.some((one) => placeOf(one) === placeOf(seat))) ?? "agreed";
}

/** In whose place: two who speak for one count as one. */
const placeOf = ({ by, inPlaceOf = by }: Seat): string => inPlaceOf;

const agreement = ({ by, inPlaceOf, level, reason }: Seat & { readonly reason?: string }): Seat & { readonly reason?: string } => ({
  by,
  ...(inPlaceOf === undefined ? {} : { inPlaceOf }),
  ...(level === undefined ? {} : { level }),
  ...(reason === undefined ? {} : { reason }),
});

/** As themselves before through an escalation, and that before in another's place. Nobody sits for whoever began the run. */
function seatsOf(
  { delegations = [] }: Review,
  { notBy }: Approval,
  asked: readonly string[],
  reached: readonly Level[],
  now: number,
): readonly Seat[] {
  const today = new Date(now).toISOString().slice(0, 10);
  const own: Seat[] = asked.map((by) => ({ by }));
  for (const { level, to } of reached) {
    for (const by of to) if (by !== notBy && !own.some((seat) => seat.by === by)) own.push({ by, level });
  }
  const lent = delegations.flatMap(({ from, to, start, end }): Seat[] => {
    const seat = own.find(({ by }) => by === from);
    if (!seat || to === notBy || today < start || today > end) return [];
    return [{ ...seat, by: to, inPlaceOf: from }];
  });
  return [...own, ...lent];
}

const slaEndOf = ({ slaMinutes }: Review, { requestedAt, expiresAt }: Approval): number =>
  Math.min(requestedAt + slaMinutes * MINUTE, expiresAt);

/** A workflow's question may end before the spec's time: levels that would begin at its end or later are none. */
function levelsOf(review: Review, approval: Approval): Level[] {
  let from = slaEndOf(review, approval);
  const levels = (review.escalation ?? []).map(({ to, minutes }, index) => {
    const began = from;
    from += minutes * MINUTE;
    return { level: index + 1, to: peopleOf(review, to), from: began, until: from };
  });
  const open = levels.filter((level) => level.from < approval.expiresAt);
  return open.map((level, index) => (index === open.length - 1 ? { ...level, until: approval.expiresAt } : level));
}

function nextOf(review: Review, approval: Approval, said: readonly ApprovalEntry[], now: number): GateMove {
  const { requestedAt, expiresAt } = approval;
  if (now >= expiresAt) return { kind: "expire" };
  const levels = levelsOf(review, approval);
  const told = said.flatMap((entry) => (entry.type === "approval.escalated" ? [entry.level] : []));
  const due = levels.find(({ from, level }) => from <= now && !told.includes(level));
  if (due) return { kind: "escalate", level: due.level, to: due.to.filter((person) => person !== approval.notBy), until: due.until };
  const reminded = Math.max(0, ...said.flatMap((entry) => (entry.type === "approval.reminded" ? [entry.minutes] : [])));
  const at = (minutes: number) => requestedAt + minutes * MINUTE;
  // Of several that are due at once, after a stop, the last says it all; and after the time for an answer the escalation does.
  const open = now < slaEndOf(review, approval) ? (review.remindAfterMinutes ?? []).filter((minutes) => minutes > reminded) : [];
  const late = open.filter((minutes) => at(minutes) <= now);
  if (late.length > 0) return { kind: "remind", minutes: Math.max(...late) };
  const later = [...open.map(at), ...levels.map(({ from }) => from)].filter((time) => time > now);
  return { kind: "wait", until: Math.min(...later, expiresAt) };
}
