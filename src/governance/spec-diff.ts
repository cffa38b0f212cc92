// What differs between two versions of a governance spec, in words, and whether it lets a workflow do more without a person (looser) or less (stricter). Pure. Lists
// whose members have a name are compared member by member. What no row of the table judges is listed all the same, as neutral: a change must never be unseen.
import { canonical, type Json, sameJson } from "../core/json.ts";
import type { GovernanceSpec } from "./spec.ts";

export type Judgement = "looser" | "stricter" | "neutral";

export interface SpecChange {
  /** Where in the document, as its author would find it. */
  readonly path: string;
  /** As a sentence without its full stop. */
  readonly what: string;
  /** Null: it was, or is, not there. */
  readonly before: Json;
  readonly after: Json;
  readonly judgement: Judgement;
}

/** `added`, `removed`: what its coming and going means. `raised`: what a higher number, or a later one of `ranks`, means. Two forms of one thing are not judged. */
interface Row {
  readonly at: string;
  readonly label: (names: readonly string[]) => string;
  readonly added?: Judgement | ((value: Json, names: readonly string[]) => Judgement);
  readonly raised?: Judgement;
  readonly ranks?: readonly Json[];
}

const rule = (names: readonly string[]) => `rule ${names[1]} of ${names[0]}`;
const field = (names: readonly string[]) => `${names[1]} of ${names[0]}`;

/** "*" stands for one name, which the label is given. */
const ROWS: readonly Row[] = [
  { at: "mode", label: () => "mode", ranks: ["shadow", "live"], raised: "looser" },
  { at: "regulated", label: () => "regulated" },
  // A field's number may replace the decision's, stand beside its certificate, or be the only one: which of them is said by the others.
  {
    at: "thresholds *",
    label: ([name]) => `threshold for ${name}`,
    added: (_, [name]) => (name?.includes(".") ? "neutral" : "looser"),
    raised: "stricter",
  },
  { at: "alwaysAsk *", label: ([name]) => `always asked: ${name}`, added: "stricter" },
  { at: "actions *", label: ([name]) => `action ${name}`, added: "looser" },
  { at: "actions * ask", label: ([name]) => `when ${name} asks`, ranks: ["never", "when_unsure", "always"], raised: "stricter" },
  { at: "actions * fields *", label: (names) => `field ${field(names)}`, added: "looser" },
  { at: "actions * fields * oneOf", label: (names) => `list of values for ${field(names)}`, added: "stricter" },
  { at: "actions * fields * oneOf *", label: (names) => `value ${names[2]} for ${field(names)}`, added: "looser" },
  { at: "actions * fields * maxLength", label: (names) => `longest ${field(names)}`, added: "stricter", raised: "looser" },
  { at: "actions * fields * pattern", label: (names) => `pattern of ${field(names)}`, added: "stricter" },
  { at: "actions * fields * range", label: (names) => `range of ${field(names)}`, added: "stricter" },
  { at: "actions * fields * range min", label: (names) => `least ${field(names)}`, added: "stricter", raised: "stricter" },
  { at: "actions * fields * range max", label: (names) => `most ${field(names)}`, added: "stricter", raised: "looser" },
  { at: "actions * fields * maxChange", label: (names) => `largest change of ${field(names)}`, added: "stricter" },
  {
    at: "actions * fields * maxChange *",
    label: (names) => `largest change of ${field(names)} (${names[2]})`,
    added: "stricter",
    raised: "looser",
  },
  { at: "actions * fields * transitions", label: (names) => `list of steps for ${field(names)}`, added: "stricter" },
  { at: "actions * fields * transitions *", label: (names) => `step ${names[2]} for ${field(names)}`, added: "looser" },
  { at: "actions * never *", label: (names) => `never touched: ${field(names)}`, added: "stricter" },
  { at: "actions * rules *", label: rule, added: (value) => (outcomeOf(value) === "allow" ? "neutral" : "stricter") },
  { at: "actions * rules * outcome", label: (names) => `outcome of ${rule(names)}`, ranks: ["allow", "ask", "deny"], raised: "stricter" },
  { at: "review reviewers *", label: ([name]) => `reviewer ${name}` },
  { at: "review groups * *", label: ([group, name]) => `member ${name} of the group ${group}` },
  { at: "review approvals", label: () => "number of people who must agree", added: "stricter", raised: "stricter" },
  { at: "review blindSecond", label: () => "share of answers that another reviewer gives again", added: "stricter", raised: "stricter" },
  { at: "auditSampling", label: () => "share of writes looked at afterwards", added: "stricter", raised: "stricter" },
  { at: "limits", label: () => "limits", added: "stricter" },
  { at: "limits writesPerHour", label: () => "most writes in an hour", added: "stricter", raised: "looser" },
  { at: "limits valuePerDay", label: () => "limits on a day's value", added: "stricter" },
  { at: "limits valuePerDay *", label: ([name]) => `limit on a day's ${name}`, added: "stricter" },
  { at: "limits valuePerDay * max", label: ([name]) => `most ${name} in a day`, raised: "looser" },
  { at: "budget", label: () => "budget for model calls", added: "stricter" },
  { at: "budget usdPerDay", label: () => "most dollars for model calls in a day", added: "stricter", raised: "looser" },
  { at: "budget usdPerRun", label: () => "most dollars for model calls in a run", added: "stricter", raised: "looser" },
  { at: "budget onReached", label: () => "what happens when the budget is reached" },
  { at: "onFailure", label: () => "what a failed run does with its writes" },
  { at: "retention payloadDays", label: () => "days for which contents are kept" },
  { at: "rollback windowDays", label: () => "days for which writes can be taken back" },
];

