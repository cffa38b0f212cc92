// Which request goes wrong, and how: a list of rules that count down. Pure bookkeeping; fault-gate.ts turns a rule into an answer.
// The first rule that matches, has waited out its `after` and is not used up is the one that fires.
import * as z from "zod";
import { ANSWER_FAULTS, BODY_FAULTS, isAnswerFault, isBodyFault } from "./model/distort.ts";

const onlyOfModels = (kind: string): boolean => kind === "529" || isAnswerFault(kind) || isBodyFault(kind);

const Rule = z.strictObject({
  /** "zendesk", "slack", "model", or the name of a stand-in. */
  system: z.string().min(1),
  method: z.string().toUpperCase().optional(),
  /** With a leading "/": the start of the vendor's path ("/api/v2/tickets/1001"). Otherwise a regular expression over it. */
  path: z.string().refine(isPattern, "not a regular expression").optional(),
  /** Those of distort.ts, and 529, only a model's provider has. */
  kind: z.enum(["timeout", "500", "429", "lost-answer", "401", "503-html", "delay", "answer", "529", ...ANSWER_FAULTS, ...BODY_FAULTS]),
  times: z.int().min(1).default(1),
  after: z.int().min(0).default(0),
  /** timeout, lost-answer: how long the answer is held. delay: how much later it comes. */
  delayMs: z.int().min(0).optional(),
  /** 429, 503-html: seconds. */
  retryAfter: z.int().min(0).default(1),
  /** kind "answer": exactly this, and the request is not carried out. */
  answer: z
    .strictObject({ status: z.int().min(200).max(599), headers: z.record(z.string(), z.string()).default({}), body: z.unknown() })
    .optional(),
});
export const FaultRule = Rule.refine(({ system, kind }) => system === "model" || !onlyOfModels(kind), {
  path: ["kind"],
  message: "only the system model has this fault",
});
export type FaultRule = z.infer<typeof FaultRule>;
/** As a caller writes it, with the defaults left out. */
export type FaultInput = z.input<typeof FaultRule>;

export interface CountedRule extends FaultRule {
  /** How many more times it fires, how often it has, and how many matching requests it still lets through first. */
  left: number;
  fired: number;
  skip: number;
}

export function counted(rules: FaultRule[]): CountedRule[] {
  return rules.map((rule) => ({ ...rule, left: rule.times, fired: 0, skip: rule.after }));
}

export interface Asked {
  system: FaultRule["system"];
  method: string;
  path: string;
}

/** The rule to apply to this request, and the list with its counts taken down. `rules` is answered unchanged when nothing matched. */
export function takeFault(rules: CountedRule[], asked: Asked): { rules: CountedRule[]; fault: CountedRule | null } {
  let fault: CountedRule | null = null;
  let changed = false;
  const next = rules.map((rule) => {
    if (fault || rule.left === 0 || !matches(rule, asked)) return rule;
    changed = true;
    if (rule.skip > 0) return { ...rule, skip: rule.skip - 1 };
    fault = { ...rule, left: rule.left - 1, fired: rule.fired + 1 };
    return fault;
  });
  return { rules: changed ? next : rules, fault };
}

function matches(rule: FaultRule, asked: Asked): boolean {
  if (rule.system !== asked.system) return false;
  if (rule.method && rule.method !== asked.method) return false;
  if (!rule.path) return true;
  return rule.path.startsWith("/") ? asked.path.startsWith(rule.path) : new RegExp(rule.path).test(asked.path);
}

function isPattern(path: string): boolean {
  try {
    new RegExp(path);
    return true;
  } catch {
    return false;
  }
}
