// Asks a model one invented question, to see what it gives: is it reached, does it keep the schema, does it say how sure it is, what does it call itself. No record is
// sent, so no agreement is asked for; it costs a few hundred tokens. It changes nothing: what the table or src/config.ts says of the model is for a person to change.
// Sequence: build the model as a run would -> ask as it is configured -> where that gave no probabilities, ask once more for them -> the last result is kept in D1.
import * as z from "zod";
import { outboundFetch } from "../connectors/http.ts";
import { type Failure, fail, failureOf, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { keepProbe } from "../db/model-probes.ts";
import { bindingOf, type Deployment, everyModel, type ModelBindings } from "../deployment.ts";
import type { Model, ModelDecision, ModelRequest, ModelResult } from "../inference/model.ts";
import type { Context } from "./context.ts";
import { permit } from "./require-role.ts";

/** One label and one number, so that both kinds of measure show. Everything in it is invented. */
const Answer = z.object({ team: z.enum(["shipping", "billing", "technical"]), pieces: z.int() });
const RIGHT: z.infer<typeof Answer> = { team: "shipping", pieces: 12 };

const QUESTION: Omit<ModelRequest, "modelId"> = {
  decision: "probe",
  instruction: "Which team can answer this message, and how many pieces is it about?",
  input: { "probe.message": "Where is the parcel with our twelve lamps? It should have been delivered on Monday." },
  schema: Answer,
  schemaName: "probe",
};

/** given: with the answer. not given: asked for and left out. refused: the request failed because of them. */
export type LogprobsFound = "given" | "not given" | "refused" | "not asked";

export interface Probe {
  /** The deployment's name for the model. */
  readonly model: string;
  readonly provider: string;
  readonly host: string;
  /** The id that was asked for. */
  readonly modelId: string;
  readonly outcome:
    | {
        readonly state: "answered";
        /** The model as the provider named it. */
        readonly answeredAs: string;
        /** Whether it answered what a person would. A model may keep the schema and be wrong. */
        readonly right: boolean;
        readonly source: ModelDecision["source"];
        readonly logprobs: LogprobsFound;
        readonly latencyMs: number;
        /** Of both calls, where there were two. Null where the provider does not say. */
        readonly promptTokens: number | null;
        readonly completionTokens: number | null;
        readonly costUsd: number | null;
      }
    | { readonly state: "failed"; readonly error: Pick<Failure, "code" | "message"> };
  readonly at: number;
  readonly by: string;
}

export const ProbeInput = z.strictObject({ model: z.string().min(1, "Name the model, as src/config.ts does").max(100) });
export type ProbeInput = z.infer<typeof ProbeInput>;

export async function probeModel(
  { env, deployment }: Pick<Context, "env" | "deployment">,
  principal: Principal,
  { model }: ProbeInput,
  now: () => number,
): Promise<Result<Probe>> {
  const denied = permit(principal, "probe models", null);
  if (denied) return denied;
  const bindings = {
    binding: (name: string) => bindingOf(env, name),
    fetch: outboundFetch,
    blobs: { get: async () => null },
    versions: { current: async () => null },
  };
  const probed = await probe(deployment, model, bindings, principal.id, now);
  if (probed.ok) await keepProbe(env.DB, probed.value);
  return probed;
}

/** `bindings`: of the Worker, or of a terminal. */
export async function probe(
  deployment: Pick<Deployment, "models">,
  name: string,
  bindings: ModelBindings,
  by: string,
  now: () => number,
): Promise<Result<Probe>> {
  const models = everyModel(deployment);
  const source = models.find((one) => one.name === name)?.source;
  if (!source)
    return fail("request.not_found", `This deployment has no model "${name}"; it has ${models.map((one) => one.name).join(", ")}`, {
      field: "model",
    });
  let model: Model;
  try {
    model = source.build("probe", bindings);
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    return fail(code, message, { field: "model" });
  }
  if (model.local)
    return fail("request.invalid", `model: "${name}" runs inside this deployment; there is nothing to be reached`, { field: "model" });
  const at = now();
  const asked = { ...QUESTION, modelId: model.id };
  const first = await model.decide(asked, now);
  const about = { model: name, provider: model.provider, host: model.host ?? "unknown host", modelId: model.id, at, by };
  if (!first.ok) return ok({ ...about, outcome: { state: "failed", error: { code: first.error.code, message: first.error.message } } });
  const given = first.decision.source === "logprobs";
  const second = given ? null : await model.decide({ ...asked, trying: { logprobs: true } }, now);
  return ok({ ...about, outcome: outcomeOf(first.decision, second) });
}

function outcomeOf(decision: ModelDecision, second: ModelResult | null): Probe["outcome"] {
  const answer = Answer.safeParse(decision.value);
  const { model, source, latencyMs } = decision;
  const answered = second?.ok ? [decision, second.decision] : [decision];
  return {
    state: "answered",
    answeredAs: model,
    right: answer.success && answer.data.team === RIGHT.team && answer.data.pieces === RIGHT.pieces,
    source,
    logprobs: logprobsOf(decision, second),
    latencyMs,
    promptTokens: sumOf(answered, ({ usage }) => usage?.promptTokens),
    completionTokens: sumOf(answered, ({ usage }) => usage?.completionTokens),
    costUsd: sumOf(answered, ({ costUsd }) => costUsd),
  };
}

/** Null where it is not known of one of them. */
const sumOf = (decisions: readonly ModelDecision[], of: (decision: ModelDecision) => number | null | undefined): number | null =>
  decisions.reduce<number | null>((sum, decision) => {
    const one = of(decision) ?? null;
    return sum === null || one === null ? null : sum + one;
  }, 0);

function logprobsOf(first: ModelDecision, second: ModelResult | null): LogprobsFound {
  if (first.source === "logprobs") return "given";
  if (second === null) return "not asked";
  if (second.ok) return second.decision.source === "logprobs" ? "given" : "not given";
  return second.error.code === "model.rejected" ? "refused" : "not asked";
}

/** What there is to change in src/config.ts after this, or null. */
export function adviceOf({ outcome }: Probe): string | null {
  if (outcome.state === "failed" || outcome.source === "logprobs") return null;
  if (outcome.logprobs === "given")
    return "It gives probabilities when it is asked for them: set capabilities: { logprobs: true } for it in src/config.ts, or its answers count as 0 % sure.";
  return "It says nothing of how sure it is: its answers count as 0 % sure, and a person decides, unless several samples are compared.";
}
