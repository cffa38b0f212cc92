// The models that a deployment lists: where each one is, what its last probe found, and for those who may a button that asks it an invented question.
import type { ModelStanding } from "../../operations/read-models.ts";
import { Chip, When } from "./marks.tsx";
import type { StatusWords } from "./status-words.ts";
import { sentence } from "./words.ts";

export interface ModelProbesProps {
  readonly models: readonly ModelStanding[];
  readonly mayProbe: boolean;
  readonly now: number;
}

export const ModelProbes = ({ models, mayProbe, now }: ModelProbesProps) => (
  <>
    <h2 class="between">Models</h2>
    <p>
      A probe asks a model one invented question, and says whether it is reached, keeps the schema and tells how sure it is. No record is
      sent; it costs a few hundred tokens.
    </p>
    <div class="cards">
      {models.map((one, index) => (
        <article class="panel" aria-labelledby={`model-${index}`}>
          <div class="write-head">
            <h3 id={`model-${index}`}>{one.model}</h3>
            <Chip words={probeChip(one)} />
          </div>
          <p>{placeWords(one)}</p>
          {one.probe === null ? null : <Found probe={one.probe} now={now} />}
          {one.advice === null ? null : <p class="note">{one.advice}</p>}
          {mayProbe && one.set.state === "up" && !one.set.local ? (
            <form method="post" action="/providers/probe">
              <input type="hidden" name="model" value={one.model} />
              <button type="submit" class="button">{`Probe ${one.model}`}</button>
            </form>
          ) : null}
        </article>
      ))}
    </div>
  </>
);

const Found = ({ probe: { outcome, at, by }, now }: { probe: NonNullable<ModelStanding["probe"]>; now: number }) => (
  <>
    {outcome.state === "failed" ? (
      <p class="note">{sentence(outcome.error.message)}</p>
    ) : (
      <dl class="facts">
        <Fact name="Answered as" value={outcome.answeredAs} />
        <Fact name="Schema" value="kept" />
        <Fact name="Its answer" value={outcome.right ? "right" : "wrong"} />
        <Fact name="Probabilities" value={outcome.logprobs} />
        <Fact name="Took" value={`${outcome.latencyMs} ms`} />
        <Fact
          name="Tokens"
          value={`${outcome.promptTokens ?? "an unknown number"} read, ${outcome.completionTokens ?? "an unknown number"} written`}
        />
        <Fact name="Cost" value={outcome.costUsd === null ? "unknown" : `$${outcome.costUsd.toFixed(6)}`} />
      </dl>
    )}
    <p class="small quiet">
      {`Probed by ${by}, `}
      <When at={at} now={now} />
    </p>
  </>
);

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

function placeWords({ set }: ModelStanding): string {
  if (set.state === "broken") return sentence(set.why);
  if (set.local) return `${set.label}. It runs inside this deployment.`;
  const id = set.label.includes(set.modelId) ? "" : ` (${set.modelId})`;
  return `${set.label}${id}. Provider ${set.provider}, host ${set.host}${set.via === null ? "" : `, by way of ${set.via}`}.`;
}

function probeChip({ set, probe }: ModelStanding): StatusWords {
  if (set.state === "broken") return { label: "Cannot be set up", tone: "bad", shape: "cross" };
  if (set.local) return { label: "Built in", tone: "neutral", shape: "ring" };
  if (probe === null) return { label: "Not probed", tone: "neutral", shape: "ring" };
  if (probe.outcome.state === "failed") return { label: "Probe failed", tone: "bad", shape: "cross" };
  return probe.outcome.source === "none"
    ? { label: "Answers, without a measure", tone: "warn", shape: "clock" }
    : { label: "Answers, with probabilities", tone: "good", shape: "check" };
}
