// What the stand-in model decides, and how sure it sounds: a table of rules, and without a rule that matches, keywords. Pure and
// deterministic: the same messages and the same table always give the same answer.
import * as z from "zod";

export const ModelRules = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        /** A regular expression over the text of all user messages, without regard to case. */
        match: z.string().refine(isPattern, "not a regular expression"),
        /** Laid over the answer that keywords give: {"team":"billing"}. */
        answer: z.record(z.string(), z.unknown()),
        confidence: z.number().gt(0).max(1).optional(),
      }),
    )
    .default([]),
  /** How sure it is where the rule does not say. */
  confidence: z.number().gt(0).max(1).default(0.92),
  latencyMs: z.int().min(0).default(0),
});
export type ModelRules = z.infer<typeof ModelRules>;

export const DEFAULT_MODEL: ModelRules = ModelRules.parse({});

const KEYWORDS: Record<string, RegExp> = {
  billing: /invoice|charg|refund|payment|paid|bill|receipt|credit card|price/gi,
  shipping: /parcel|deliver|shipp|tracking|courier|arriv|package/gi,
  returns: /return|send (it )?back|exchange|wrong size|damaged/gi,
  technical: /error|crash|bug|not work|doesn't work|broken|fails|update|app\b/gi,
  account: /password|log ?in|sign ?in|account|locked|subscription|username/gi,
  privacy: /gdpr|privacy|delete my data|personal data|erase|data request/gi,
  urgent: /urgent|immediately|asap|emergency|outage|legal/gi,
  high: /angry|third time|twice|still|as soon as|important/gi,
  low: /question|wonder|curious|no rush|feedback/gi,
};

/** One of `labels` by keyword and by its own name; the one named `normal`, `other` or `support`, or the first, where nothing fits. */
export function labelFor(text: string, labels: string[]): string {
  const scored = labels.map((label) => {
    const words = KEYWORDS[label.toLowerCase()];
    const named = text.toLowerCase().includes(label.toLowerCase()) ? 1 : 0;
    return { label, score: named + (words ? (text.match(words)?.length ?? 0) : 0) };
  });
  const best = scored.reduce((most, one) => (one.score > most.score ? one : most), { label: "", score: 0 });
  return best.label || labels.find((label) => ["normal", "other", "support"].includes(label)) || labels[0] || "";
}

export function ruleFor({ rules, confidence }: ModelRules, text: string): { answer: Record<string, unknown>; confidence: number } {
  const rule = rules.find(({ match }) => new RegExp(match, "i").test(text));
  return { answer: rule?.answer ?? {}, confidence: rule?.confidence ?? confidence };
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
