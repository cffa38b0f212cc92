// The shell of the effect protocol: does what decideEffect says, journals it, asks again. Lines that touch nothing outside (intend, rule, ask) share one
// durable write with the line before the next request leaves; nothing is sent before what announces it is durable.

import type { ApplyContext, Look } from "../connectors/define.ts";
import type { Approval } from "../core/approval.ts";
import { type Failure, InterlockError } from "../core/errors.ts";
import { digest, type Json, type JsonObject, sameJson } from "../core/json.ts";
import type { Ruling } from "../governance/evaluate.ts";
import { countedWrite, needsCounts, type WriteCounts } from "../governance/limits.ts";
import { type DecisionEntry, mayLeave } from "../governance/may-leave.ts";
import { certificatesIn, NOTHING_ON_RECORD, type OnRecord } from "../governance/on-record.ts";
import { auditShare, hasReachedThreshold, isSampled } from "../governance/sample.ts";
import type { Taint } from "../governance/taint.ts";
import { decisionFacts } from "./decision-facts.ts";
import type { Decided, EffectOutcome, RetryPolicy } from "./define.ts";
import { approvalFor } from "./effect-approval.ts";
import { CANCELLED, decideEffect, deciderOf, type EffectState, foldEffect, proves } from "./effect-decision.ts";
import { type During, failTry, tellExhausted } from "./effect-tries.ts";
import type { StepEntry } from "./journal.ts";
import { keepAsking } from "./open-approval.ts";
import { begunBy, originOf } from "./other-runs.ts";
import type { Pass } from "./pass.ts";
import { attemptsOf, foldTries, patienceOf, spentOn } from "./retry.ts";
import { eventOf, ruleOn } from "./rule.ts";
import { type BoundWrite, mayWrite } from "./shadow.ts";
import { fittingOutput, handOut } from "./step-output.ts";

export interface EffectCall {
  readonly step: string;
  readonly connector: string;
  readonly name: string;
  readonly action: BoundWrite;
  readonly input: unknown;
  readonly basedOn: Decided | null;
  readonly retry?: RetryPolicy | undefined;
  /** What in these values comes from nowhere; see taint-of.ts. */
  readonly taintOf: (values: JsonObject, target: string) => readonly Taint[];
}

