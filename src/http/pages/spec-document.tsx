// A governance spec as a document that its owner can read: what it is for, when it acts alone, what it may write, who is asked, its limits, how writes are taken back.
// It shows the text that is bound to the digest, and nothing besides.
import type { Json } from "../../core/json.ts";
import type { ActionRule, GovernanceSpec } from "../../governance/spec.ts";
import { budgetWords } from "./policy-words.ts";
import { ASK_WORDS, fieldRuleWords } from "./spec-words.ts";
import { listing, percent, sentence, valueText } from "./words.ts";

const REGULATED = {
  credit: "a credit decision",
  tax: "a tax decision",
  employment: "an employment decision",
  clinical: "a clinical decision",
  other: "a regulated decision",
} as const;

export const SpecDocument = ({ spec }: { spec: GovernanceSpec }) => (
  <>
    <section class="panel" aria-labelledby="spec-purpose">
      <h2 id="spec-purpose">Purpose</h2>
      <p class="value">{sentence(spec.purpose)}</p>
      <dl class="facts">
        <Fact label="Owner">{spec.owner}</Fact>
        <Fact label="Mode">{spec.mode === "live" ? "live: writes" : "shadow: writes nothing"}</Fact>
        <Fact label="Regulated">{spec.regulated === false ? "no" : `${REGULATED[spec.regulated]}: a person makes every one`}</Fact>
        <Fact label="A failed run">
          {spec.onFailure === "compensate" && !spec.regulated ? "takes its writes back" : "leaves its writes"}
        </Fact>
        <Fact label="Contents are kept">{`${spec.retention.payloadDays} days after a run’s end`}</Fact>
        {spec.auditSampling === undefined ? null : (
          <Fact label="Looked at afterwards">{`${percent(spec.auditSampling)} of what nobody was asked about`}</Fact>
        )}
      </dl>
    </section>
    <section class="panel" aria-labelledby="spec-alone">
      <h2 id="spec-alone">When it acts alone</h2>
      <ul class="bullets">
        {Object.entries(spec.thresholds).map(([decision, threshold]) => (
          <li>
            {typeof threshold === "number"
              ? `${decision}: when the model is at least ${percent(threshold)} sure; nobody has proved this number`
              : `${decision}: from the confidence on that certificate ${threshold.certificate} proves, for answers of the kind that it is about`}
          </li>
        ))}
        {Object.keys(spec.thresholds).length === 0 ? <li>No decision has a threshold: none is sure enough.</li> : null}
        {spec.alwaysAsk.map(({ decision, field, equals, because }) => (
          <li>{`Never where ${decision} says that ${field} is ${equals}: ${sentence(because)}`}</li>
        ))}
      </ul>
    </section>
    <section class="panel" aria-labelledby="spec-actions">
      <h2 id="spec-actions">What it may write</h2>
      {Object.keys(spec.actions).length === 0 ? <p>Nothing: no action is listed.</p> : null}
      {Object.entries(spec.actions).map(([action, rule]) => (
        <Action action={action} rule={rule} />
      ))}
      <p class="quiet small">What is not listed is denied.</p>
    </section>
    <Reviewing review={spec.review} />
    <section class="panel" aria-labelledby="spec-limits">
      <h2 id="spec-limits">Limits and the way back</h2>
      <ul class="bullets">
        {spec.limits?.writesPerHour === undefined ? null : <li>{`At most ${spec.limits.writesPerHour} writes in an hour`}</li>}
        {(spec.limits?.valuePerDay ?? []).map(({ action, field, max }) => (
          <li>{`At most ${max} of ${field} in a day, over all ${action}`}</li>
        ))}
        {spec.limits === undefined ? <li>No limit on how much in what time.</li> : null}
        {spec.budget === undefined ? <li>No budget for model calls.</li> : budgetWords(spec.budget).map((words) => <li>{words}</li>)}
        <li>{`Writes can be taken back for ${spec.rollback.windowDays} days, by ${spec.rollback.owner}`}</li>
      </ul>
      <p class="value">{sentence(spec.rollback.procedure)}</p>
    </section>
  </>
);

const Fact = ({ label, children }: { label: string; children: string }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

const Action = ({ action, rule }: { action: string; rule: ActionRule }) => (
  <div class="write">
    <h3>
      {action} <span class="quiet">{ASK_WORDS[rule.ask]}</span>
    </h3>
    <ul class="bullets">
      {Object.entries(rule.fields).map(([field, constraints]) => (
        <li>
          <strong>{field}</strong>
          {`: ${listing(fieldRuleWords(constraints))}`}
        </li>
      ))}
      {Object.keys(rule.fields).length === 0 ? <li>No field: it may set none.</li> : null}
      {rule.never ? <li>{`Never touched: ${rule.never.join(", ")}`}</li> : null}
      {(rule.rules ?? []).map(({ name, when, outcome, ask, reason }) => (
        <li>
          <strong>{name}</strong>
          {`: ${OUTCOMES[outcome]}${ask ? ` (${ask.join(", ")})` : ""} when `}
          <code>{when}</code>
          {`. ${sentence(reason)}`}
        </li>
      ))}
    </ul>
  </div>
);

const OUTCOMES = { allow: "is named", ask: "asks", deny: "is denied" } as const;

const Reviewing = ({ review }: { review: GovernanceSpec["review"] }) => {
  const { reviewers, groups = {}, approvals = 1, slaMinutes, remindAfterMinutes, escalation = [], onExpiry, delegations = [] } = review;
  return (
    <section class="panel" aria-labelledby="spec-review">
      <h2 id="spec-review">Who is asked</h2>
      <ul class="bullets">
        <li>{`${reviewers.join(", ")}; ${approvals === 1 ? "one of them decides" : `${approvals} of them must agree`}`}</li>
        {Object.entries(groups).map(([group, people]) => (
          <li>{`group:${group} is ${people.join(", ")}`}</li>
        ))}
        <li>{`They have ${minutesText(slaMinutes)}${remindAfterMinutes ? `, and are reminded after ${listing(remindAfterMinutes.map(minutesText))}` : ""}`}</li>
        {escalation.map(({ to, minutes }) => (
          <li>{`Then ${to.join(", ")} as well, for ${minutesText(minutes)}`}</li>
        ))}
        <li>{onExpiry === "reject" ? "Without an answer the change is refused" : "Without an answer the run is cancelled"}</li>
        {delegations.map(({ from, to, start, end }) => (
          <li>{`${to} decides in the place of ${from} from ${start} to ${end}`}</li>
        ))}
      </ul>
    </section>
  );
};

const minutesText = (minutes: number): string =>
  minutes % 1440 === 0 ? plural(minutes / 1440, "day") : minutes % 60 === 0 ? plural(minutes / 60, "hour") : plural(minutes, "minute");
const plural = (n: number, what: string): string => `${valueText(n as Json)} ${what}${n === 1 ? "" : "s"}`;
