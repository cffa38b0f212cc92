// How an open approval stands, as tables: who may speak at which time, who counts, and what comes due next.
import { describe, expect, it } from "vitest";
import type { Approval, ApprovalEntry } from "../../../src/core/approval.ts";
import { computeGate, seatOf, timesOf } from "../../../src/governance/gate.ts";
import type { Review } from "../../../src/governance/review.ts";

const [ADA, GRACE, LINUS, BOSS, CEO] = ["ada", "grace", "linus", "boss", "ceo"].map((name) => `${name}@example.com`) as [
  string,
  string,
  string,
  string,
  string,
];
const T0 = Date.parse("2026-01-05T09:00:00Z");
const MINUTE = 60_000;
const minutes = (count: number) => T0 + count * MINUTE;

const base: Review = { reviewers: [ADA, GRACE, LINUS], slaMinutes: 60, onExpiry: "reject" };
const escalating: Review = {
  ...base,
  groups: { leads: [BOSS, GRACE] },
  remindAfterMinutes: [20, 40],
  escalation: [
    { to: ["group:leads"], minutes: 30 },
    { to: [CEO], minutes: 60 },
  ],
};
const asked = (review: Review, more: Partial<Approval> = {}): Approval => ({
  id: "apr_1",
  step: "set",
  action: "ledger.setRecord",
  target: "record/a",
  before: {},
  values: { owner: "ada" },
  digest: "d1",
  rule: "regulated",
  why: "because",
  reviewers: [ADA, GRACE, LINUS],
  ...timesOf(review, T0),
  ...more,
});
const about = { approvalId: "apr_1" } as const;
const endorsed = (by: string, more: { inPlaceOf?: string; level?: number } = {}): ApprovalEntry => ({
  type: "approval.endorsed",
  ...about,
  digest: "d1",
  by,
  ...more,
});
const amended = (by: string): ApprovalEntry => ({ type: "approval.amended", ...about, digest: "d2", values: { owner: "bob" }, by });
const handed = (by: string, to: string): ApprovalEntry => ({ type: "approval.reassigned", ...about, by, to });
const reminded = (after: number): ApprovalEntry => ({ type: "approval.reminded", ...about, minutes: after });
const escalated = (level: number): ApprovalEntry => ({ type: "approval.escalated", ...about, level, to: [], until: 0 });

const gateOf = (review: Review, said: ApprovalEntry[] = [], now = T0, more: Partial<Approval> = {}) =>
  computeGate(review, asked(review, more), said, now);
const mayDecide = (...args: Parameters<typeof gateOf>) => [...new Set(gateOf(...args).seats.map(({ by }) => by))];

describe("who may decide", () => {
  const lent = (from: string, to: string, start: string, end: string): Review => ({ ...base, delegations: [{ from, to, start, end }] });

  it.each<[string, string[], Parameters<typeof gateOf>]>([
    ["those who were asked", [ADA, GRACE, LINUS], [base]],
    ["those whom the rule asks", [GRACE], [base, [], T0, { reviewers: [GRACE] }]],
    ["nobody who began the run", [GRACE, LINUS], [base, [], T0, { notBy: ADA }]],
    ["only the one it was handed to", [GRACE], [base, [handed(ADA, GRACE)]]],
    ["the last one it was handed to", [LINUS], [base, [handed(ADA, GRACE), handed(GRACE, LINUS)]]],
    ["of several who must agree, all but the one who handed over", [GRACE, LINUS], [{ ...base, approvals: 2 }, [handed(ADA, GRACE)]]],
    ["before the time for an answer has passed, none of the escalation", [ADA, GRACE, LINUS], [escalating, [], minutes(60) - 1]],
    ["from then on, those of the first level as well", [ADA, GRACE, LINUS, BOSS], [escalating, [], minutes(60)]],
    ["until the second level only those of the first", [ADA, GRACE, LINUS, BOSS], [escalating, [], minutes(90) - 1]],
    ["then those of both", [ADA, GRACE, LINUS, BOSS, CEO], [escalating, [], minutes(90)]],
    ["those of the escalation after it was handed over, too", [LINUS, BOSS, GRACE], [escalating, [handed(ADA, LINUS)], minutes(60)]],
    ["of the escalation nobody who began the run", [ADA, GRACE, LINUS], [escalating, [], minutes(60), { notBy: BOSS }]],
    ["a delegate on the first day", [ADA, GRACE, LINUS, BOSS], [lent(ADA, BOSS, "2026-01-05", "2026-01-05")]],
    ["no delegate before it", [ADA, GRACE, LINUS], [lent(ADA, BOSS, "2026-01-06", "2026-01-09")]],
    ["no delegate after the last", [ADA, GRACE, LINUS], [lent(ADA, BOSS, "2026-01-01", "2026-01-04")]],
    ["no delegate of one who is not asked", [GRACE], [lent(ADA, BOSS, "2026-01-05", "2026-01-05"), [], T0, { reviewers: [GRACE] }]],
    ["no delegate of whoever began the run", [GRACE, LINUS], [lent(ADA, BOSS, "2026-01-05", "2026-01-05"), [], T0, { notBy: ADA }]],
    [
      "not even in another's place whoever began the run",
      [ADA, GRACE, LINUS],
      [lent(ADA, BOSS, "2026-01-05", "2026-01-05"), [], T0, { notBy: BOSS }],
    ],
    [
      "a delegate of one of the escalation, once that is reached",
      [ADA, GRACE, LINUS, BOSS, CEO],
      [{ ...escalating, delegations: [{ from: BOSS, to: CEO, start: "2026-01-05", end: "2026-01-05" }] }, [], minutes(60)],
    ],
  ])("%s", (_, people, args) => {
    expect(mayDecide(...args)).toEqual(people);
  });

  it("a day of a delegation is one of UTC", () => {
    const review = lent(ADA, BOSS, "2026-01-05", "2026-01-05");
    const end = Date.parse("2026-01-06T00:00:00Z");
    expect(mayDecide(review, [], end - 1)).toContain(BOSS);
    expect(mayDecide(review, [], end)).not.toContain(BOSS);
  });
});

