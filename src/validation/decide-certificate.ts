// May this validation be the proof of a threshold? Pure: what the validation knows in, what a certificate would say or why there is none out. The records must be answers of
// one kind, or the proof would be about none of them; answers that failed are asked in production and count as asked here. It must not write anything.
// Sequence: all answered records are of one kind -> their confidence is measured, of every labelled field -> the exact test (certify.ts) -> what is proved.
import { fail, ok, type Result } from "../core/errors.ts";
import { type Certificate, type Origin, type OriginChange, originChanges, scoreOf } from "../governance/certificate.ts";
import type { Scored } from "./acceptance.ts";
import { certifyThreshold } from "./certify.ts";
import type { RecordAnswer, ValidatedRecord, ValidationFacts } from "./record.ts";

/** Everything that a certificate says but for who shows it and when it was issued. */
export type Proof = Omit<Certificate, "id" | "report" | "issuedAt">;

type Answered = Extract<RecordAnswer, { kind: "answered" }>;

export function decideCertificate(facts: ValidationFacts, records: readonly ValidatedRecord[]): Result<Proof> {
  const kind = oneKind(facts, records);
  if (!kind.ok) return kind;
  const scored = records.flatMap(({ expected, answer }) =>
    answer.kind === "answered"
      ? [{ score: scoreIn(facts.fields, answer), correct: facts.fields.every((field) => answer.value[field] === expected[field]) }]
      : [],
  );
  const found = provedAt(facts, scored);
  if (!found.ok) return found;
  const { threshold, accepted, errors, upper } = found.value;
  const { workflow, decision, fields, limit, confidence } = facts;
  return ok({ workflow, decision, fields, threshold, limit, confidence, records: records.length, accepted, errors, upper, ...kind.value });
}

/** What all answers share, where one proof can be about them. A report asks it before it says "proved", so that it promises nothing that is not issued. */
export function oneKind(
  { fields }: Pick<ValidationFacts, "fields">,
  records: readonly Pick<ValidatedRecord, "answer">[],
): Result<Required<Origin>> {
  const answered = records.flatMap(({ answer }) => (answer.kind === "answered" ? [answer] : []));
  const [first] = answered;
  if (!first) return notProved("No record was answered");
  const { provider, model, source, basis } = first;
  const origin: Required<Origin> = { provider, model, source, basis };
  for (const answer of answered) {
    const [change] = originChanges(origin, answer);
    if (change) return fail("certificate.mixed", mixedText(change));
  }
  if (source === "none" || source === "person") return notProved("Nothing measures how sure these answers are: no threshold is about them");
  const unmeasured = fields.find((field) => answered.some((answer) => !Object.hasOwn(answer.fields, field)));
  if (unmeasured !== undefined)
    return notProved(`Not every answer has a measured confidence of ${unmeasured}: no threshold is about it. Label the other fields only`);
  return ok(origin);
}

function provedAt({ limit, confidence }: ValidationFacts, scored: readonly Scored[]) {
  const certification = certifyThreshold(scored, limit, confidence);
  switch (certification.kind) {
    case "certified":
      return ok(certification.certified);
    case "unproved": {
      const { accepted, errors, upper } = certification.failed;
      const wrong = `${errors} of the ${accepted} surest answers ${errors === 1 ? "is" : "are"} wrong, which may be up to ${share(upper)}`;
      return notProved(`No threshold is proved: ${wrong}, and at most ${share(limit)} is wanted`);
    }
    case "too_few":
      return notProved(
        `Too few answered records for any proof: ${certification.needed} are needed, ${certification.missing} more than there are`,
      );
  }
}

const scoreIn = (fields: readonly string[], answer: Answered): number =>
  scoreOf(fields, Object.fromEntries(Object.entries(answer.fields).map(([field, { confidence }]) => [field, confidence])));

const notProved = (why: string) => fail("certificate.not_proved", why);

const NAMES: Record<OriginChange["what"], string> = {
  provider: "by several providers",
  model: "by several models",
  source: "with their confidence measured in several ways",
  prompt: "to several prompts",
  schema: "by several schemas",
};

function mixedText({ what, proved, now }: OriginChange): string {
  const both = what === "prompt" || what === "schema" ? "" : ` (${proved} and ${now})`;
  return `The records were answered ${NAMES[what]}${both}: a proof is about one. Run the validation again with one`;
}

/** Never less than it is: a bound that is shown must hold. */
const share = (value: number): string => `${(Math.ceil(value * 1000) / 10).toFixed(1)} %`;
