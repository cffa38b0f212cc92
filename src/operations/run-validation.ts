// The work of a validation, a few records to a message: claim them, answer each, keep each answer the moment it is there; the last answer ends it with its report. A message
// may come twice, late, or after a crash: what is claimed is not asked about again before the claim has run out, and what is answered never.
// Sequence of a batch: is it running? -> nothing stopped by the kill switch -> claim -> rehearse -> keep, release or stop -> the end, if no record is open.

import { outboundFetch } from "../connectors/http.ts";
import { type Failure, fail, InterlockError, ok, type Result } from "../core/errors.ts";
import { readCard } from "../db/provider-cards.ts";
import { readSpecTexts } from "../db/specs.ts";
import {
  answeredRecords,
  type ClaimedRecord,
  claimRecords,
  finishValidation,
  keepAnswer,
  moveValidation,
  openNumbers,
  openOfRange,
  readValidationRow,
  releaseRecord,
  stalledValidations,
  type ValidationRow,
} from "../db/validations.ts";
import { bindingOf } from "../deployment.ts";
import type { Workflow } from "../engine/define.ts";
import type { RehearsalPorts } from "../engine/rehearse.ts";
import { shadowSpec } from "../governance/shadow-spec.ts";
import { GovernanceSpec } from "../governance/spec.ts";
import { answerRecord } from "./answer-record.ts";
import type { Context } from "./context.ts";
import { haltsOn } from "./halt-runs.ts";
import type { ValidationMessage } from "./messages.ts";
import { factsOf } from "./read-validation.ts";
import { issueFirstReport } from "./validation-reports.ts";

/** Records of a message: with AT_ONCE and a model's time limit of a minute, a batch is through long before its claim runs out. */
const BATCH = 10;
const AT_ONCE = 5;
const CLAIM_MS = 5 * 60_000;
/** The platform's most for one sendBatch. */
const SEND = 100;
/** After so long without an answer its messages are taken for lost: longer than a claim and the longest pause between two tries together. */
const STALLED_MS = 10 * 60_000;
/** Others were answered so lately that the provider is there. */
const LATELY_MS = 60_000;
const HALTED_SECONDS = 60;

export type BatchEnd = { readonly kind: "done" } | { readonly kind: "later"; readonly seconds: number };
const DONE: BatchEnd = { kind: "done" };
const later = (ms: number): BatchEnd => ({ kind: "later", seconds: Math.max(1, Math.ceil(ms / 1000)) });

/** Everything that has no answer goes into the queue, in ranges. Twice is harmless. */
export async function enqueueOpen({ env }: Pick<Context, "env">, id: string): Promise<void> {
  const ranges = [...new Set((await openNumbers(env.DB, id)).map((number) => Math.floor((number - 1) / BATCH)))];
  const messages = ranges.map((range) => ({
    body: { kind: "validation", validation: id, from: range * BATCH + 1, to: (range + 1) * BATCH } satisfies ValidationMessage,
  }));
  for (let from = 0; from < messages.length; from += SEND) await env.VALIDATIONS.sendBatch(messages.slice(from, from + SEND));
}

/** For the sweep: what has not moved for long is asked about again; one whose last answer was kept, and whose end was lost, is ended. */
export async function resumeStalled(context: Context, now: number): Promise<number> {
  const stalled = await stalledValidations(context.env.DB, now - STALLED_MS, SEND);
  for (const id of stalled) {
    const row = await readValidationRow(context.env.DB, id);
    if (row && row.answered === row.total) await endIfAnswered(context, row, now);
    else await enqueueOpen(context, id);
  }
  return stalled.length;
}

