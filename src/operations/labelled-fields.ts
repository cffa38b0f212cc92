// Which fields of a workflow's decisions have a closed list of labels, as "decision.field": only these are counted over time. A text that a model wrote is contents of a
// record, and stays out of every count.
import * as z from "zod";
import type { Workflow } from "../engine/define.ts";

interface JsonSchema {
  readonly properties?: Readonly<Record<string, { readonly enum?: readonly unknown[]; readonly const?: unknown }>>;
}

export function labelledFields(workflow: Pick<Workflow, "decisions"> | undefined): string[] {
  return Object.entries(workflow?.decisions ?? {}).flatMap(([decision, schema]) => {
    const { properties = {} } = z.toJSONSchema(schema, { unrepresentable: "any" }) as JsonSchema;
    return Object.entries(properties).flatMap(([field, { enum: labels }]) => (labels ? [`${decision}.${field}`] : []));
  });
}
