// Where each figure of a business case comes from: production, a validation by its date, or the owner's word; and from when on production counts. It leaves no figure without a
// source.
import { costText, dollars } from "../../core/cost.ts";
import { type BusinessCaseView, ENOUGH_CHECKED, ENOUGH_RECORDS, MEASURED_DAYS } from "../../operations/business-case.ts";
import { costsAddress } from "./costs-page.tsx";
import { validationAddress } from "./report-page.tsx";
import { scoreText } from "./report-parts.ts";
import { day, percent } from "./words.ts";

/** Rounded up: a share of errors is not made to look smaller. */
export const errorPercent = (share: number): string => `${(Math.ceil(share * 1000 - 1e-9) / 10).toFixed(1)} %`;

/** Every figure with where it comes from. */
export const MeasuredFacts = ({ view }: { view: BusinessCaseView }) => {
  const { counts, validation, kept } = view;
  return (
    <section class="panel" aria-labelledby="measured">
      <h2 id="measured">Where each figure comes from</h2>
      <dl class="facts lines">
        <div>
          <dt>Without a person</dt>
          <dd>{automationText(view)}</dd>
        </div>
        <div>
          <dt>Wrong</dt>
          <dd>{errorsText(view)}</dd>
        </div>
        <div>
          <dt>Model calls</dt>
          <dd>{modelCostText(view)}</dd>
        </div>
        <div>
          <dt>Volume, minutes, hourly cost, cost of an error, platform, set-up</dt>
          <dd>
            {kept === null
              ? "Assumed by whoever fills in the form: nothing measures them"
              : `Assumed by the owner (${kept.by}, ${day(kept.at)}), or as the form says now: nothing measures them`}
          </dd>
        </div>
      </dl>
      <p class="quiet small">
        {`Production counts as soon as it is enough: ${ENOUGH_RECORDS} runs in the last ${MEASURED_DAYS} days for what is automatic and for what model calls cost (as many as the smallest validation has), and ${ENOUGH_CHECKED} automatic writes that people looked at for what is wrong (what an audit of a quarter looks at). So far: ${counts.records}, ${counts.runsWithModel} and ${counts.checked}. Until then the latest validation counts${validation === null ? "; there is none" : ""}. Runs in shadow mode count as what they would have written.`}
      </p>
    </section>
  );
};

const production = `production, last ${MEASURED_DAYS} days`;

const ValidationLink = ({ view: { validation, version } }: { view: BusinessCaseView }) =>
  validation === null ? null : (
    <>
      <a href={validationAddress(validation.id, "/report")}>{`validation of ${day(validation.at)}, ${validation.name}`}</a>
      {`, from score ${scoreText(validation.threshold)} on (${validation.inForce ? "in force now" : `proved, at most ${percent(validation.limit)} wrong; no threshold is in force`})`}
      {validation.workflowVersion === version
        ? ""
        : `. It is of version ${validation.workflowVersion} of the workflow; version ${version} is deployed`}
    </>
  );

const between = ({ k, n, interval: [low, high] }: NonNullable<BusinessCaseView["figures"]["automation"]>): string =>
  `${percent(k / n)}, between ${percent(low)} and ${errorPercent(high)}`;

function automationText(view: BusinessCaseView) {
  const { automation } = view.figures;
  if (automation === null) return "not measured";
  const { k, n } = automation;
  switch (automation.from) {
    case "production":
      return `${k} of ${n} runs that meant to write (${between(automation)}). From ${production}`;
    case "validation":
      return (
        <>
          {`${k} of ${n} labelled records (${between(automation)}). From the `}
          <ValidationLink view={view} />
        </>
      );
  }
}

function errorsText(view: BusinessCaseView) {
  const { error } = view.figures;
  if (error === null) return "not measured";
  const { k, n } = error;
  const atMost = `at most ${errorPercent(error.upper)} with 95 % confidence`;
  switch (error.from) {
    case "audited":
      return `${k} of ${n} automatic writes that people looked at afterwards (${atMost}). From ${production}`;
    case "reviewed":
      return `${k} of ${n} writes that people were asked about and edited or rejected (${atMost}). Those are the ones of which the model was less sure, so this is likely too high; auditSampling in the governance spec measures the automatic ones. From ${production}`;
    case "validation":
      return (
        <>
          {`${k} of ${n} labelled records that would be written (${atMost}). From the `}
          <ValidationLink view={view} />
        </>
      );
  }
}

function modelCostText(view: BusinessCaseView) {
  const { figures, counts, workflow, from } = view;
  const { modelCost } = figures;
  if (modelCost === null) return "nothing: no model call was made";
  const each = `${modelCost.unknown > 0 ? "at least " : ""}${dollars(modelCost.perRecord)} each`;
  switch (modelCost.from) {
    case "production":
      return (
        <>
          <a href={costsAddress({ workflow, from })}>{costText(counts.cost)}</a>
          {` for ${modelCost.records} runs: ${each}. From ${production}`}
        </>
      );
    case "validation":
      return <>{`${modelCost.records} labelled records: ${each}. From the same validation`}</>;
  }
}
