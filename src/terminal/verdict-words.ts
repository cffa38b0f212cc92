// What a validation says on a terminal: the verdict first, the walk that led to it, what would be automatic, and what one would have picked without a proof. Text only.
import { type ErrorCode, errorFacts } from "../core/errors.ts";
import { riskOf } from "../validation/acceptance.ts";
import type { PromiseOutcome } from "../validation/promise.ts";
import type { ValidationReport } from "../validation/report-shape.ts";
import { boundText, shareText } from "../validation/share-text.ts";

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const between = ([low, high]: readonly [number, number]): string => `${percent(low)} to ${percent(high)}`;
const score = (threshold: number): string => threshold.toFixed(4);

export function reportWords(report: ValidationReport): string {
  const { verdict, accuracy, certification, gates, facts } = report;
  const { proved, observed } = gates;
  const lines = [
    verdict.sentence,
    "",
    `Records         ${report.records}, ${report.answered} answered, ${report.failed} failed${report.uncovered > 0 ? `, ${report.uncovered} on another basis` : ""}`,
    `Right answers   ${accuracy.right} of ${accuracy.of}: ${percent(accuracy.share)} (${between(accuracy.interval)})`,
  ];
  if (certification.kind === "certified") {
    const { threshold, accepted, errors, upper } = certification.certified;
    lines.push(
      `Proved          from score ${score(threshold)}: ${accepted} of ${report.records} automatic, ${shareText(proved.share)} (${between(proved.shareInterval)})`,
      `                ${errors} of them wrong, ${percent(riskOf({ accepted, errors }))}; at most ${boundText(upper)} with ${shareText(facts.confidence)} confidence`,
    );
  }
  if (observed !== null)
    lines.push(
      `Observed only   from score ${score(observed.threshold as number)}: ${observed.sure} automatic, ${percent(observed.sure / report.records)}, ${observed.sureErrors} wrong, ${percent(observed.sureErrors / Math.max(1, observed.sure))}. Not proved: at most ${boundText(observed.upper)}`,
    );
  if (facts.currentThreshold !== null) lines.push(`In force        from score ${facts.currentThreshold}`);
  lines.push(...failureWords(report), ...walkWords(report));
  return lines.join("\n");
}

function walkWords({ certification, records, next }: ValidationReport): string[] {
  if (!("steps" in certification)) return [];
  const head = ["", "Score from   Automatic        Wrong         At most   Chance   Limit proved"];
  const rows = certification.steps.map(({ threshold, accepted, errors, upper, p, passes }) =>
    [
      score(threshold).padEnd(12),
      `${accepted} (${percent(accepted / records)})`.padEnd(16),
      `${errors} (${percent(riskOf({ accepted, errors }))})`.padEnd(13),
      boundText(upper).padEnd(9),
      p.toFixed(4).padEnd(8),
      passes ? "yes" : "no",
    ].join(" "),
  );
  const more = next
    ? ["", `The next step takes about ${next.moreLabelled} more labelled records, if none of them that is accepted is wrong.`]
    : [];
  return [...head, ...rows, ...more];
}

const failureWords = ({ failures }: ValidationReport): string[] =>
  failures.map(({ code, records }) => `Failed          ${records}: ${errorFacts(code as ErrorCode).title} (${code})`);

export function promiseWords({ limit, confidence, draws, size, records, certified, observed }: PromiseOutcome): string {
  const row = (name: string, { chosen, broken, share, rate }: PromiseOutcome["certified"]) =>
    `${name.padEnd(16)} ${`${broken} of ${draws} (${percent(broken / draws)})`.padEnd(20)} ${String(chosen).padEnd(10)} ${percent(share).padEnd(11)} ${percent(rate)}`;
  return [
    `The promise: at most ${shareText(limit)} wrong, with ${shareText(confidence)} confidence. ${draws} draws of ${size} of ${records} answered records, each measured on the ${records - size} not drawn.`,
    "",
    "Threshold        Breaks the limit     Found in   Automatic   Wrong of these",
    row("certified", certified),
    row("observed only", observed),
  ].join("\n");
}
