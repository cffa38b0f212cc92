// The text of a workflow's data flow that a data-protection officer approves: whose data, which elements, how each is treated, and to whom they go. Pure. An approval is
// of its digest: another provider, another treatment or one element more is another text. A renewed agreement with the same provider is not.
import { canonical, digest, type JsonObject } from "../core/json.ts";
import { type FlowRow, type Treatment, treatmentOf } from "./data-flow.ts";
import type { RedactionKind } from "./redact.ts";

/** A declared element with what the record of processing says of it. */
export interface FlowElement extends FlowRow {
  readonly purpose: string;
  readonly basis: string;
  readonly retentionDays: number;
}

export interface FlowRecipient {
  /** The deployment's name for the model. */
  readonly model: string;
  /** Null where the model cannot be set up as it is configured. */
  readonly provider: string | null;
  readonly host: string | null;
  /** Nothing leaves the deployment. */
  readonly local: boolean;
  /** It stands on the way to the model's provider, and sees the same. */
  readonly gateway?: true;
}

export interface FlowText {
  readonly workflow: string;
  readonly purpose: string;
  readonly dataSubjects: readonly string[];
  readonly elements: readonly (Omit<FlowElement, "treatment" | "redact"> & {
    readonly treatment: Treatment;
    readonly redact: readonly RedactionKind[];
  })[];
  /** Per decision, the fields of the answer in which tokens become values again. */
  readonly reinsert: Readonly<Record<string, readonly string[]>>;
  readonly recipients: readonly FlowRecipient[];
}

export interface FlowDeclaration {
  readonly name: string;
  readonly purpose: string;
  readonly dataFlow: readonly FlowElement[];
  readonly reinsert?: Readonly<Record<string, readonly string[] | undefined>>;
}

export function flowTextOf(
  { name, purpose, dataFlow, reinsert = {} }: FlowDeclaration,
  dataSubjects: readonly string[],
  recipients: readonly FlowRecipient[],
): FlowText {
  return {
    workflow: name,
    purpose,
    dataSubjects,
    elements: dataFlow.map((row) => ({
      element: row.element,
      class: row.class,
      purpose: row.purpose,
      basis: row.basis,
      retentionDays: row.retentionDays,
      treatment: treatmentOf(row),
      redact: row.redact ?? [],
      ...(row.requires ? { requires: row.requires } : {}),
    })),
    reinsert: Object.fromEntries(Object.entries(reinsert).map(([decision, fields]) => [decision, fields ?? []])),
    recipients: recipients.map(({ model, provider, host, local, gateway }) => ({
      model,
      provider,
      host,
      local,
      ...(gateway ? { gateway } : {}),
    })),
  };
}

export const flowDigest = (text: FlowText): string => digest(text);

/** What differs, by the name that a person knows it by: elements and recipients one by one, everything else as a whole. */
export function flowChanges(approved: FlowText, now: FlowText): string[] {
  const parts = (text: FlowText): Map<string, unknown> =>
    new Map<string, unknown>([
      ["the purpose", text.purpose],
      ["whose data", text.dataSubjects],
      ["where tokens become values again", text.reinsert],
      ...text.elements.map((element): [string, unknown] => [element.element, element]),
      ...text.recipients.map((recipient, index): [string, unknown] => [recipientName(text, index), recipient]),
    ]);
  const [before, after] = [parts(approved), parts(now)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    if (!before.has(name)) return [`${name} is new`];
    if (!after.has(name)) return [`${name} is gone`];
    const [old, current] = [before.get(name), after.get(name)];
    if (canonical(old) === canonical(current)) return [];
    const members = [old, current].every((value) => typeof value === "object" && value !== null && !Array.isArray(value))
      ? changedMembers(old as JsonObject, current as JsonObject)
      : [];
    return [members.length === 0 ? `${name} has changed` : `${name}: ${members.join(", ")}`];
  });
}

/** Several recipients may stand behind one name: a gateway on the way, or models that are asked one after the other. */
function recipientName({ recipients }: FlowText, index: number): string {
  const { model, gateway } = recipients[index] as FlowRecipient;
  const alike = recipients.slice(0, index).filter((one) => one.model === model && one.gateway === gateway).length;
  return `${gateway ? "the gateway of " : ""}the model “${model}”${alike === 0 ? "" : ` (${alike + 1})`}`;
}

const changedMembers = (old: JsonObject, current: JsonObject): string[] =>
  [...new Set([...Object.keys(old), ...Object.keys(current)])].flatMap((member) => {
    const [from, to] = [old[member], current[member]].map((value) => (value === undefined ? "nothing" : plain(value)));
    return from === to ? [] : [`${member} was ${from} and is ${to}`];
  });

const plain = (value: unknown): string => (typeof value === "string" ? value : canonical(value));
