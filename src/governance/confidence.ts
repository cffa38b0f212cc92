// Is the model sure enough to act alone? Pure: the spec's thresholds, the decision behind a write and the certificates on record in, rule matches out. A number in a spec is
// the owner's word and proves nothing; a certificate is proved, for answers of its own kind alone. Whatever is not held to a threshold is asked.
// Sequence: is there a decision, is its confidence measured -> its certificate -> each measured field has a threshold -> each confidence reaches its own.
import { type Certificate, changeText, originChanges, scoreOf } from "./certificate.ts";
import type { DecisionFacts, RuleMatch } from "./evaluate.ts";
import type { OnRecord } from "./on-record.ts";
import type { GovernanceSpec } from "./spec.ts";

type Thresholds = GovernanceSpec["thresholds"];

/** One match for each thing that is missing; where nothing is, one that allows. */
export function confidenceRules(
  { workflow, thresholds }: Pick<GovernanceSpec, "workflow" | "thresholds">,
  basedOn: DecisionFacts | null,
  onRecord: OnRecord | null,
): RuleMatch[] {
  if (!basedOn) return [ask("no_decision", "The write is based on no decision of the model")];
  const { name, source } = basedOn;
  if (source === "none" || source === "person") return [ask("confidence_unmeasured", UNMEASURED[source])];
  const whole = Object.hasOwn(thresholds, name) ? thresholds[name] : undefined;
  const own = fieldThresholds(thresholds, name);
  if (whole === undefined && own.size === 0) return [ask("no_threshold", `The spec sets no threshold for ${name}`)];

  const certified = typeof whole === "object" ? underCertificate(whole.certificate, workflow, basedOn, onRecord) : null;
  if (certified && "missing" in certified) return certified.missing;
  const measured = basedOn.fields ?? {};
  const rest = Object.keys(measured).filter((field) => !own.has(field));
  const bare = rest.filter((field) => whole === undefined || certified?.certificate.fields.includes(field) === false);
  if (bare.length > 0) return bare.map((field) => uncovered(name, field, certified?.certificate ?? null));

  const scores: Score[] = [...own].map(([field, threshold]) => ({ of: field, sure: scoreOf([field], measured), threshold }));
  if (certified)
    scores.push({ of: null, sure: scoreOf(certified.certificate.fields, measured), threshold: certified.certificate.threshold });
  else if (typeof whole === "number" && own.size === 0) scores.push({ of: null, sure: basedOn.confidence, threshold: whole });
  else if (typeof whole === "number" && rest.length > 0) scores.push({ of: null, sure: scoreOf(rest, measured), threshold: whole });
  // Not measured field by field: the decision's own confidence is all there is.
  else if (typeof whole === "number" && Object.keys(measured).length === 0)
    scores.push({ of: null, sure: basedOn.confidence, threshold: whole });

  const below = scores.filter(({ sure, threshold }) => !(sure >= threshold));
  if (below.length > 0) {
    return below.map(({ of, ...score }) =>
      ask("confidence_below", `The model is only ${sureText({ of, ...score })}`, of === null ? {} : { field: of }),
    );
  }
  const reached = `The model is ${scores.map(sureText).join(", and ")}`;
  return certified
    ? [{ rule: "confidence_proved", outcome: "allow", reason: `${reached}; ${provedText(certified.certificate)}` }]
    : [{ rule: "confidence_reached", outcome: "allow", reason: reached }];
}

/** `of`: one field, or null for the least sure of all that the threshold is about. */
interface Score {
  readonly of: string | null;
  readonly sure: number;
  readonly threshold: number;
}

const UNMEASURED = {
  none: "Nothing measures how sure this answer is, so no threshold is about it",
  person: "A person gave this answer, and no measure says how sure it is",
} as const;

const ask = (rule: string, reason: string, more: { readonly field?: string } = {}): RuleMatch => ({
  rule,
  outcome: "require_approval",
  ...more,
  reason,
});

/** The numbers for single fields of a decision: "triage.team" is that of its field "team". */
function fieldThresholds(thresholds: Thresholds, decision: string): Map<string, number> {
  const own = new Map<string, number>();
  for (const [name, threshold] of Object.entries(thresholds))
    if (name.startsWith(`${decision}.`) && typeof threshold === "number") own.set(name.slice(decision.length + 1), threshold);
  return own;
}

function underCertificate(
  id: string,
  workflow: string,
  basedOn: DecisionFacts,
  onRecord: OnRecord | null,
): { readonly certificate: Certificate } | { readonly missing: RuleMatch[] } {
  const unknown = (why: string) => ({ missing: [ask("certificate_unknown", `Certificate ${id} ${why}`)] });
  if (onRecord === null) return unknown("could not be read");
  const certificate = onRecord.certificates.find((one) => one.id === id);
  if (!certificate) return unknown("is not on record");
  if (certificate.workflow !== workflow || certificate.decision !== basedOn.name)
    return unknown(`is about ${certificate.decision} of ${certificate.workflow}, not about ${basedOn.name} of ${workflow}`);
  const changes = originChanges(certificate, basedOn);
  if (changes.length === 0) return { certificate };
  return { missing: changes.map((change) => ask("certificate_void", `Certificate ${id} is not about this answer: ${changeText(change)}`)) };
}

function uncovered(decision: string, field: string, certificate: Certificate | null): RuleMatch {
  const unless = `and the spec sets no threshold for ${decision}.${field}`;
  const reason = certificate
    ? `Certificate ${certificate.id} proves nothing about ${field}, ${unless}`
    : `The spec sets no threshold for ${decision} as a whole, ${unless}`;
  return ask("no_threshold", reason, { field });
}

const sureText = ({ of, sure, threshold }: Score): string =>
  `${percent(sure)} sure${of === null ? "" : ` of ${of}`}, threshold ${percent(threshold)}`;

const provedText = ({ id, limit, confidence }: Certificate): string =>
  `certificate ${id} proves that at most ${percent(limit)} of such answers are wrong, with ${percent(confidence)} confidence`;

const percent = (share: number): string => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
