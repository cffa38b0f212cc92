// What would this spec have done with writes that were ruled on before? Pure: the spec and what was recorded in, both outcomes and their difference out. Nothing
// comes of it; it must not be taken for a ruling. What is compared is what the rules said by themselves: what a person then decided is theirs.
import type { EventFacts } from "../core/event.ts";
import type { JsonObject } from "../core/json.ts";
import type { Certificate } from "./certificate.ts";
import { type DecisionFacts, evaluate, type Outcome } from "./evaluate.ts";
import { NO_COUNTS, needsCounts, type WriteCounts } from "./limits.ts";
import type { OpenBreaker } from "./on-record.ts";
import type { GovernanceSpec } from "./spec.ts";
import type { Taint } from "./taint.ts";

export interface RecordedEffect {
  readonly run: string;
  readonly step: string;
  readonly action: string;
  readonly target: string;
  readonly values: JsonObject;
  readonly before: JsonObject | null;
  readonly basedOn: DecisionFacts | null;
  readonly event: EventFacts | null;
  readonly tainted: readonly Taint[];
  /** What the workflow had written by then; null where its spec did not ask, so that nobody counted. */
  readonly counts: WriteCounts | null;
  /** The workflow's breaker, where it was open then; the same write is asked again for it. */
  readonly breaker: OpenBreaker | null;
  /** When it was ruled on; rules about time see this time again. */
  readonly at: number;
  readonly was: { readonly outcome: Outcome; readonly rule: string };
}

export interface DryRunEffect {
  readonly run: string;
  readonly step: string;
  readonly action: string;
  readonly target: string;
  readonly at: number;
  readonly was: { readonly outcome: Outcome; readonly rule: string };
  readonly would: { readonly outcome: Outcome; readonly rule: string; readonly reason: string; readonly ask?: readonly string[] };
  /** other_rule: the same outcome, for another reason. */
  readonly difference: "none" | "other_rule" | "stricter" | "looser";
}

export interface DryRun {
  readonly considered: number;
  /** Writes for which this spec asks how much had been written, and nobody had counted: they are taken for the first of their day. */
  readonly uncounted: number;
  readonly differences: Readonly<Record<DryRunEffect["difference"], number>>;
  readonly was: Readonly<Record<Outcome, number>>;
  readonly would: Readonly<Record<Outcome, number>>;
  readonly effects: readonly DryRunEffect[];
}

const STRICTNESS: Record<Outcome, number> = { allow: 0, require_approval: 1, deny: 2 };

/** `certificates`: those of the spec's that there are today. */
export function dryRun(spec: GovernanceSpec, recorded: readonly RecordedEffect[], certificates: readonly Certificate[] = []): DryRun {
  const differences = { none: 0, other_rule: 0, stricter: 0, looser: 0 };
  const was = { allow: 0, require_approval: 0, deny: 0 };
  const would = { allow: 0, require_approval: 0, deny: 0 };
  const effects = recorded.map((effect): DryRunEffect => {
    const { run, step, action, target, at, values, before, basedOn, event, tainted, breaker } = effect;
    const counts = effect.counts ?? NO_COUNTS;
    const { outcome, rule, reason, ask } = evaluate(spec, {
      action,
      values,
      basedOn,
      decidedBy: null,
      before,
      event,
      tainted,
      counts,
      onRecord: { certificates, breaker },
      now: at,
    });
    const stricter = STRICTNESS[outcome] - STRICTNESS[effect.was.outcome];
    const difference = stricter > 0 ? "stricter" : stricter < 0 ? "looser" : rule === effect.was.rule ? "none" : "other_rule";
    differences[difference]++;
    was[effect.was.outcome]++;
    would[outcome]++;
    return { run, step, action, target, at, was: effect.was, would: { outcome, rule, reason, ...(ask ? { ask } : {}) }, difference };
  });
  const uncounted = needsCounts(spec) ? recorded.filter(({ counts }) => counts === null).length : 0;
  return { considered: recorded.length, uncounted, differences, was, would, effects };
}

/** An entry of a run's journal as the audit keeps it: what it says, by its type. */
export interface RecordedEntry {
  readonly at: number;
  readonly type: string;
  readonly step: string | null;
  readonly body: JsonObject;
}

/** One run's writes as the rules last saw them before any person decided. A write that was never ruled on is none. */
export function effectsOf(run: string, entries: readonly RecordedEntry[]): RecordedEffect[] {
  let event: EventFacts | null = null;
  const steps = new Map<string, { intended: JsonObject; before: JsonObject | null; decided: boolean; effect: RecordedEffect | null }>();
  for (const { at, type, step, body } of entries) {
    if (type === "run.started" || type === "run.event_replaced") event = body.event as unknown as EventFacts;
    if (step === null) continue;
    if (type === "effect.intended") steps.set(step, { intended: body, before: null, decided: false, effect: null });
    const state = steps.get(step);
    if (!state) continue;
    if (type === "effect.looked") state.before = body.before as JsonObject;
    if (type === "approval.decided") state.decided = true;
    if (type === "approval.voided") state.decided = false;
    if (type === "effect.ruled" && !state.decided) {
      const { intended, before } = state;
      const ruling = body.ruling as unknown as RecordedEffect["was"];
      state.effect = {
        run,
        step,
        action: intended.action as string,
        target: intended.target as string,
        values: body.values as JsonObject,
        before,
        basedOn: intended.basedOn as unknown as DecisionFacts | null,
        event,
        tainted: (body.tainted ?? []) as unknown as readonly Taint[],
        counts: (body.counts ?? null) as unknown as WriteCounts | null,
        breaker: (body.breaker ?? null) as unknown as OpenBreaker | null,
        at,
        was: { outcome: ruling.outcome, rule: ruling.rule },
      };
    }
  }
  return [...steps.values()].flatMap(({ effect }) => effect ?? []);
}
