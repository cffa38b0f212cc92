// What a decision's entries say of it: decided, failed, asked of a person, or still with the models, and which of them were given up. Pure. An operator's word begins
// it anew.
import type { Failure } from "../core/errors.ts";
import type { Entry, StepEntry, Tried } from "./journal.ts";

type Of<T extends StepEntry["type"]> = Extract<StepEntry, { type: T }>;

export interface DecisionState {
  readonly made: Of<"decision.made"> | null;
  readonly failed: Failure | null;
  /** A person is asked: what the models came to. */
  readonly question: Of<"question.asked"> | null;
  /** The last try, where it is to be repeated or an operator has to act. */
  readonly waitsFor: Of<"attempt.failed"> | null;
  /** What the models came to so far. */
  readonly tried: readonly Tried[];
  /** Whom the last tries were made with, how often in a row, and when the first of them began. Of a try that does not say, the first model. */
  readonly asked: { readonly who: Tried["model"] | null; readonly tries: number; readonly began: number; readonly error: Failure } | null;
}

const NEW: DecisionState = { made: null, failed: null, question: null, waitsFor: null, tried: [], asked: null };

/** Null: these are another kind of step's entries. */
export function foldDecision(entries: readonly (Entry & StepEntry)[]): DecisionState | null {
  let state = NEW;
  for (const entry of entries) {
    switch (entry.type) {
      case "decision.made":
        state = { ...state, made: entry };
        break;
      case "step.failed":
        state = { ...state, failed: entry.error };
        break;
      case "question.asked":
        if (entry.tried === undefined) return null;
        state = { ...state, question: entry, tried: entry.tried, waitsFor: null };
        break;
      case "attempt.failed": {
        const who = entry.asked ?? null;
        const isSame = state.asked !== null && state.asked.who === who;
        const asked = {
          who,
          tries: isSame ? (state.asked?.tries ?? 0) + 1 : 1,
          began: isSame ? (state.asked?.began ?? entry.at) : (entry.began ?? entry.at),
          error: entry.error,
        };
        state = { ...state, asked, tried: entry.tried ?? state.tried, waitsFor: entry };
        break;
      }
      case "operator.resolved":
        state = NEW;
        break;
      case "approval.requested":
      case "approval.endorsed":
      case "approval.amended":
      case "approval.reassigned":
      case "approval.information_asked":
      case "approval.information_given":
      case "approval.reminded":
      case "approval.escalated":
      case "approval.decided":
        break;
      default:
        return null;
    }
  }
  return state;
}