export function diffSpecs(before: GovernanceSpec, after: GovernanceSpec): SpecChange[] {
  const [was, is] = [namedMembers(before), namedMembers(after)];
  const changes = [...walk([], was, is)];
  if (changes.length > 0 || sameJson({ ...before, version: 0 }, { ...after, version: 0 })) return changes;
  return [{ path: "", what: "Only the order of something differs", before: null, after: null, judgement: "neutral" }];
}

type Tree = { readonly [name: string]: Tree } | Json;

function* walk(path: readonly string[], before: Tree | undefined, after: Tree | undefined): Generator<SpecChange> {
  if (sameJson(before ?? null, after ?? null)) return;
  if (isTree(before) && isTree(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      yield* walk([...path, name], own(before, name), own(after, name));
    return;
  }
  // A list that is not there constrains nothing, as an empty one would; but not where the list itself is the constraint.
  const found = rowOf(path);
  const lone = isTree(before) ? before : isTree(after) ? after : null;
  if (!found && lone && (before === undefined || after === undefined) && Object.keys(lone).length > 0) {
    const gone = before !== undefined;
    for (const name of Object.keys(lone)) yield* walk([...path, name], gone ? lone[name] : undefined, gone ? undefined : lone[name]);
    return;
  }
  const [was, is] = [(before ?? null) as Json, (after ?? null) as Json];
  const label = found ? found.row.label(found.names) : path.join(" ");
  yield {
    path: path.join("."),
    ...judged(label, found, before === undefined ? undefined : was, after === undefined ? undefined : is),
    before: was,
    after: is,
  };
}

const OPPOSITE: Record<Judgement, Judgement> = { looser: "stricter", stricter: "looser", neutral: "neutral" };

function judged(
  label: string,
  found: ReturnType<typeof rowOf>,
  before: Json | undefined,
  after: Json | undefined,
): Pick<SpecChange, "what" | "judgement"> {
  const row = found?.row;
  const name = label.charAt(0).toUpperCase() + label.slice(1);
  const added = (value: Json): Judgement =>
    typeof row?.added === "function" ? row.added(value, found?.names ?? []) : (row?.added ?? "neutral");
  if (before === undefined) return { what: `${name}: added${brief(after as Json)}`, judgement: added(after as Json) };
  if (after === undefined) return { what: `${name}: removed${brief(before)}`, judgement: OPPOSITE[added(before)] };
  const from = shown(before) === "" || shown(after) === "" ? "" : ` from ${shown(before)} to ${shown(after)}`;
  const rank = (value: Json) => (row?.ranks ? row.ranks.findIndex((one) => sameJson(one, value)) : Number.NaN);
  const [was, is] = row?.ranks ? [rank(before), rank(after)] : [before, after];
  if (row?.at === "regulated") {
    const judgement = before === false ? "stricter" : after === false ? "looser" : "neutral";
    return { what: `${name}: changed${from}`, judgement };
  }
  if (typeof was !== "number" || typeof is !== "number") return { what: `${name}: changed${from}`, judgement: "neutral" };
  const raised = row?.raised ?? "neutral";
  return {
    what: `${name}: ${row?.ranks ? "changed" : is > was ? "raised" : "lowered"}${from}`,
    judgement: is > was ? raised : OPPOSITE[raised],
  };
}

/** A short value, as it stands in the document. */
const shown = (value: Json): string => {
  const text = typeof value === "string" ? value : canonical(value);
  return text.length > 60 ? "" : text;
};
const brief = (value: Json): string => (typeof value === "number" ? `, ${value}` : "");

function rowOf(path: readonly string[]): { readonly row: Row; readonly names: string[] } | null {
  for (const row of ROWS) {
    const parts = row.at.split(" ");
    if (parts.length === path.length && parts.every((part, index) => part === "*" || part === path[index]))
      return { row, names: path.filter((_, index) => parts[index] === "*") };
  }
  return null;
}

const isTree = (value: Tree | undefined): value is { readonly [name: string]: Tree } =>
  value !== null && typeof value === "object" && !Array.isArray(value);
const own = (tree: { readonly [name: string]: Tree }, name: string): Tree | undefined =>
  Object.hasOwn(tree, name) ? tree[name] : undefined;
const outcomeOf = (value: Json): unknown => (isTree(value) ? value.outcome : undefined);

/** Members by a name of their own instead of by their place. */
const by = <T>(list: readonly T[], name: (member: T) => string): Tree =>
  Object.fromEntries(list.map((member) => [name(member), member as unknown as Json]));
const members = (list: readonly Json[]): Tree => by(list, (member) => (typeof member === "string" ? member : canonical(member)));

/** The document with lists as members by name, so that two of them can be compared. The version is what it is. */
function namedMembers({ version: _, ...spec }: GovernanceSpec): Tree {
  const { alwaysAsk, actions, review, limits, ...rest } = spec;
  return {
    ...rest,
    alwaysAsk: by(alwaysAsk, ({ decision, field, equals }) => `${decision} ${field} = ${equals}`),
    actions: mapped(actions, ({ fields, never, rules, ...action }) => ({
      ...action,
      fields: mapped(fields, ({ oneOf, transitions, ...constraints }) => ({
        ...constraints,
        ...(oneOf ? { oneOf: members(oneOf as Json[]) } : {}),
        ...(transitions ? { transitions: members(transitions as unknown as Json[]) } : {}),
      })),
      ...(never ? { never: members(never) } : {}),
      ...(rules ? { rules: by(rules, ({ name }) => name) } : {}),
    })),
    review: {
      ...review,
      reviewers: members(review.reviewers),
      ...(review.groups ? { groups: mapped(review.groups, members) } : {}),
    },
    ...(limits
      ? {
          limits: {
            ...limits,
            ...(limits.valuePerDay ? { valuePerDay: by(limits.valuePerDay, ({ action, field }) => `${field} of ${action}`) } : {}),
          },
        }
      : {}),
  } as unknown as Tree;
}

const mapped = <T>(record: Readonly<Record<string, T>>, to: (value: T) => unknown): Tree =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value) as Json]));
