// What a workflow saves: what was measured and from where, the form for what only its owner knows, and the two estimates side by side. There is no way to see the one
// without the other. What it does not save is said as plainly.
import { dollars } from "../../core/cost.ts";
import type { Failure } from "../../core/errors.ts";
import { may } from "../../operations/access.ts";
import { type BusinessCaseView, type Case, INPUT_NAMES, MEASURED_DAYS, type WorkInputs } from "../../operations/business-case.ts";
import { businessCaseAddress } from "./costs-page.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { When } from "./marks.tsx";
import { errorPercent, MeasuredFacts } from "./measured-facts.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import { listing, percent } from "./words.ts";

export interface BusinessCasePageProps {
  readonly frame: Frame;
  readonly view: BusinessCaseView;
  /** What was entered, as it was entered. */
  readonly entered: Readonly<Record<string, string>>;
  readonly refused: Failure | null;
  /** The inputs were just kept. */
  readonly kept: boolean;
  readonly now: number;
}

const LABELS: Readonly<Record<keyof WorkInputs, string>> = {
  volume: "Records a month",
  minutesManual: "Minutes for one record by hand",
  minutesReview: "Minutes for one review",
  hourlyCost: "Cost of an hour of work ($)",
  costPerError: "Cost of one wrong write ($)",
  platformCost: "Platform a month ($)",
  setupCost: "Set-up, once ($)",
};

export const BusinessCasePage = ({ frame, view, entered, refused, kept, now }: BusinessCasePageProps) => (
  <Layout frame={frame} title={`Business case of ${view.workflow}`} section="workflows">
    <div class="page-head">
      <p class="crumb">
        <a href="/workflows">Workflows</a>
      </p>
      <h1>{`Business case of ${view.workflow}`}</h1>
      <p class="lead">
        What it saves in a month, at the rates that were counted in production or by a validation, and once as badly as the counting allows:
        errors at their 95 % bound, automation at the end of its interval that saves less.
      </p>
    </div>
    {refused === null ? null : <Refusal failure={named(refused)} />}
    {kept ? <Notice>These inputs are kept for this workflow.</Notice> : null}
    <div class="two">
      <div class="column">
        {view.case === null ? <NoCase view={view} /> : <Estimates found={view.case} view={view} />}
        <Inputs frame={frame} view={view} entered={entered} refused={refused} now={now} />
      </div>
      <div class="column aside">
        <MeasuredFacts view={view} />
      </div>
    </div>
  </Layout>
);

const NoCase = ({ view: { figures, validation, kept } }: { view: BusinessCaseView }) => (
  <div class="empty">
    <h2>No business case yet</h2>
    {figures.automation === null ? (
      <p>{`It is not measured how many records go through without a person: no run of the last ${MEASURED_DAYS} days has ended and meant to write. Shadow mode is enough.`}</p>
    ) : null}
    {figures.error === null ? (
      <p>
        It is not measured how many writes are wrong: nobody has looked at an automatic write afterwards (auditSampling in the governance
        spec), and nobody has decided on one. An error rate is never assumed.
      </p>
    ) : null}
    {figures.automation === null || figures.error === null ? (
      <p>
        {validation === null
          ? "Before launch a validation of labelled records measures both: "
          : "The latest validation lets nothing through, so that nothing can be taken from it: "}
        <a href="/validations">Validations</a>.
      </p>
    ) : null}
    {kept === null ? <p>Fill in what only you know: volume, times and costs.</p> : null}
  </div>
);

const ROWS: readonly (readonly [label: string, of: (found: Case, which: "expected" | "pessimistic") => string])[] = [
  ["Written without a person", (found, which) => percent(found[which].rates.automation)],
  ["Wrong among those", (found, which) => errorPercent(found[which].rates.error)],
  ["Wrong writes a month", (found, which) => amount(found[which].wrongWrites)],
  ["Hours of review a month", (found, which) => amount(found[which].reviewHours)],
  ["Cost by hand a month", (found, which) => dollars(found[which].manualCost)],
  ["Cost with the workflow a month", (found, which) => dollars(found[which].newCost)],
  ["Saved a month", (found, which) => dollars(found[which].saving)],
  ["Saved a year", (found, which) => dollars(found[which].saving * 12)],
  ["Set-up paid back after", (found, which) => monthsText(found.breakEven[which])],
];

