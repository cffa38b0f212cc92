// The kill switch: everything and each workflow, whether it is stopped, who did that, when and why; and, for an operator, the form that turns it. Every turn has
// a reason, and stays in the list below.
import type { Failure } from "../../core/errors.ts";
import { may } from "../../operations/access.ts";
import type { Breaker } from "../../operations/breakers.ts";
import type { HaltRow } from "../../operations/halt-runs.ts";
import { Breakers } from "./breakers.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { Chip, When } from "./marks.tsx";
import { ReasonField } from "./reason-field.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import type { StatusWords } from "./status-words.ts";
import { scopeText, scopeTitle } from "./stopped.tsx";
import { sentence } from "./words.ts";

export interface SwitchDraft {
  readonly scope: string;
  readonly reason: string;
}

export interface StopsPageProps {
  readonly frame: Frame;
  /** Names of the deployed workflows. */
  readonly workflows: readonly string[];
  readonly switches: readonly HaltRow[];
  readonly turns: readonly HaltRow[];
  /** Open ones first, then the latest. */
  readonly breakers: readonly Breaker[];
  readonly now: number;
  readonly turned?: { readonly on: boolean; readonly scope: string } | null;
  /** The workflow whose breaker was just closed. */
  readonly closed?: string | null;
  readonly refused?: Failure | null;
  readonly draft?: SwitchDraft | null;
  /** The reason that was entered to close a workflow's breaker. */
  readonly breakerDraft?: SwitchDraft | null;
}

const STOPPED: StatusWords = { label: "Stopped", tone: "bad", shape: "stop" };
const GOING: StatusWords = { label: "Going", tone: "good", shape: "check" };

export const StopsPage = ({
  frame,
  workflows,
  switches,
  turns,
  breakers,
  now,
  turned,
  closed,
  refused,
  draft,
  breakerDraft,
}: StopsPageProps) => {
  const { principal } = frame;
  const mayTurn = (scope: string) => principal !== null && may(principal, "turn the kill switch", scope === "*" ? null : scope);
  const scopes = ["*", ...workflows];
  const gone = switches.filter(({ scope, on }) => on && scope !== "*" && !workflows.includes(scope)).map(({ scope }) => scope);
  return (
    <Layout frame={frame} title="Kill switch" section="stops">
      <div class="page-head">
        <h1>Kill switch</h1>
        <p class="lead">
          While something is stopped, none of its runs begins a new step: nothing is read, asked or written. What is being sent is finished.
          Events are still taken in, and their runs wait.
        </p>
      </div>
      {refused ? <Refusal failure={refused} /> : null}
      {turned ? <Notice>{turned.on ? `${scopeTitle(turned.scope)} is stopped.` : `${scopeTitle(turned.scope)} may go on.`}</Notice> : null}
      {closed ? <Notice>{`The breaker of ${closed} is closed. Its runs go by that within 15 seconds.`}</Notice> : null}
      <div class="cards">
        {[...scopes, ...gone].map((scope, index) => (
          <Switch
            scope={scope}
            index={index}
            latest={switches.find((one) => one.scope === scope) ?? null}
            covered={scope !== "*" && switches.some((one) => one.scope === "*" && one.on)}
            now={now}
            isOperator={mayTurn(scope)}
            refused={refused ?? null}
            draft={draft?.scope === scope ? draft : null}
          />
        ))}
      </div>
      {scopes.some(mayTurn) ? null : <p class="quiet small">An operator can turn these.</p>}
      <h2 class="between">Latest turns</h2>
      {turns.length === 0 ? <p class="quiet">Nothing was ever stopped.</p> : <Turns turns={turns} now={now} />}
      <Breakers
        breakers={breakers}
        principal={principal}
        now={now}
        draft={breakerDraft ?? null}
        refused={breakerDraft ? (refused ?? null) : null}
      />
    </Layout>
  );
};

interface SwitchProps {
  readonly scope: string;
  readonly index: number;
  readonly latest: HaltRow | null;
  /** Everything is stopped, and so this. */
  readonly covered: boolean;
  readonly now: number;
  readonly isOperator: boolean;
  readonly refused: Failure | null;
  readonly draft: SwitchDraft | null;
}

const Switch = ({ scope, index, latest, covered, now, isOperator, refused, draft }: SwitchProps) => {
  const on = latest?.on ?? false;
  const id = `reason-${index}`;
  const verb = on ? "Let go on" : "Stop";
  return (
    <article class="panel switch" aria-labelledby={`switch-${index}`}>
      <div class="write-head">
        <h2 id={`switch-${index}`}>{scopeTitle(scope)}</h2>
        <Chip words={on || covered ? STOPPED : GOING} />
      </div>
      {latest === null ? null : (
        <p>
          {on ? "Stopped" : "Let go on"} by {latest.by}, <When at={latest.at} now={now} />: {sentence(latest.reason)}
        </p>
      )}
      {covered ? <p>{on ? "Everything is stopped, too." : "Not stopped itself, but everything is."}</p> : null}
      {isOperator ? (
        <details class="more" open={draft !== null}>
          <summary class="button">{verb}</summary>
          <form method="post" action="/stops">
            <input type="hidden" name="scope" value={scope} />
            <input type="hidden" name="turn" value={on ? "off" : "on"} />
            <ReasonField id={id} label="Reason (required)" required value={draft?.reason} refused={draft === null ? null : refused} />
            <button type="submit" class={on ? "button" : "button danger"}>
              {`${verb === "Stop" ? "Stop" : "Let"} ${scopeText(scope)}${verb === "Stop" ? "" : " go on"}`}
            </button>
          </form>
        </details>
      ) : null}
    </article>
  );
};

const Turns = ({ turns, now }: { turns: readonly HaltRow[]; now: number }) => (
  <table class="list">
    <caption class="unseen">Latest turns of the kill switch, newest first</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          When
        </th>
        <th scope="col">What, by whom and why</th>
      </tr>
    </thead>
    <tbody>
      {turns.map(({ scope, at, on, by, reason }) => (
        <tr>
          <th scope="row">
            <When at={at} now={now} />
          </th>
          <td>
            {`${scopeTitle(scope)} ${on ? "stopped" : "let go on"} by ${by}`}
            <span class="meta">{sentence(reason)}</span>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
