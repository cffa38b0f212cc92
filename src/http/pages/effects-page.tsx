// The ledger of writes, newest first, by filter: what changed, who decided it, whether it was read back, how it stands with its undo. Under the sampled tabs the
// writes that somebody is to look at afterwards, with the form for the verdict, and what was found so far.
import type { Failure } from "../../core/errors.ts";
import { undoableUntil } from "../../core/undo-window.ts";
import type { CheckCounts, EffectsWanted, ListedEffect } from "../../db/effects.ts";
import { may } from "../../operations/access.ts";
import { type ActionFacts, undoWords } from "../action-facts.ts";
import { EffectsFilter, effectsAddress, isFiltered, parametersOf, undoAddress } from "./effects-filter.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { Empty, NextPage, Tabs } from "./list-parts.tsx";
import { Chip, When } from "./marks.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import { SampledWrite, verdictWords } from "./sampled-write.tsx";
import { effectStatus } from "./status-words.ts";
import { percent, sentence, utc, valueText } from "./words.ts";

export interface EffectsPageProps {
  readonly frame: Frame;
  readonly filter: EffectsWanted;
  /** Names of the deployed workflows, to choose from; and of those whose writes the reader may undo. */
  readonly workflows: readonly string[];
  readonly undoable: readonly string[];
  readonly effects: readonly ListedEffect[];
  readonly actions: Readonly<Record<string, ActionFacts | null>>;
  readonly next: string | null;
  readonly checks: CheckCounts;
  readonly now: number;
  /** A verdict was just recorded. */
  readonly checked: boolean;
  readonly refused: Failure | null;
  /** What was entered in the form that was refused. */
  readonly draft: Readonly<Record<string, string>> | null;
}

export const EffectsPage = (props: EffectsPageProps) => {
  const { frame, filter, workflows, undoable, effects, next, checks, now, checked, refused } = props;
  const tab = (text: string, sampled: EffectsWanted["sampled"]) => ({
    text,
    href: effectsAddress({ ...filter, sampled }),
    current: filter.sampled === sampled,
  });
  return (
    <Layout frame={frame} title="Writes" section="effects">
      <div class="page-head">
        <h1>Writes</h1>
        <p class="lead">Everything that a workflow wrote to a business system, meant to write or was not allowed to; newest first.</p>
      </div>
      {checked ? <Notice>Your verdict is recorded.</Notice> : null}
      {refused === null ? null : <Refusal failure={refused} />}
      <Tabs
        label="Writes by sampling"
        tabs={[
          tab("All", undefined),
          tab(`To be looked at (${checks.open})`, "open"),
          tab(`Looked at (${checks.right + checks.wrong + checks.cannot_tell})`, "checked"),
        ]}
      />
      {filter.sampled === undefined ? null : <Checks checks={checks} workflow={filter.workflow} />}
      <EffectsFilter filter={filter} workflows={workflows} />
      {undoable.length > 0 && filter.sampled === undefined ? <UndoForm filter={filter} workflows={undoable} /> : null}
      {effects.length === 0 ? (
        <Nothing filter={filter} />
      ) : filter.sampled === undefined ? (
        <List {...props} />
      ) : (
        <div class="cards">
          {effects.map((effect) => (
            <SampledWrite effect={effect} frame={frame} now={now} draft={props.draft} filter={filter} />
          ))}
        </div>
      )}
      <NextPage href={next} />
      <p class="paging">
        <a class="button" href={`/api/effects/export?${new URLSearchParams(parametersOf(filter))}`}>
          Copy as CSV
        </a>{" "}
        <span class="quiet small">of all writes that match. It needs the role auditor, and who takes a copy is recorded.</span>
      </p>
    </Layout>
  );
};

const Checks = ({ checks: { open, right, wrong, cannot_tell }, workflow }: { checks: CheckCounts; workflow: string | undefined }) => {
  const told = right + wrong;
  const untold = cannot_tell === 0 ? "" : ` Of ${cannot_tell} more nobody could tell.`;
  const of = workflow === undefined ? "" : ` of ${workflow}`;
  return (
    <p class="page-head lead">
      {`A share of the writes${of} that nobody was asked about is chosen to be looked at afterwards. ${told} looked at: ${right} right, ${wrong} wrong${
        told === 0 ? "" : ` (${percent(wrong / told)})`
      }.${untold} ${open} still to be looked at.`}
    </p>
  );
};