describe("who counts", () => {
  const two: Review = {
    ...base,
    approvals: 2,
    delegations: [
      { from: ADA, to: GRACE, start: "2026-01-05", end: "2026-01-05" },
      { from: ADA, to: BOSS, start: "2026-01-05", end: "2026-01-05" },
      { from: LINUS, to: BOSS, start: "2026-01-05", end: "2026-01-05" },
    ],
  };

  it("nobody twice: not as themselves and in another's place", () => {
    expect(seatOf(gateOf(two, [endorsed(GRACE)]), GRACE)).toBe("agreed");
    expect(seatOf(gateOf(two, [endorsed(GRACE, { inPlaceOf: ADA })]), GRACE)).toBe("agreed");
  });

  it("no place twice: not the one who lent it and who sits there", () => {
    expect(seatOf(gateOf(two, [endorsed(GRACE, { inPlaceOf: ADA })]), ADA)).toBe("agreed");
    expect(seatOf(gateOf(two, [endorsed(ADA)]), BOSS)).toEqual({ by: BOSS, inPlaceOf: LINUS });
    expect(seatOf(gateOf({ ...two, delegations: two.delegations?.slice(0, 2) }, [endorsed(ADA)]), BOSS)).toBe("agreed");
  });

  it("as themselves before in another's place", () => {
    expect(seatOf(gateOf(two), GRACE)).toEqual({ by: GRACE });
    expect(seatOf(gateOf(two), "mallory@example.com")).toBeNull();
  });

  it("those who agreed to the values as they stand: an edit asks the others again, under its own digest", () => {
    const three: Review = { ...base, approvals: 3 };
    expect(gateOf(three, [endorsed(ADA), endorsed(GRACE)])).toMatchObject({ missing: 1, digest: "d1", editedBy: null });
    const edited = gateOf(three, [endorsed(ADA), endorsed(GRACE), amended(LINUS)]);
    expect(edited).toMatchObject({ missing: 2, digest: "d2", values: { owner: "bob" }, editedBy: LINUS, agreed: [{ by: LINUS }] });
    expect(seatOf(edited, ADA)).toEqual({ by: ADA });
    expect(seatOf(edited, LINUS)).toBe("agreed");
  });
});

describe("what is due", () => {
  it.each<[string, object, Parameters<typeof gateOf>]>([
    ["nothing before the end", { kind: "wait", until: minutes(60) }, [base]],
    ["the end, exactly then", { kind: "expire" }, [base, [], minutes(60)]],
    ["the first reminder is waited for", { kind: "wait", until: minutes(20) }, [escalating]],
    ["the first reminder", { kind: "remind", minutes: 20 }, [escalating, [], minutes(20)]],
    ["once it was made, the second is waited for", { kind: "wait", until: minutes(40) }, [escalating, [reminded(20)], minutes(20)]],
    ["of two that are late, the last", { kind: "remind", minutes: 40 }, [escalating, [], minutes(50)]],
    ["after the reminders, the escalation is waited for", { kind: "wait", until: minutes(60) }, [escalating, [reminded(40)], minutes(50)]],
    [
      "the first level, and no late reminder",
      { kind: "escalate", level: 1, to: [BOSS, GRACE], until: minutes(90) },
      [escalating, [], minutes(60)],
    ],
    ["then the second is waited for", { kind: "wait", until: minutes(90) }, [escalating, [escalated(1)], minutes(61)]],
    ["the second level", { kind: "escalate", level: 2, to: [CEO], until: minutes(150) }, [escalating, [escalated(1)], minutes(90)]],
    ["of two that are late, the first first", { kind: "escalate", level: 1 }, [escalating, [], minutes(100)]],
    [
      "the end is after the last level's time",
      { kind: "wait", until: minutes(150) },
      [escalating, [escalated(1), escalated(2)], minutes(90)],
    ],
    ["and comes then", { kind: "expire" }, [escalating, [escalated(1), escalated(2)], minutes(150)]],
    ["a level never names whoever began the run", { kind: "escalate", to: [GRACE] }, [escalating, [], minutes(60), { notBy: BOSS }]],
    [
      "a question that ends before the spec's time is not escalated",
      { kind: "wait", until: minutes(45) },
      [escalating, [reminded(40)], minutes(41), { expiresAt: minutes(45) }],
    ],
  ])("%s", (_, next, args) => {
    expect(gateOf(...args).next).toMatchObject(next);
  });

  it("every level has its own time, and all of it counts", () => {
    expect(timesOf(base, T0)).toEqual({ requestedAt: T0, expiresAt: minutes(60) });
    expect(timesOf(escalating, T0)).toEqual({ requestedAt: T0, slaEndsAt: minutes(60), expiresAt: minutes(150) });
    expect(timesOf(escalating, T0, 45 * MINUTE)).toEqual({ requestedAt: T0, expiresAt: minutes(45) });
    expect(timesOf(escalating, T0, 75 * MINUTE)).toEqual({ requestedAt: T0, slaEndsAt: minutes(60), expiresAt: minutes(75) });
  });
});
