// Conditions of a policy in CEL (https://cel.dev): parsed and checked against the facts' types when a spec is read, evaluated for each write. An expression sees the
// facts and nothing else: no clock, no chance, no store. It must not run without a bound, and what it cannot answer it must not answer with no.
import { type ASTNode, Environment, type ParseResult } from "@marcbachmann/cel-js";
import type { Json, JsonObject } from "../core/json.ts";
import { decimalOf, toNumber } from "./decimal.ts";

/** Longer than this nobody reads in a review; write two rules. */
export const CONDITION_LENGTH = 1_000;

/**
 * Work of one evaluation: the expression's nodes times the size of the facts, and once more times their number where a list is walked through. At this bound an
 * evaluation takes some 100 ms (measured; the test of it is in condition.test.ts); usual ones are a thousand times below it.
 */
const MOST_WORK = 2_000_000_000;

/** Conditions kept compiled: far more than a deployment's specs have. When it is full it begins again. */
const KEPT = 500;

/**
 * The facts by name. Numbers of the data are doubles: write 1.0 and not 1 where one is added to them (comparing is fine either way). What is not known is not
 * there, and asking for it fails; ask has(...) first.
 */
export interface ConditionFacts {
  readonly event: {
    readonly id?: string;
    readonly type?: string;
    readonly subject?: string;
    readonly connection?: string;
    readonly time?: string;
  };
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** Of each field that holds an amount before and after: after minus before. */
  readonly delta: Readonly<Record<string, number>>;
  /** Names of the fields whose value would be another. */
  readonly changed: readonly string[];
  /** The model's answer; its name is empty, and its value null, where the write is based on none. */
  readonly decision: { readonly name: string; readonly value: Json };
  readonly confidence: number;
  /** The person who decided, or null while nobody has. */
  readonly actor: string | null;
  /** What the workflow has written so far, without this write; absent where that is not known. Hours and days are UTC's. */
  readonly counts?: {
    readonly writesThisHour: bigint;
    readonly writesToday: bigint;
    /** Of this write's action; sums of the fields that have a limit. */
    readonly action: {
      readonly writesThisHour: bigint;
      readonly writesToday: bigint;
      readonly sumsToday: Readonly<Record<string, number>>;
    };
  };
  /** UTC. weekday: 1 is Monday, 7 is Sunday (ISO 8601). */
  readonly time: { readonly hour: bigint; readonly weekday: bigint; readonly iso: string };
}

const environment = new Environment({
  limits: { maxAstNodes: 200, maxDepth: 20, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 8 },
})
  .registerVariable({ name: "event", schema: { id: "string", type: "string", subject: "string", connection: "string", time: "string" } })
  .registerVariable("before", "map<string, dyn>")
  .registerVariable("after", "map<string, dyn>")
  .registerVariable("delta", "map<string, double>")
  .registerVariable("changed", "list<string>")
  .registerVariable({ name: "decision", schema: { name: "string", value: "dyn" } })
  .registerVariable("confidence", "double")
  .registerVariable("actor", "dyn")
  .registerVariable({
    name: "counts",
    schema: {
      writesThisHour: "int",
      writesToday: "int",
      action: { writesThisHour: "int", writesToday: "int", sumsToday: "map<string, double>" },
    },
  })
  .registerVariable({ name: "time", schema: { hour: "int", weekday: "int", iso: "string" } });

/** What walks through a list. One within another would multiply the work. */
const WALKS = new Set(["all", "exists", "exists_one", "filter"]);

/** What could make much out of little, or take a time that nobody can foresee. */
const REFUSED: Readonly<Record<string, string>> = {
  matches: "matches has no bound on its time here: give the field a pattern instead",
  map: "map is not offered: all, exists, exists_one and filter are",
  bind: "cel.bind is not offered: write the expression out",
  split: "split is not offered: contains, startsWith and endsWith are",
};

interface Compiled {
  readonly run: ParseResult;
  readonly nodes: number;
  readonly walks: boolean;
  readonly counts: boolean;
}

/** What is wrong with an expression, and at which character (from 1) where that is known. */
export interface ConditionFault {
  readonly message: string;
  readonly at: number | null;
}

type Checked = { readonly compiled: Compiled } | { readonly fault: ConditionFault };

const kept = new Map<string, Checked>();

function check(expression: string): Checked {
  const known = kept.get(expression);
  if (known) return known;
  const checked = compile(expression);
  if (kept.size >= KEPT) kept.clear();
  kept.set(expression, checked);
  return checked;
}

