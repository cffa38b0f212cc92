// What the model answered and how sure it was, field by field with what else it considered; and which model that was. It shows probabilities that were
// measured, and says so where a model gives none.

import type { Json, JsonObject } from "../../core/json.ts";
import type { ApprovalDetail, RecordedDecision } from "../../db/reads.ts";
import type { HeldTo } from "../../operations/held-to.ts";
import { certificateAddress } from "./certificate-words.ts";
import { Bar, Value } from "./marks.tsx";
import { listing, percent } from "./words.ts";

export interface ModelAnswerProps {
  readonly detail: Pick<ApprovalDetail, "decisions" | "basedOn">;
  /** By the decision's step. */
  readonly held: Readonly<Record<string, HeldTo>>;
}

/** Alternatives below this share say nothing, and six teams would fill the page. */
const LEAST_SHOWN = 0.005;
const MOST_SHOWN = 4;

export const ModelAnswer = ({ detail: { decisions, basedOn }, held }: ModelAnswerProps) => {
  const based = decisions.find(({ step }) => step === basedOn?.name || step.startsWith(`${basedOn?.name}#`));
  const shown = based ? [based, ...decisions.filter((other) => other !== based)] : decisions;
  return (
    <section class="panel" aria-labelledby="model">
      <h2 id="model">What the model said</h2>
      {shown.length === 0 ? <p class="quiet">No model was asked in this run: the change follows from the workflow alone.</p> : null}
      {shown.map((decision) => (
        <Answer decision={decision} held={held[decision.step] ?? NOTHING} />
      ))}
    </section>
  );
};

const NOTHING: HeldTo = { whole: null, fields: {} };

const Whole = ({ whole }: { whole: HeldTo["whole"] }) => {
  switch (whole?.kind) {
    case "number":
      return <span class="quiet">{` acts alone from ${percent(whole.threshold)}`}</span>;
    case "proved":
      return (
        <span class="quiet">
          {` acts alone from ${percent(whole.threshold)}, `}
          <a href={certificateAddress(whole.certificate)}>as is proved</a>
        </span>
      );
    case "void":
      return (
        <span class="quiet">
          {" is asked: "}
          <a href={certificateAddress(whole.certificate)}>its certificate</a> is not about such an answer
        </span>
      );
    case undefined:
      return null;
  }
};

const Answer = ({ decision, held }: { decision: RecordedDecision; held: HeldTo }) => {
  const unmeasured = Object.entries(isObject(decision.value) ? decision.value : {}).filter(
    ([path]) => !Object.hasOwn(decision.fields, path),
  );
  return (
    <div class="answer">
      <h3>
        {decision.step}
        <Whole whole={held.whole} />
      </h3>
      {Object.entries(decision.fields).map(([path, { confidence, alternatives }]) => (
        <div class="choice">
          <div class="option chosen">
            <span class="quiet">{path}</span>
            <strong>
              <Value value={at(decision.value, path)} />
            </strong>
            <Bar share={confidence} threshold={held.fields[path]} strong />
            <span class="share">{percent(confidence)}</span>
          </div>
          {alternatives
            .filter(({ probability }) => probability >= LEAST_SHOWN)
            .slice(0, MOST_SHOWN)
            .map(({ value, probability }) => (
              <div class="option">
                <span class="quiet">or</span>
                <span>
                  <Value value={value} />
                </span>
                <Bar share={probability} />
                <span class="share">{percent(probability)}</span>
              </div>
            ))}
        </div>
      ))}
      {unmeasured.length === 0 ? null : (
        <dl class="facts">
          {unmeasured.map(([path, value]) => (
            <div>
              <dt>{path}</dt>
              <dd>
                <Value value={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {decision.source === "none" ? (
        <p class="note">This model gives no measure of how sure it is, so its answers count as 0 % sure.</p>
      ) : null}
      {decision.by === null ? null : <p class="note">{`No model could decide this: ${decision.by} answered in its place.`}</p>}
      {decision.samples === undefined ? null : (
        <p class="quiet small">{`Asked ${decision.samples} times: how sure it is says how many of the answers agree.`}</p>
      )}
      {decision.tried.map(({ model, provider, message, repaired }) => (
        <p class="quiet small">{`Asked before: ${provider}, ${model}: ${message}${repaired ? ". It was asked again." : ""}`}</p>
      ))}
      {decision.notSent.length > 0 ? <p class="quiet small">{`Not sent to the model: ${listing(decision.notSent)}.`}</p> : null}
      {decision.by === null ? (
        <p class="small model-name">
          {decision.provider === "builtin" ? "Built-in statistical model, not a language model" : `Answered by ${decision.provider}`}
          <code>{decision.model}</code>
        </p>
      ) : null}
      {decision.instruction === null ? null : (
        <details>
          <summary class="small">What it was told to do</summary>
          <p>{decision.instruction}</p>
          {decision.basis?.prompt ? (
            <p class="quiet small">
              Prompt <code>{decision.basis.prompt}</code>
            </p>
          ) : null}
        </details>
      )}
    </div>
  );
};

/** The value at a dotted path from the answer's root; a field's own name may hold a dot. */
function at(value: Json, path: string): Json | undefined {
  if (isObject(value) && Object.hasOwn(value, path)) return value[path];
  let here: Json | undefined = value;
  for (const name of path.split(".")) here = isObject(here) && Object.hasOwn(here, name) ? here[name] : undefined;
  return here;
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