export async function runEffect(pass: Pass, call: EffectCall): Promise<EffectOutcome> {
  const { step, action } = call;
  const actionName = `${call.connector}.${call.name}`;
  const parsed = action.input.safeParse(call.input);
  if (!parsed.success) {
    // What is recorded was valid.
    checkRecorded(pass, step, "");
    const issue = parsed.error.issues[0];
    const field = issue?.path.join(".");
    throw new InterlockError("connector.rejected", `${actionName}: ${field}: ${issue?.message}`, { field });
  }
  const input: unknown = parsed.data;
  const args = digest({
    action: actionName,
    input,
    basedOn: call.basedOn && { decision: call.basedOn.decision, value: call.basedOn.value },
  });
  const { review } = pass.spec;
  const options = { hasLook: Boolean(action.look), hasProof: Boolean(action.prove), shadow: action.apply === null, review };
  const key = `${pass.runId}/${step}`;
  checkRecorded(pass, step, args);
  const patience = patienceOf(step, call.retry);

  for (;;) {
    const state = foldEffect(pass.entries(step));
    const move = decideEffect(state, { ...options, cancelled: pass.isCancelling }, pass.ports.now());
    const toWrite = sameJson(state.values, state.intended?.values) || !state.intended ? input : action.withValues(input, state.values);
    const context = (): ApplyContext => ({
      http: pass.ports.connect(call.connector),
      key,
      version: state.looked?.version ?? null,
      since: intendedAt(pass, step),
    });
    const attempt = async <T>(during: During, work: () => Promise<T>): Promise<T> => {
      const tryBegan = pass.ports.now();
      try {
        return await work();
      } catch (thrown) {
        return failTry({ pass, step, args, during, action, patience, tryBegan }, thrown);
      }
    };
    const endSpent = () => {
      const tries = foldTries(pass.entries(step), ["look", "send"]);
      const spent = spentOn(tries, patience, pass.ports.now());
      if (spent) tellExhausted(pass, step, args, action, tries.failed, spent);
    };

    const rule = async (counts: WriteCounts | null) => {
      const onRecord = await recordOf(pass, state);
      const tainted = call.taintOf(state.values, state.intended?.target ?? "");
      const ruling = ruleOn(pass.spec, state, tainted, { run: pass.runEntries(), now: pass.ports.now(), counts, onRecord });
      const sampled = await isChosen(pass, step, ruling, state);
      pass.record(step, {
        type: "effect.ruled",
        ruling,
        values: state.values,
        ...(tainted.length > 0 ? { tainted } : {}),
        ...(counts ? { counts } : {}),
        ...(onRecord?.breaker ? { breaker: onRecord.breaker } : {}),
        ...(sampled ? { sampled: true } : {}),
      });
    };
    const asked = { workflow: pass.workflow, key };
    /** Takes the write's place under its workflow's limits. Other runs may have filled them since the ruling: then it is ruled on anew, by what is counted now. */
    const takePlace = async (): Promise<boolean> => {
      if (!needsCounts(pass.spec)) return true;
      // A person has let this write go beyond the limits; or it has been sent before, and may have arrived.
      const beyond = deciderOf(state) !== null || state.outstanding !== null;
      const limits = beyond ? null : (pass.spec.limits ?? null);
      const write = countedWrite(actionName, state.values, pass.spec.limits);
      const room = await attempt("count", () => pass.ports.limits.take({ ...asked, write, limits }));
      if (!room.taken) await rule(room.counts);
      return room.taken;
    };

    /** The only place from which a write leaves. */
    const send = async (again = false) => {
      const { apply } = action;
      if (apply === null) return pass.hold(step, "workflow.undeclared", `Shadow mode: ${actionName} has no power to write`);
      if (!(await takePlace())) return;
      pass.admit(step);
      endSpent();
      holdUndecided(pass, step, args, state, toWrite, action);
      pass.record(step, { type: "effect.sending", attempt: state.attempts + 1, values: state.values, ...(again ? { again } : {}) });
      await pass.flush();
      const output = await attempt("send", () => apply(toWrite, context()));
      recordApplied(pass, step, action, output);
    };

    switch (move.kind) {
      case "intend": {
        const values = action.values(input);
        const { basedOn } = call;
        pass.record(step, {
          type: "effect.intended",
          args,
          basedOn: basedOn && decisionFacts(pass, basedOn),
          action: actionName,
          target: action.target(input),
          input: input as Json,
          values,
          key,
          undo: action.undo.kind,
        });
        break;
      }
      case "look": {
        endSpent();
        await pass.flush();
        const seen: Look = await attempt("look", () =>
          (action.look as NonNullable<typeof action.look>)(toWrite, pass.ports.connect(call.connector)),
        );
        pass.record(step, { type: "effect.looked", before: seen.fields, version: seen.version });
        break;
      }
      case "rule": {
        if (move.drifted) {
          const approval = state.approval as Approval;
          pass.record(step, {
            type: "approval.voided",
            approvalId: approval.id,
            because: "The record changed after the approval was asked",
          });
          break;
        }
        const isCounted = needsCounts(pass.spec);
        await rule(isCounted ? await attempt("count", () => pass.ports.limits.counts({ ...asked, action: actionName })) : null);
        break;
      }
      case "ask":
        pass.record(step, { type: "approval.requested", approval: approvalFor(pass, step, actionName, state) });
        break;
      case "ask_on":
        keepAsking(pass, move.approval, move.next);
        break;
      case "refuse":
        pass.record(step, { type: "effect.refused", because: move.because, reason: move.reason });
        break;
      case "send":
        await send();
        break;
      case "settle": {
        await pass.flush();
        const settled = await attempt("settle", () => settle(action, toWrite, context(), state));
        if (settled.kind === "applied") {
          pass.record(step, { type: "effect.applied", ...kept(settled.output), found: true });
        } else if (!move.conclusive && action.idempotency !== "key") {
          pass.wait({ kind: "timer", step, until: move.conclusiveAt });
        } else if (settled.kind === "absent" && pass.isCancelling && action.idempotency !== "key") {
          pass.record(step, { type: "effect.refused", because: "cancelled", reason: CANCELLED });
        } else if (settled.kind === "absent") {
          // Under a key nothing was looked up: the earlier one may have arrived all the same.
          await send(action.idempotency === "key");
        } else {
          pass.record(step, {
            type: "effect.unknown",
            error: { code: "connector.timeout", message: `No answer came to the write of ${action.target(input)}, and ${settled.why}` },
          });
        }
        break;
      }
      case "prove": {
        await pass.flush();
        const prove = action.prove as NonNullable<typeof action.prove>;
        const after = await attempt("prove", () => prove(toWrite, state.applied?.output, pass.ports.connect(call.connector)));
        pass.record(step, { type: "effect.proved", after, matches: proves(state.values, after) });
        break;
      }
      case "wait_timer":
        return pass.wait({ kind: "timer", step, until: move.until });
      case "wait_operator":
        return pass.wait({ kind: "operator", step, error: move.error });
      case "fail":
        throw new InterlockError(move.error.code, move.error.message, move.error);
      case "done":
        return outcomeOf(state);
    }
  }
}

