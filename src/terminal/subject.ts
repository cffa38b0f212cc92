// What is validated: a workflow of this deployment, or the labels of a training file as a plain classification; the model that answers; and the texts that it has learnt
// from. The built-in model is trained here, in memory, as a deployment trains it.

import * as z from "zod";
import { sha256Hex } from "../core/crypto.ts";
import type { Result } from "../core/errors.ts";
import { type Deployment, type ModelSource, modelSources } from "../deployment.ts";
import { type DataElement, defineWorkflow, model, startedByRun, type Workflow } from "../engine/define.ts";
import { type DecisionField, planRehearsal } from "../engine/rehearse.ts";
import { builtinSource } from "../inference/builtin/source.ts";
import type { Model } from "../inference/model.ts";
import { inputText } from "../inference/prompt.ts";
import type { ImportPlan } from "../validation/import-columns.ts";
import { type Imported, type ImportedRecord, type ImportTerms, importRecords } from "../validation/import-records.ts";
import { BadCall, mappingOf, type ValidateCall } from "./validate-call.ts";

export interface Subject {
  readonly workflow: Workflow;
  readonly plan: ImportPlan & { readonly decision: string };
  /** Built when it is first asked for: training takes seconds. */
  readonly models: () => readonly Model[];
  readonly learnt: readonly string[];
  /** The training file's rows, if there is one. */
  readonly trained: Imported | null;
}

/** What the world outside gives: files and settings by name. */
export interface Outside {
  readonly readText: (file: string) => string;
  readonly binding: (name: string) => string | undefined;
  readonly fetch: typeof fetch;
}

export function subjectOf(deployment: Deployment, call: ValidateCall, outside: Outside): Subject {
  if (call.workflow === undefined) return plainSubject(call, outside);
  const workflow = deployment.workflows.findLast(({ name }) => name === call.workflow);
  if (!workflow) throw new BadCall(`No workflow "${call.workflow}"; there is ${deployment.workflows.map(({ name }) => name).join(", ")}`);
  const plan = planRehearsal(workflow);
  if (!plan.ok) throw new BadCall(plan.error.message);
  if (call.train !== undefined) {
    const trained = trainingRows(call.train, plan.value, call, outside);
    const missing = plan.value.fields.find(({ path }) => !trained.fields.includes(path));
    if (missing)
      throw new BadCall(
        `${call.train} labels ${trained.fields.join(", ")}, and the workflow decides "${missing.path}" as well: add a column for it`,
      );
    return { workflow, plan: plan.value, ...trainedOn(workflow.name, trained), trained };
  }
  const name = call.model ?? Object.values(workflow.uses).find((use) => use.kind === "model")?.model ?? "default";
  if (!Object.hasOwn(deployment.models, name))
    throw new BadCall(`No model "${name}"; there is ${Object.keys(deployment.models).join(", ")}`);
  const sources = modelSources(deployment, name);
  const bindings = {
    binding: outside.binding,
    fetch: outside.fetch,
    blobs: inMemory(sources.flatMap(({ trained }) => trained)),
    versions: SHIPPED,
  };
  return {
    workflow,
    plan: plan.value,
    models: () => sources.map((source) => source.build(workflow.name, bindings)),
    learnt: sources.flatMap(({ learnt }) => learnt?.(workflow.name) ?? []),
    trained: null,
  };
}

/** "Are my labelled data enough?": the labels of the training file are the answers that there are. */
function plainSubject(call: ValidateCall, outside: Outside): Subject {
  const element = "text";
  const open = { elements: [element], fields: [{ path: "label", labels: null }], text: element, label: "label" };
  const trained = trainingRows(call.train as string, open, call, outside);
  const labels = [...new Set(trained.records.map(({ expected }) => expected.label as string))].sort();
  if (labels.length < 2) throw new BadCall(`${call.train} has one label, "${labels[0]}": a choice needs at least two`);
  const workflow = defineWorkflow(
    {
      name: "classification",
      version: 1,
      purpose: "Choose one of the labels of a file",
      trigger: startedByRun,
      lane: ({ event }) => event.subject,
      uses: { model: model("default") },
      dataFlow: [
        { element, class: "none", to: "model", purpose: "classification", basis: "legitimate-interest", retentionDays: 1 },
      ] satisfies DataElement[],
      decisions: { classify: z.object({ label: z.enum(labels as [string, ...string[]]) }) },
      rehearsal: { decision: "classify", event: ({ id, input }) => ({ subject: id, data: { text: input.text ?? "" } }), answers: {} },
    },
    ({ event, model: chooser }) =>
      chooser.decide("classify", { instruction: "Which label is this text's?", input: event.data as { text: string } }),
  );
  const fields: DecisionField[] = [{ path: "label", labels }];
  return { workflow, plan: { ...open, fields, decision: "classify" }, ...trainedOn(workflow.name, trained), trained };
}

/** Of two files that are called differently inside, a column that is named need be in one only: in the other it is found by its usual names. */
export function importNamed(text: string, plan: ImportPlan, call: ValidateCall, terms: Omit<ImportTerms, "mapping">): Result<Imported> {
  const named = importRecords(text, plan, { ...terms, mapping: mappingOf(call) });
  if (named.ok || call.train === undefined) return named;
  const usual = importRecords(text, plan, terms);
  return usual.ok ? usual : named;
}

function trainingRows(file: string, plan: ImportPlan, call: ValidateCall, outside: Outside): Imported {
  const imported = importNamed(outside.readText(file), plan, call, { anyway: true });
  if (!imported.ok) throw new BadCall(`${file}: ${imported.error.message}`);
  const records = call["train-rows"] === undefined ? imported.value.records : drawRows(imported.value.records, call["train-rows"], file);
  return { ...imported.value, records };
}

/** The same rows each time, whatever their order in the file: by a digest of what they say. */
export function drawRows(records: readonly ImportedRecord[], rows: number, file: string): ImportedRecord[] {
  if (records.length < rows) throw new BadCall(`${file} has ${records.length} usable records, and ${rows} are to be drawn`);
  return records
    .map((record) => ({ record, at: sha256Hex(`${record.id}\n${inputText(record.input)}`) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, rows)
    .map(({ record }, index) => ({ ...record, number: index + 1 }));
}

function trainedOn(workflow: string, { records }: Imported): Pick<Subject, "models" | "learnt"> {
  const samples = records.map(({ input, expected }) => ({ text: inputText(input), labels: { ...expected } }));
  const source = builtinSource({ [workflow]: samples });
  return {
    models: () => [source.build(workflow, { blobs: inMemory(source.trained), versions: SHIPPED })],
    learnt: source.learnt(workflow),
  };
}

/** Nobody has chosen another one here. */
const SHIPPED = { current: async () => null };

/** In a deployment weights lie in R2 under the digest of what they were made from; here they are made when they are first asked for. */
function inMemory(trained: ModelSource["trained"]) {
  const made = new Map<string, Uint8Array>();
  return {
    get: async (key: string): Promise<Uint8Array | null> => {
      const known = made.get(key);
      if (known) return known;
      const weights = trained.find(({ shipped }) => shipped?.key === key)?.train({ schemas: {}, reviewed: [] }).bytes ?? null;
      if (weights) made.set(key, weights);
      return weights;
    },
  };
}
