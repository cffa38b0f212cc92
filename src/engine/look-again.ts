// What records hold now that shadow mode would have written: for a comparison with what people did. It reads through the action's own look, by GET alone, and changes
// nothing here or there.
import type { Http } from "../connectors/define.ts";
import { type Failure, failureOf } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Workflow } from "./define.ts";
import { foldEffect } from "./effect-decision.ts";
import { findAction } from "./execute.ts";
import type { Entry, StepEntry } from "./journal.ts";
import { readOnly } from "./shadow.ts";

export type LookedAgain =
  /** `before`: as the run saw the fields. `intended`: what it would have written. `now`: what they hold. */
  | { readonly step: string; readonly kind: "seen"; readonly before: JsonObject; readonly intended: JsonObject; readonly now: JsonObject }
  /** The system has nothing to look at (a message), or the code that meant the write is not deployed. */
  | { readonly step: string; readonly kind: "no_look" }
  /** The record could not be read just now. */
  | { readonly step: string; readonly kind: "unread"; readonly error: Failure };

export interface LookAgainInput {
  readonly entries: readonly Entry[];
  /** Null where the code that meant these writes is not deployed. */
  readonly workflow: Workflow | null;
  readonly connect: (connector: string) => Http;
}

/** Of these steps those that shadow mode withheld, in the order asked for. */
export async function lookAgain({ entries, workflow, connect }: LookAgainInput, steps: readonly string[]): Promise<LookedAgain[]> {
  const looked: LookedAgain[] = [];
  for (const step of new Set(steps)) {
    const effect = foldEffect(entries.filter((entry) => entry.step === step) as readonly (Entry & StepEntry)[]);
    if (!effect.intended || effect.refused?.because !== "shadow") continue;
    const found = workflow && findAction(workflow, effect.intended.action);
    const look = found && found.action.effect !== "read" ? found.action.look : undefined;
    if (!found || !look) {
      looked.push({ step, kind: "no_look" });
      continue;
    }
    try {
      const now = await look(effect.intended.input, readOnly(connect(found.connector)));
      looked.push({ step, kind: "seen", before: effect.seen ?? {}, intended: effect.values, now: now.fields });
    } catch (thrown) {
      looked.push({ step, kind: "unread", error: failureOf(thrown) });
    }
  }
  return looked;
}
