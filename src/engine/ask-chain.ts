// The models behind one name, one after another: the next is asked when one fails for good, a person when none is left. It records what has to outlast a pass (when a
// model is asked again, and who was given up by then) and says what the decision came to. It must not look at what an answer says.
// Sequence for each model: ask -> an invalid answer once more, with what was wrong -> samples, where it gives no measure -> its answer, a later try, or the next model.
import type { Failure } from "../core/errors.ts";
import { agreed, decideSamples, type SampleThreshold } from "../inference/agreement.ts";
import type { Model, ModelDecision, ModelFailure, ModelResult } from "../inference/model.ts";
import { type Asking, askOnce } from "./ask-model.ts";
import type { DecisionState } from "./decision-state.ts";
import type { Tried } from "./journal.ts";
import { decideRetry, exhaustion, type Patience } from "./retry.ts";

/** With another model at hand, this often and this long are a hiccup waited out: a model that was chosen first is worth some seconds, and no more. */
const FALLBACK_TRIES = 3;
const FALLBACK_MS = 15_000;

export interface Chain {
  readonly args: string;
  readonly models: readonly Model[];
  readonly patience: Patience;
  readonly state: Pick<DecisionState, "tried" | "asked">;
  /** Null: one answer is enough, whatever its source. */
  readonly threshold: SampleThreshold;
}

export interface ChainEnd {
  /** Null: none of them decided. */
  readonly decision: ModelDecision | null;
  readonly tried: readonly Tried[];
}

/** Waits, where one is to be asked again. Throws to the author only where their own policy has come to its end. */
export async function askChain(asking: Asking, chain: Chain): Promise<ChainEnd> {
  const tried: Tried[] = [...chain.state.tried];
  const left = chain.models.filter((model) => !tried.some((one) => nameOf(one) === nameOf(identityOf(model)) && !one.repaired));
  for (const [index, model] of left.entries()) {
    const isLast = index === left.length - 1;
    const end = await askUntilItEnds(asking, chain, model, isLast, tried);
    if (end.ok) return { decision: end.decision, tried };
    if (end.isExhausted && isLast) return asking.pass.failStep(asking.step, chain.args, exhaustion(asking.step, end.tries, end.error));
    tried.push(triedOf(model, end.error));
  }
  return { decision: null, tried };
}

type ModelEnd =
  | { readonly ok: true; readonly decision: ModelDecision }
  /** `isExhausted`: by the author's own policy. */
  | { readonly ok: false; readonly error: Failure; readonly tries: number; readonly isExhausted: boolean };

/** One try of one model, and what follows from it; where that is another try, the pass waits for it here. `tried` takes what was said of an answer that was repaired. */
async function askUntilItEnds(
  asking: Asking,
  { args, models, patience, state, threshold }: Chain,
  model: Model,
  isLast: boolean,
  tried: Tried[],
): Promise<ModelEnd> {
  const { pass, step } = asking;
  const name = nameOf(identityOf(model));
  const began = pass.ports.now();
  const before = state.asked && (state.asked.who ?? nameOf(identityOf(models[0] as Model))) === name ? state.asked : null;
  if (before && isSpent(before, patience, began)) return { ok: false, error: before.error, tries: before.tries, isExhausted: true };
  const { result, repaired } = await askWell(asking, model, threshold);
  if (repaired) tried.push({ ...triedOf(model, repaired), repaired: true });
  if (result.ok) return result;
  const { error } = result;
  const tries = (before?.tries ?? 0) + 1;
  if (isForGood(error, isLast)) return { ok: false, error, tries, isExhausted: false };
  const terms = { patience: isLast ? patience : fallbackPatience(patience), began: before?.began ?? began };
  const next = decideRetry(error, tries, pass.ports.now(), pass.ports.random(), terms);
  if (next.kind !== "retry") return { ok: false, error, tries, isExhausted: next.kind === "exhausted" };
  pass.record(step, {
    type: "attempt.failed",
    args,
    during: "decide",
    attempt: tries,
    error,
    retryAt: next.at,
    ...(patience.given ? { began } : {}),
    ...(models.length > 1 ? { asked: name } : {}),
    ...(tried.length > 0 ? { tried: [...tried] } : {}),
  });
  return pass.wait({ kind: "timer", step, until: next.at });
}

/** One model's answer, or why it has none. `repaired`: what was wrong with its first one. */
async function askWell(
  asking: Asking,
  model: Model,
  threshold: SampleThreshold,
): Promise<{ readonly result: ModelResult; readonly repaired: ModelFailure | null }> {
  const began = asking.pass.ports.now();
  let result = await askOnce(asking, model);
  let repaired: ModelFailure | null = null;
  // A model in this process says the same again, whatever it is told.
  if (!result.ok && result.error.code === "model.invalid_output" && !model.local) {
    repaired = result.error;
    result = await askOnce(asking, model, { repair: { issues: repaired.message } });
  }
  if (!result.ok || result.decision.source !== "none" || model.local) return { result, repaired };
  const answers: (ModelDecision | null)[] = [result.decision];
  for (;;) {
    const more = decideSamples(
      answers.map((answer) => answer?.value ?? null),
      threshold,
    );
    if (more === 0) break;
    const from = answers.length + 1;
    const further = await Promise.all(Array.from({ length: more }, (_, index) => askOnce(asking, model, { sample: from + index })));
    answers.push(...further.map((one) => (one.ok ? one.decision : null)));
  }
  if (answers.length === 1) return { result, repaired };
  return { result: { ok: true, decision: agreed(answers, asking.pass.ports.now() - began) }, repaired };
}

/** What no second try of this model would change, or what is not worth waiting for while there is another. */
const isForGood = ({ code }: Failure, isLast: boolean): boolean =>
  code === "model.invalid_output" || (!isLast && (code === "model.circuit_open" || code === "model.not_trained"));

const fallbackPatience = (patience: Patience): Patience =>
  patience.endsWithAuthor
    ? patience
    : { ...patience, attempts: Math.min(patience.attempts, FALLBACK_TRIES), withinMs: Math.min(patience.withinMs, FALLBACK_MS) };

/** The author's policy is over before this try could begin. */
const isSpent = (
  { tries, began }: { readonly tries: number; readonly began: number },
  { attempts, withinMs, endsWithAuthor }: Patience,
  now: number,
): boolean => endsWithAuthor && (tries >= attempts || now > began + withinMs);

const identityOf = ({ id, provider, host }: Model): Pick<Tried, "model" | "provider" | "host"> => ({
  model: id,
  provider,
  ...(host === undefined ? {} : { host }),
});

const nameOf = ({ model, provider, host }: Pick<Tried, "model" | "provider" | "host">): string =>
  [provider, ...(host === undefined ? [] : [host]), model].join(" ");

const triedOf = (model: Model, { code, message }: Failure): Tried => ({ ...identityOf(model), code, message });