const amount = (value: number): string => (value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en-US"));
const monthsText = (months: number | null): string =>
  months === null ? "never" : months === 0 ? "at once" : `${(Math.ceil(months * 10 - 1e-9) / 10).toFixed(1)} months`;

const Estimates = ({ found, view }: { found: Case; view: BusinessCaseView }) => (
  <section aria-labelledby="estimates">
    <h2 id="estimates">{verdict(found)}</h2>
    {(view.figures.modelCost?.unknown ?? 0) === 0 ? null : (
      <p>
        <strong>{`What ${view.figures.modelCost?.unknown} of the model calls cost is unknown`}</strong>, so the costs with the workflow are
        at least what stands here, and the savings at most.
      </p>
    )}
    {view.figures.automation?.from === "validation" || view.figures.error?.from === "validation" ? (
      <p>
        {`${listing([
          ...(view.figures.automation?.from === "validation" ? ["What is automatic"] : []),
          ...(view.figures.error?.from === "validation"
            ? [view.figures.automation?.from === "validation" ? "what is wrong" : "What is wrong"]
            : []),
        ])}: measured by a validation of labelled records, and not yet in production.`}
      </p>
    ) : null}
    {found.pessimistic.rates.automation > found.expected.rates.automation ? (
      <p>
        So many wrong writes would cost more than the reviews they spare: the pessimistic estimate takes the upper end of what is automatic.
      </p>
    ) : null}
    <table class="list">
      <caption class="unseen">The estimate at the counted rates, and the pessimistic one</caption>
      <thead>
        <tr>
          <th scope="col"> </th>
          <th scope="col">At the counted rates</th>
          <th scope="col">Pessimistic</th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([label, of]) => (
          <tr>
            <th scope="row">{label}</th>
            <td>{of(found, "expected")}</td>
            <td>{of(found, "pessimistic")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

/** Both in one sentence. */
function verdict({ expected, pessimistic }: Case): string {
  const of = (saving: number): string => (saving < 0 ? `costs ${dollars(-saving)} more than work by hand` : `saves ${dollars(saving)}`);
  return `In a month it ${of(expected.saving)}; seen pessimistically it ${of(pessimistic.saving)}`;
}

/** A refusal that names a field by its label on this page. */
function named(failure: Failure): Failure {
  const name = INPUT_NAMES.find((one) => one === failure.field);
  return name === undefined
    ? failure
    : { ...failure, field: LABELS[name], message: failure.message.replace(`${name}: `, `${LABELS[name]}: `) };
}

type InputsProps = Pick<BusinessCasePageProps, "frame" | "view" | "entered" | "refused" | "now">;

const Inputs = ({ frame: { principal }, view, entered, refused, now }: InputsProps) => {
  const { kept, workflow } = view;
  const shown = (name: keyof WorkInputs): string => entered[name] ?? (kept ? String(kept.inputs[name]) : "");
  const address = businessCaseAddress(workflow);
  return (
    <section class="panel" aria-labelledby="inputs">
      <h2 id="inputs">What only you know</h2>
      <form method="get" action={address} class="column">
        {INPUT_NAMES.map((name) => (
          <div class="field">
            <label for={name}>{LABELS[name]}</label>
            <input
              type="text"
              inputmode="decimal"
              id={name}
              name={name}
              value={shown(name)}
              required
              autocomplete="off"
              aria-invalid={refused?.field === name ? "true" : undefined}
            />
          </div>
        ))}
        <p class="status-line">
          <button type="submit" class="button primary">
            Reckon
          </button>
          {principal !== null && may(principal, "keep business cases", workflow) ? (
            <button type="submit" class="button" formmethod="post" formaction={address}>
              Keep these inputs
            </button>
          ) : null}
        </p>
      </form>
      <p class="quiet small">
        {kept === null ? (
          "Nobody has kept any inputs for this workflow."
        ) : (
          <>
            {`Kept by ${kept.by}, `}
            <When at={kept.at} now={now} />.
          </>
        )}
      </p>
    </section>
  );
};
