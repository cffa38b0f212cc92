// Where the texts of a write come from: what the run was given and has read, against what a model could have said. Pure, but for reading the run's journal.
// Only a model that may answer in its own words can smuggle a link into a text; after closed answers alone nothing is looked at.
import * as z from "zod";
import type { InterlockEvent } from "../core/event.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { type Taint, taintedIn } from "../governance/taint.ts";
import type { Workflow } from "./define.ts";
import type { Pass } from "./pass.ts";

/** `basedOn`: what the workflow says that the write rests on. */
export interface Written {
  readonly values: JsonObject;
  readonly target: string;
  readonly basedOn: string | null;
}

export function taintOf(pass: Pass, workflow: Workflow, event: InterlockEvent, { values, target, basedOn }: Written): Taint[] {
  const sources: Json[] = [event.subject, event.data];
  const words: string[] = [];
  const hints = new Set<string>();
  const drafts: string[] = [];
  let isFree = false;
  for (const step of pass.calledSteps) {
    for (const entry of pass.entries(step)) {
      if (entry.type === "read.done") sources.push(entry.output);
      if (entry.type === "signal.received") sources.push(entry.data);
      if (entry.type !== "decision.made") continue;
      for (const hint of entry.hints ?? []) hints.add(hint);
      // The step is named after its decision; a second one has a number behind it.
      const schema = workflow.decisions[step.replace(/#\d+$/, "")];
      if (schema && !answersFreely(schema)) continue;
      isFree = true;
      const { text } = entry.decision.value as { text?: unknown };
      if (workflow.drafts?.includes(step.replace(/#\d+$/, "")) && entry.by === undefined && typeof text === "string") drafts.push(text);
      words.push(...textsOf(entry.decision.value as Json));
    }
  }
  const noticed = [...hints].map((text): Taint => ({ kind: "hint", field: "record", text }));
  if (!isFree) return noticed;
  const tainted = taintedIn(values, { sources, allowed: workflow.mayWrite ?? [] });
  const named = words.find((word) => word.length >= LEAST_ID && target.split("/").includes(word));
  const chosen: Taint[] = named === undefined || named === event.subject ? [] : [{ kind: "target", field: "target", text: target }];
  const isBased = drafts.length > 0 && workflow.drafts?.includes(basedOn ?? "") === true;
  return [...chosen, ...draftedIn(values, drafts, isBased), ...tainted, ...noticed];
}

/** The fields that hold a text which a model wrote; all texts, where the write says that it rests on one. */
function draftedIn(values: JsonObject, drafts: readonly string[], isBased: boolean): Taint[] {
  const wanted = drafts.map(plain).filter((text) => text !== "");
  return Object.entries(values).flatMap(([field, value]): Taint[] => {
    const texts = textsOf(value).map(plain);
    const holds = texts.some((text) => isBased || wanted.some((draft) => text.includes(draft)));
    return holds ? [{ kind: "draft", field, text: "a model's text" }] : [];
  });
}

const plain = (text: string): string => text.replace(/\s+/g, " ").trim();

/** Below this a word of an answer meets a part of a target by chance. */
const LEAST_ID = 2;

const free = new WeakMap<z.ZodType, boolean>();

/** May an answer of this schema hold a text that nobody has listed? */
function answersFreely(schema: z.ZodType): boolean {
  let known = free.get(schema);
  if (known === undefined) {
    known = hasFreeText(z.toJSONSchema(schema));
    free.set(schema, known);
  }
  return known;
}

function hasFreeText(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasFreeText);
  if (typeof node !== "object" || node === null) return false;
  const { enum: listed, const: constant, ...rest } = node as Record<string, unknown>;
  if (listed !== undefined || constant !== undefined) return false;
  const { type } = rest;
  if (type === "string" || (Array.isArray(type) && type.includes("string"))) return true;
  // {}: anything at all.
  if (Object.keys(rest).every((name) => name === "$schema")) return true;
  return (
    ["properties", "$defs"].some(
      (name) => typeof rest[name] === "object" && rest[name] !== null && Object.values(rest[name]).some(hasFreeText),
    ) ||
    ["items", "anyOf", "oneOf", "allOf", "prefixItems"].some((name) => rest[name] !== undefined && hasFreeText(rest[name])) ||
    (typeof rest.additionalProperties === "object" && hasFreeText(rest.additionalProperties))
  );
}

function textsOf(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return typeof value === "object" && value !== null ? Object.values(value as JsonObject).flatMap(textsOf) : [];
}