/** A person who has decided replaces the model's judgement: nothing on record is about that. */
async function recordOf({ ports, spec, workflow }: Pass, state: EffectState): Promise<OnRecord | null> {
  if (!ports.onRecord || deciderOf(state) !== null) return NOTHING_ON_RECORD;
  return ports.onRecord(workflow, certificatesIn(spec));
}

/** Is it among those writes, of which nobody was asked, that a person looks at afterwards? */
async function isChosen(pass: Pass, step: string, ruling: Ruling, state: EffectState): Promise<boolean> {
  const { spec, workflow, ports } = pass;
  if (!mayWrite(spec) || ruling.outcome !== "allow" || deciderOf(state) !== null) return false;
  // Enough to look at is wanted of what a model decided; of the rest as much as the owner wants.
  const floor = hasReachedThreshold(ruling) ? await ports.audit?.floor(workflow) : 0;
  const share = auditShare(spec.auditSampling ?? 0, floor ?? 0);
  const event = eventOf(pass.runEntries())?.id ?? "";
  return isSampled(share, ports.audit?.key ?? null, { workflow, event, step, target: state.intended?.target ?? "" });
}

/** What is about to leave is asked for by its own input, not by what the protocol believes to be sending. */
function holdUndecided(pass: Pass, step: string, args: string, state: EffectState, toWrite: unknown, action: BoundWrite): void {
  const entries = pass.entries(step);
  const leaving = { action: state.intended?.action ?? "", target: action.target(toWrite), values: action.values(toWrite) };
  const missing = mayLeave(pass.spec, leaving, entries.filter(isDecisionEntry), begunBy(originOf(pass.runEntries())));
  if (missing === null) return;
  const error: Failure = { code: "effect.undecided", message: `Not sent: ${missing}` };
  pass.record(step, { type: "attempt.failed", args, during: "send", attempt: attemptsOf(entries) + 1, error, retryAt: null });
  pass.wait({ kind: "operator", step, error });
}

const isDecisionEntry = <T extends StepEntry>(entry: T): entry is Extract<T, { readonly type: DecisionEntry["type"] }> =>
  entry.type === "effect.looked" ||
  entry.type === "approval.requested" ||
  entry.type === "approval.endorsed" ||
  entry.type === "approval.amended" ||
  entry.type === "approval.reassigned" ||
  entry.type === "approval.decided" ||
  entry.type === "approval.voided";

/** Whatever the step was when it was recorded: a read that has become a write has other arguments, and so has a try that failed. */
function checkRecorded(pass: Pass, step: string, args: string): void {
  for (const entry of pass.entries(step)) if ("args" in entry) pass.checkArgs(step, entry.args, args);
}

/** A write that its system would not repeat may become durable with what follows it; any other at once, so that a crash has little to find out. */
function recordApplied(pass: Pass, step: string, action: BoundWrite, output: unknown): void {
  pass.record(step, { type: "effect.applied", ...kept(output), found: false });
  if (action.idempotency !== "key") pass.flushSoon();
}

/** A write that was applied stays so, whatever its system said about it. */
function kept(answered: unknown): { output: Json; omitted?: readonly string[] } {
  const { output, omitted } = fittingOutput(answered);
  return omitted.length > 0 ? { output, omitted } : { output };
}

/** When the write was first intended: nothing of ours can be older. Epoch milliseconds. */
const intendedAt = (pass: Pass, step: string): number =>
  pass.entries(step).find((entry) => entry.type === "effect.intended")?.at ?? pass.ports.now();

function outcomeOf(state: EffectState): EffectOutcome {
  if (state.refused) return { status: "refused", because: state.refused.because, reason: state.refused.reason };
  const { output, omitted } = state.applied as NonNullable<EffectState["applied"]>;
  return {
    status: "applied",
    output: handOut(output),
    values: handOut(state.values),
    decidedBy: deciderOf(state),
    ...(omitted ? { omitted: [...omitted] } : {}),
  };
}

type Settled = { kind: "applied"; output: Json } | { kind: "absent" } | { kind: "unclear"; why: string };

/** After a send without an answer: by key it may be repeated; by its marker it is found or not; a record that moved meanwhile is for a person to judge. */
async function settle(action: BoundWrite, input: unknown, context: ApplyContext, state: EffectState): Promise<Settled> {
  if (action.idempotency === "key") return { kind: "absent" };
  if (!action.find) return { kind: "unclear", why: "this system offers no way to look it up" };
  const found = (await action.find(input, context)) as Json;
  if (found !== null) return { kind: "applied", output: found };
  if (!action.look) return { kind: "absent" };
  const now = await action.look(input, context.http);
  const before: JsonObject = state.looked?.before ?? {};
  return sameJson(now.fields, before) ? { kind: "absent" } : { kind: "unclear", why: "the record has changed since" };
}