export async function answerBatch(context: Context, { validation: id, from, to }: ValidationMessage, now: () => number): Promise<BatchEnd> {
  const { DB } = context.env;
  const row = await readValidationRow(DB, id);
  if (row?.status !== "running") return DONE;
  if ((await haltsOn(DB, [row.workflow])).length > 0) return { kind: "later", seconds: HALTED_SECONDS };
  const found = await findWorkflow(context, row, now());
  if (!found.ok) return stop(context, id, found.error, now());
  const { workflow, spec } = found.value;
  const ports = portsOf(context, workflow, now);
  const claimed = await claimRecords(DB, id, { from, to }, { now: now(), until: now() + CLAIM_MS });
  const left = [...claimed];
  const batch: { stopped: Failure | null } = { stopped: null };
  const answer = async (record: ClaimedRecord): Promise<void> => {
    const { fields } = row.facts;
    const othersAnswered = row.answered > 0 && (row.movedAt ?? 0) > now() - LATELY_MS;
    const outcome = await answerRecord(workflow, spec, record, { fields, tries: record.attempts, othersAnswered }, ports);
    switch (outcome.kind) {
      case "answer":
        await keepAnswer(DB, id, record.number, outcome.answer, now());
        return;
      case "again":
        await releaseRecord(DB, id, record.number, { until: now() + outcome.afterMs, counts: true });
        return;
      case "stop":
        batch.stopped = outcome.error;
        await release(context, id, record, now());
    }
  };
  const work = async () => {
    for (let record = left.shift(); record; record = left.shift())
      await (batch.stopped ? release(context, id, record, now()) : answer(record));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (batch.stopped) return stop(context, id, batch.stopped, now());
  const { open, until } = await openOfRange(DB, id, { from, to });
  if (open > 0) return later((until ?? 0) - now());
  const latest = await readValidationRow(DB, id);
  if (latest && latest.answered === latest.total) await endIfAnswered(context, latest, now());
  return DONE;
}

/** Not tried: at once again, when it goes on. */
const release = ({ env }: Context, id: string, { number }: ClaimedRecord, now: number): Promise<void> =>
  releaseRecord(env.DB, id, number, { until: now, counts: false });

async function stop({ env }: Context, id: string, because: Failure, now: number): Promise<BatchEnd> {
  await moveValidation(env.DB, id, ["running"], "stopped", { now, because });
  return DONE;
}

/** The report is computed from what lies in D1, issued once, and the validation ends with its digest. */
async function endIfAnswered({ env }: Context, row: ValidationRow, now: number): Promise<void> {
  if (row.status !== "running") return;
  // The time of the last answer, so that whoever comes first ends it alike.
  const facts = factsOf({ ...row, finishedAt: row.movedAt ?? now });
  const { digest } = await issueFirstReport(env, row, facts, await answeredRecords(env.DB, row.id));
  await finishValidation(env.DB, row.id, digest, facts.finishedAt);
}

async function findWorkflow(
  { env, deployment }: Context,
  { facts }: ValidationRow,
  now: number,
): Promise<Result<{ readonly workflow: Workflow; readonly spec: GovernanceSpec }>> {
  const workflow = deployment.workflows.find(({ name, version }) => name === facts.workflow && version === facts.workflowVersion);
  if (!workflow) return fail("workflow.unknown", `Version ${facts.workflowVersion} of ${facts.workflow} is not deployed any more`);
  if (facts.specVersion === null) return ok({ workflow, spec: shadowSpec(workflow) });
  const text = (await readSpecTexts(env.DB, facts.workflow, now)).find(({ version }) => version === facts.specVersion);
  const spec = GovernanceSpec.safeParse(text && JSON.parse(text.body));
  return spec.success
    ? ok({ workflow, spec: spec.data })
    : fail("spec.not_found", `Version ${facts.specVersion} of the governance spec of ${facts.workflow} cannot be read`);
}

/** As a partition's (durable-objects/outside.ts), without a way to any business system. */
function portsOf({ env, deployment }: Context, { name: workflow }: Workflow, now: () => number): RehearsalPorts {
  const built = new Map<string, ReturnType<RehearsalPorts["model"]>>();
  return {
    model: (name) => {
      const known = built.get(name);
      if (known) return known;
      const source = deployment.models[name];
      if (!source) throw new InterlockError("workflow.undeclared", `This deployment has no model "${name}"`);
      const model = source.build(workflow, {
        binding: (binding) => bindingOf(env, binding),
        fetch: outboundFetch,
        blobs: {
          get: async (key) => {
            const object = await env.BLOBS.get(key);
            return object ? new Uint8Array(await object.arrayBuffer()) : null;
          },
        },
      });
      built.set(name, model);
      return model;
    },
    providerCard: (recipient) => readCard(env.DB, recipient),
    now,
    random: Math.random,
    turn: () => new Promise((resolve) => setTimeout(resolve, 0)),
  };
}
