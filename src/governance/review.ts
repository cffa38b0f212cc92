// Who is asked, how many of them must agree, how long they have, and what follows when nobody answers: the review block of a governance spec. Plain data and its
// expansion into people. It must not decide anything about one approval.
import * as z from "zod";

/** Compared with the identity provider's addresses, which are lower case. */
export const Person = z.email().toLowerCase();

/** A person, or a group of the spec by its name. */
export const Reviewer = z.union([
  Person,
  z.string().regex(/^group:[a-z][a-z0-9-]{0,59}$/, 'an e-mail address, or "group:" and the name of a group of this spec'),
]);

const Day = z.iso.date();

export const Review = z
  .strictObject({
    /** Everybody who is asked first, people and groups; a rule may choose among them. */
    reviewers: z.array(Reviewer).min(1),
    /** Groups are part of the text that is approved: who is in one is the owner's to say. */
    groups: z
      .record(z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, "small letters, digits and -, beginning with a letter"), z.array(Person).min(1))
      .optional(),
    /** How many different people must agree to one change; one, unless said. Whoever began the run by hand is never one of them. */
    approvals: z.int().min(1).max(10).optional(),
    slaMinutes: z.number().positive(),
    /** When those who are asked are reminded, in minutes after they were asked. */
    remindAfterMinutes: z.array(z.number().positive()).min(1).max(10).optional(),
    /** Who may decide as well once the time has passed, one after another, each with a time of its own. */
    escalation: z
      .array(z.strictObject({ to: z.array(Reviewer).min(1), minutes: z.number().positive() }))
      .min(1)
      .max(5)
      .optional(),
    /** What an unanswered approval becomes when all time has passed: the change is refused and the run goes on, or the run is cancelled. */
    onExpiry: z.enum(["reject", "cancel"]),
    /** Who decides in whose place; both days count, in UTC. */
    delegations: z
      .array(z.strictObject({ from: Person, to: Person, start: Day, end: Day }))
      .min(1)
      .optional(),
    /** The share (0 to 1) of answered approvals that another reviewer answers again, without the proposal and the first answer. It changes nothing that was decided. */
    blindSecond: z.number().min(0).max(1).optional(),
  })
  .superRefine(
    ({ reviewers, groups = {}, approvals = 1, slaMinutes, remindAfterMinutes = [], escalation = [], delegations = [] }, context) => {
      const issue = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
      const lists = [
        { path: ["reviewers"], names: reviewers },
        ...escalation.map(({ to }, at) => ({ path: ["escalation", at, "to"], names: to })),
      ];
      for (const { path, names } of lists) {
        for (const [at, name] of names.entries()) {
          if (name.startsWith("group:") && !Object.hasOwn(groups, name.slice("group:".length)))
            issue([...path, at], `review.groups has no ${name.slice(6)}`);
        }
      }
      const people = peopleOf({ groups }, reviewers);
      if (people.length > 0 && people.length < approvals)
        issue(["approvals"], `${approvals} people must agree, and only ${people.length} may`);
      for (const [at, minutes] of remindAfterMinutes.entries()) {
        if (minutes >= slaMinutes) issue(["remindAfterMinutes", at], `is not before slaMinutes (${slaMinutes})`);
      }
      for (const [at, { from, to, start, end }] of delegations.entries()) {
        if (from === to) issue(["delegations", at, "to"], "nobody stands in for themselves");
        if (start > end) issue(["delegations", at, "end"], `is before its start, ${start}`);
      }
    },
  );
export type Review = z.infer<typeof Review>;

/** Everybody whom these names stand for, once each, in their order. A group that the spec does not have stands for nobody. */
export function peopleOf({ groups = {} }: Pick<Review, "groups">, names: readonly string[]): string[] {
  const people = names.flatMap((name) => {
    if (!name.startsWith("group:")) return [name];
    const group = name.slice("group:".length);
    return Object.hasOwn(groups, group) ? (groups[group] as string[]) : [];
  });
  return [...new Set(people)];
}
