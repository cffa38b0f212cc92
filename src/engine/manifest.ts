// The declared envelope of a workflow as plain data: what a reviewer compares, what a run is pinned to, what the console shows. It holds nothing of the body.
import * as z from "zod";
import { digest, type JsonObject } from "../core/json.ts";
import { treatmentOf } from "../governance/data-flow.ts";
import type { Workflow } from "./define.ts";
import { limitFacts } from "./flow.ts";

const triggerFacts = ({ connector, type, schedule }: Workflow["trigger"]): JsonObject => ({
  connector,
  type,
  ...(schedule ? { schedule: { ...schedule } } : {}),
});

export function manifestOf(workflow: Workflow): JsonObject {
  const manifest = {
    name: workflow.name,
    version: workflow.version,
    purpose: workflow.purpose,
    trigger: triggerFacts(workflow.trigger),
    uses: Object.fromEntries(
      Object.entries(workflow.uses).map(([handle, use]) => [
        handle,
        use.kind === "model"
          ? { model: use.model }
          : {
              connector: use.connector,
              actions: Object.fromEntries(
                Object.entries(use.actions).map(([name, action]) => [
                  name,
                  action.effect === "read"
                    ? { effect: "read" }
                    : { effect: action.effect, idempotency: action.idempotency, undo: action.undo.kind },
                ]),
              ),
            },
      ]),
    ),
    dataFlow: workflow.dataFlow.map((element) => ({
      ...element,
      treatment: treatmentOf(element),
      ...(element.redact ? { redact: [...element.redact] } : {}),
    })),
    ...(workflow.reinsert ? { reinsert: { ...workflow.reinsert } } : {}),
    ...(workflow.mayWrite ? { mayWrite: [...workflow.mayWrite] } : {}),
    ...(workflow.limits ? { limits: limitFacts(workflow.limits) } : {}),
    ...(workflow.drafts ? { drafts: [...workflow.drafts] } : {}),
    ...(workflow.unsampled ? { unsampled: [...workflow.unsampled] } : {}),
    decisions: Object.fromEntries(
      Object.entries(workflow.decisions).map(([name, schema]) => [name, z.toJSONSchema(schema) as unknown as JsonObject]),
    ),
  };
  return manifest as unknown as JsonObject;
}

const digests = new WeakMap<Workflow, string>();

/** Computed once per definition: it is asked for with every start. */
export function manifestDigest(workflow: Workflow): string {
  let known = digests.get(workflow);
  if (!known) {
    known = digest(manifestOf(workflow));
    digests.set(workflow, known);
  }
  return known;
}
