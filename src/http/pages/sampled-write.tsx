// One sampled write for whoever looks at it afterwards: the change, why nobody was asked, and the form for the verdict; or the verdict that was given. What the
// reader sees is the record of the time: the run's page has the rest.
import type { CheckRow, EffectsWanted, ListedEffect } from "../../db/effects.ts";
import { may } from "../../operations/access.ts";
import { checkDueOf } from "../../operations/check-due.ts";
import { ChangeTable } from "./change-table.tsx";
import { parametersOf, undoAddress } from "./effects-filter.tsx";
import type { Frame } from "./layout.tsx";
import { Chip, When } from "./marks.tsx";
import { effectStatus } from "./status-words.ts";
import { actionWords, capital, day, sentence, settingText, valueText } from "./words.ts";

export interface SampledWriteProps {
  readonly effect: ListedEffect;
  readonly frame: Frame;
  readonly now: number;
  readonly filter: EffectsWanted;
  readonly draft: Readonly<Record<string, string>> | null;
}

export const SampledWrite = ({ effect, frame, now, filter, draft }: SampledWriteProps) => {
  const { run, step, workflow, version, action, target, status, at, body, check, erasedAt } = effect;
  const mayCheck = frame.principal !== null && may(frame.principal, "check writes", workflow);
  const heading = `${capital(actionWords(action))} on ${target}`;
  return (
    <article class="panel write">
      <div class="write-head">
        <h2>
          <a href={`/runs/${encodeURIComponent(run)}`}>{heading}</a>
        </h2>
        <Chip words={effectStatus[status]} />
      </div>
      <p class="quiet small">
        {`${workflow}@${version}, ${step}, `}
        <When at={at} now={now} />
      </p>
      {erasedAt === null ? (
        <ChangeTable caption="The change" before={body.before} values={body.values} after="Written" />
      ) : (
        <p>The values were removed after the time that the governance spec sets: there is nothing left to look at.</p>
      )}
      {body.ruling === null || erasedAt !== null ? null : (
        <p class="quiet small">{`${sentence(body.ruling.reason)} Rule ${body.ruling.rule}.`}</p>
      )}
      {check !== null ? (
        <Found effect={effect} check={check} frame={frame} now={now} />
      ) : erasedAt !== null ? null : mayCheck ? (
        <Verdict effect={effect} filter={filter} draft={draft?.run === run && draft.step === step ? draft : null} />
      ) : (
        <p class="quiet small">A reviewer who took no part in the run says whether it was right.</p>
      )}
      {check !== null || erasedAt !== null ? null : <Due effect={effect} now={now} />}
    </article>
  );
};

/** For lists: who found what. */
export const verdictWords = ({ by, verdict }: CheckRow): string =>
  verdict === "cannot_tell" ? `${by} could not tell whether it was right` : `${by} found it ${verdict}`;

const Due = ({ effect, now }: { effect: ListedEffect; now: number }) => {
  const due = checkDueOf(effect);
  return due < now ? (
    <p class="error">{`It was to be looked at by ${day(due)}.`}</p>
  ) : (
    <p class="quiet small">{`To be looked at by ${day(due)}.`}</p>
  );
};

/** Still there, and can be taken back. */
const STANDS: readonly string[] = ["applied", "undo_conflict", "undo_failed"];

const Found = ({ effect, check, frame, now }: { effect: ListedEffect; check: CheckRow; frame: Frame; now: number }) => {
  const { run, step, workflow, status, body, erasedAt } = effect;
  const stands = check.verdict === "wrong" && STANDS.includes(status) && erasedAt === null && body.undo !== "irreversible";
  return (
    <>
      <p>
        {`${verdictWords(check)}, `}
        <When at={check.at} now={now} />
        {check.note === "" ? "." : `: ${sentence(check.note)}`}
        {check.should === null ? null : ` It should have set ${settingText(check.should)}.`}
      </p>
      {!stands ? null : frame.principal !== null && may(frame.principal, "undo writes", workflow) ? (
        <p>
          <a class="button" href={undoAddress({ run, step })}>
            See what an undo would do
          </a>
        </p>
      ) : (
        <p class="quiet small">What was written still stands: an operator can undo it.</p>
      )}
    </>
  );
};

const VERDICTS = [
  ["right", "Right: I would have decided the same"],
  ["wrong", "Wrong: it should not have been written like this"],
  ["cannot_tell", "I cannot tell: what there is to see does not suffice"],
] as const;

const Verdict = ({
  effect: {
    run,
    step,
    body: { values },
  },
  filter,
  draft,
}: {
  effect: ListedEffect;
  filter: EffectsWanted;
  draft: Readonly<Record<string, string>> | null;
}) => {
  const id = `${run}-${step}`.replaceAll(/[^\w-]/g, "-");
  return (
    <form method="post" action={`/effects/checks?${new URLSearchParams(parametersOf(filter))}`} class="act">
      <input type="hidden" name="run" value={run} />
      <input type="hidden" name="step" value={step} />
      <fieldset>
        <legend>Your verdict</legend>
        {VERDICTS.map(([verdict, label]) => (
          <div class="radio">
            <input type="radio" id={`${id}-${verdict}`} name="verdict" value={verdict} required checked={draft?.verdict === verdict} />
            <label for={`${id}-${verdict}`}>{label}</label>
          </div>
        ))}
      </fieldset>
      <div class="field">
        <label for={`${id}-note`}>What was wrong, or what is missing to tell. It stays when the contents are removed: name nobody</label>
        <input type="text" id={`${id}-note`} name="note" maxlength={2000} autocomplete="off" value={draft?.note ?? ""} />
      </div>
      <details>
        <summary>What should have been written</summary>
        {Object.entries(values).map(([field, value]) => (
          <div class="field">
            <label for={`${id}-${field}`}>{`${field}, in the place of ${valueText(value)}; leave it empty where that was right`}</label>
            <input
              type="text"
              id={`${id}-${field}`}
              name={`should:${field}`}
              maxlength={2000}
              autocomplete="off"
              value={draft?.[`should:${field}`] ?? ""}
            />
          </div>
        ))}
      </details>
      <button type="submit" class="button">
        Record the verdict
      </button>
    </form>
  );
};