const List = ({ frame: { principal }, effects, actions, now }: EffectsPageProps) => (
  <table class="list">
    <caption class="unseen">Writes, newest first</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          Record and action
        </th>
        <th scope="col">Status</th>
        <th scope="col">What changed</th>
        <th scope="col">Decided by</th>
        <th scope="col" class="wide-only">
          Undo
        </th>
      </tr>
    </thead>
    <tbody>
      {effects.map((effect) => (
        <tr>
          <th scope="row">
            <a href={`/runs/${encodeURIComponent(effect.run)}`}>{effect.target}</a>
            <span class="meta">{effect.action}</span>
            <span class="meta">{`${effect.workflow}@${effect.version}, ${effect.step}`}</span>
            <span class="meta">
              <When at={effect.at} now={now} />
            </span>
          </th>
          <td>
            <Chip words={effectStatus[effect.status]} />
            <span class="meta">{readBack(effect)}</span>
          </td>
          <td>
            <Changed effect={effect} />
          </td>
          <td>
            {decidedBy(effect)}
            {effect.sampled ? <span class="meta">{sampledWords(effect)}</span> : null}
          </td>
          <td class="wide-only">
            <UndoState
              effect={effect}
              facts={actions[effect.action] ?? null}
              now={now}
              mayUndo={principal !== null && may(principal, "undo writes", effect.workflow)}
            />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const readBack = ({ body: { proved, refused } }: ListedEffect): string => {
  if (refused !== null) return refused.because;
  if (proved === null) return "";
  return proved.matches ? "read back: as written" : "read back: other values";
};

const Changed = ({ effect: { erasedAt, body } }: { effect: ListedEffect }) => {
  if (erasedAt !== null) return <span class="quiet">The values were removed</span>;
  return (
    <>
      {Object.entries(body.values).map(([field, value]) => (
        <span class="meta">
          {field}: {body.before === null || !Object.hasOwn(body.before, field) ? "" : `${valueText(body.before[field] ?? null)} → `}
          <strong>{valueText(value)}</strong>
        </span>
      ))}
    </>
  );
};

function decidedBy({ body: { decidedBy, ruling, refused } }: ListedEffect): string {
  if (decidedBy !== null) return decidedBy;
  if (ruling !== null) return `rule ${ruling.rule}`;
  return refused?.because === "expired" ? "nobody in time" : "not ruled on";
}

const sampledWords = ({ check }: ListedEffect): string => (check === null ? "chosen to be looked at" : verdictWords(check));

interface UndoStateProps {
  readonly effect: ListedEffect;
  readonly facts: ActionFacts | null;
  readonly now: number;
  readonly mayUndo: boolean;
}

const UNDOABLE: ReadonlySet<string> = new Set(["applied", "undo_conflict", "undo_failed"]);

const UndoState = ({ effect: { run, step, status, body, at, erasedAt, windowDays }, facts, now, mayUndo }: UndoStateProps) => {
  if (status === "undone" || status === "undoing") return <span>{effectStatus[status].label}</span>;
  if (!UNDOABLE.has(status)) return null;
  if (body.undo === "irreversible") return <span>{sentence(undoWords({ undo: body.undo, because: facts?.because ?? null }))}</span>;
  if (erasedAt !== null) return <span>The old values were removed</span>;
  const until = windowDays === null ? null : undoableUntil(at, windowDays);
  if (until !== null && now > until) return <span>{`Could be undone until ${utc(until)}`}</span>;
  return (
    <>
      {mayUndo ? <a href={undoAddress({ run, step })}>See what an undo would do</a> : <span>An operator can undo it</span>}
      {until === null ? null : <span class="meta">{`until ${utc(until)}`}</span>}
      {body.conflicts && body.conflicts.length > 0 ? (
        <span class="meta">{`left alone: ${body.conflicts.map(({ field }) => field).join(", ")}`}</span>
      ) : null}
    </>
  );
};

const UndoForm = ({ filter, workflows }: { filter: EffectsWanted; workflows: readonly string[] }) => (
  <details class="panel many">
    <summary>Take back what a version of a workflow wrote in a time</summary>
    <form method="get" action="/effects/undo">
      <p>You are shown first what would become of each write. Nothing is changed by looking.</p>
      <div class="field">
        <label for="undo-workflow">Workflow</label>
        <select id="undo-workflow" name="workflow" required>
          {workflows.map((name) => (
            <option value={name} selected={name === filter.workflow}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {(
        [
          ["version", "Version", filter.version === undefined ? "" : String(filter.version), "1"],
          ["from", "From (UTC)", filter.from === undefined ? "" : new Date(filter.from).toISOString(), "2026-11-23T09:00:00Z"],
          ["to", "Before (UTC)", filter.to === undefined ? "" : new Date(filter.to).toISOString(), "2026-11-23T17:30:00Z"],
        ] as const
      ).map(([name, label, value, example]) => (
        <div class="field">
          <label for={`undo-${name}`}>{label}</label>
          <input
            type="text"
            id={`undo-${name}`}
            name={name}
            value={value}
            placeholder={example}
            required
            autocomplete="off"
            spellcheck={false}
          />
        </div>
      ))}
      <button type="submit" class="button">
        See what an undo would do
      </button>
    </form>
  </details>
);

const Nothing = ({ filter }: { filter: EffectsWanted }) => {
  if (filter.sampled === "open")
    return (
      <Empty title="Nothing to look at">
        Writes appear here that a governance spec with auditSampling chooses among those that nobody was asked about.
      </Empty>
    );
  if (isFiltered(filter)) return <Empty title="No writes match">Another filter may have some.</Empty>;
  return <Empty title="No writes yet">A write appears here as soon as a workflow intends one, whether it is made or not.</Empty>;
};