function compile(expression: string): Checked {
  if (expression.length > CONDITION_LENGTH) return fault(`longer than ${CONDITION_LENGTH} characters`);
  let run: ParseResult;
  try {
    run = environment.parse(expression);
    const { valid, type, error } = run.check();
    if (!valid) return faultOf(error);
    if (type !== "bool")
      return fault(`it gives ${type === "dyn" ? "a value of unknown type" : type}, and has to be true or false: compare it with something`);
  } catch (thrown) {
    return faultOf(thrown);
  }
  const seen = walk(run.ast, false);
  return "message" in seen ? { fault: seen } : { compiled: { run, ...seen } };
}

const fault = (message: string, at: number | null = null): Checked => ({ fault: { message, at } });

function faultOf(thrown: unknown): Checked {
  const { summary, message, range } = thrown as { summary?: string; message?: string; range?: { start: number } };
  return fault(summary ?? message ?? "it cannot be read", range ? range.start + 1 : null);
}

function walk(node: ASTNode, inside: boolean): Omit<Compiled, "run"> | ConditionFault {
  const called = node.op === "call" || node.op === "rcall" ? String(node.args[0]) : null;
  if (called !== null && Object.hasOwn(REFUSED, called)) return { message: REFUSED[called] as string, at: node.range.start + 1 };
  const isWalk = node.op === "rcall" && WALKS.has(String(called));
  if (isWalk && inside) return { message: `${called} within another walk through a list is not offered`, at: node.range.start + 1 };
  let nodes = 1;
  let walks = isWalk;
  let counts = node.op === "id" && node.args === "counts";
  for (const child of childrenOf(node.args)) {
    const seen = walk(child, inside || isWalk);
    if ("message" in seen) return seen;
    nodes += seen.nodes;
    walks ||= seen.walks;
    counts ||= seen.counts;
  }
  return { nodes, walks, counts };
}

function childrenOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return args !== null && typeof args === "object" && "op" in args && "range" in args ? [args as ASTNode] : [];
}

/** For whoever reads a spec: null for an expression that may be used. */
export function conditionFault(expression: string): ConditionFault | null {
  const checked = check(expression);
  return "fault" in checked ? checked.fault : null;
}

/** Whether it asks how much was written so far, which somebody has to look up before it can be answered. */
export function namesCounts(expression: string): boolean {
  const checked = check(expression);
  return "compiled" in checked && checked.compiled.counts;
}

/** `failed`: it could not be answered, and why, in words for a person. The caller decides what follows from that. */
export type Answer = { readonly is: boolean } | { readonly failed: string };

export function answerCondition(expression: string, facts: ConditionFacts): Answer {
  const checked = check(expression);
  if ("fault" in checked) return { failed: checked.fault.message };
  const { run, nodes, walks } = checked.compiled;
  const size = sizeOf(facts);
  // A list that is written in the expression has at most 100 members.
  if (nodes * (size.values + size.characters) * (walks ? size.values + 100 : 1) > MOST_WORK)
    return { failed: "the record is too large for this condition" };
  try {
    const answer: unknown = run({ ...facts });
    return typeof answer === "boolean" ? { is: answer } : { failed: "it gave neither true nor false" };
  } catch (thrown) {
    const { summary, message } = thrown as { summary?: string; message?: string };
    return { failed: summary ?? message ?? "it could not be evaluated" };
  }
}

function sizeOf(value: unknown): { values: number; characters: number } {
  const size = { values: 0, characters: 0 };
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    size.values++;
    if (typeof next === "string") size.characters += next.length;
    else if (Array.isArray(next)) for (const item of next) open.push(item);
    else if (next !== null && typeof next === "object") {
      for (const [key, member] of Object.entries(next)) {
        size.characters += key.length;
        open.push(member);
      }
    }
  }
  return size;
}

/** After minus before, of the fields that hold amounts in both. */
export function deltaOf(before: JsonObject, after: JsonObject): Record<string, number> {
  const delta: [string, number][] = [];
  for (const [field, value] of Object.entries(after)) {
    const from = decimalOf(Object.hasOwn(before, field) ? before[field] : undefined);
    const to = decimalOf(value);
    if (!from || !to) continue;
    const scale = Math.max(from.scale, to.scale);
    const units = to.units * 10n ** BigInt(scale - to.scale) - from.units * 10n ** BigInt(scale - from.scale);
    delta.push([field, toNumber({ units, scale })]);
  }
  return Object.fromEntries(delta);
}

export function timeFacts(now: number): ConditionFacts["time"] {
  const date = new Date(now);
  return { hour: BigInt(date.getUTCHours()), weekday: BigInt(date.getUTCDay() || 7), iso: date.toISOString() };
}
