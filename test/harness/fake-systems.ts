// The business systems of one scenario: its records, and in place of each action's requests a fake that works on them and counts. An action's schemas, target,
// values and withValues stay the connector's own, and so does the whole effect protocol: what is looked at, applied, found, proved and undone is really there.
// The requests travel as real ones do, through connectors/http.ts, so that a refusal or a lost answer becomes the failure that it would become.
import type { Actions, AnyAction, AnyWriteAction, ApplyContext, Http, WriteAction } from "../../src/connectors/define.ts";
import { canonical, type Json, type JsonObject, sameJson } from "../../src/core/json.ts";
import type { Workflow } from "../../src/engine/define.ts";
import { answerOfFault, type FaultQueue } from "./faults.ts";
import { sampleOf } from "./sample-value.ts";
import { type FakeAnswer, type Scenario, ScenarioError } from "./scenario.ts";
import { currentStep } from "./watch-calls.ts";

export type Operation = "read" | "look" | "apply" | "find" | "prove" | "restore" | "withdraw" | "gone";

/** Requests beside the one that a step, or its undo, is about. */
const ASIDE: ReadonlySet<Operation> = new Set(["look", "find", "prove", "gone"]);

/** One request that reached a system. `step` is that of the run, with "/undo" where the request belongs to its undo. */
export interface SystemCall {
  readonly step: string;
  readonly action: string;
  readonly operation: Operation;
  readonly input: Json;
}

/** A write that took effect. */
export interface Written {
  readonly action: string;
  readonly target: string;
  readonly key: string;
  readonly values: JsonObject;
  readonly output: Json;
  withdrawn: boolean;
}

interface Question {
  readonly input: Json;
  readonly key?: string;
  readonly version?: string | null;
  readonly output?: Json;
  readonly values?: JsonObject;
}

interface StoredRecord {
  fields: JsonObject;
  version: number;
}

export class FakeSystems {
  readonly calls: SystemCall[] = [];
  readonly written: Written[] = [];
  readonly #records: Map<string, StoredRecord>;
  readonly #scenario: Scenario;
  readonly #faults: FaultQueue;
  readonly #actions = new Map<string, AnyAction>();
  readonly #stepOf = new Map<string, string>();
  /** Called with what the scenario leaves unsaid; the request then never ends. */
  readonly #giveUp: (mistake: ScenarioError) => void;

  constructor(workflow: Workflow, scenario: Scenario, faults: FaultQueue, giveUp: (mistake: ScenarioError) => void) {
    this.#scenario = scenario;
    this.#faults = faults;
    this.#giveUp = giveUp;
    this.#records = new Map(
      Object.entries(scenario.records ?? {}).map(([target, fields]) => [target, { fields: structuredClone(fields), version: 1 }]),
    );
    for (const use of Object.values(workflow.uses)) {
      if (use.kind === "connector")
        for (const [name, action] of Object.entries(use.actions)) this.#actions.set(`${use.connector}.${name}`, action);
    }
    for (const [option, said] of [
      ["reads", scenario.reads],
      ["outputs", scenario.outputs],
    ] as const) {
      for (const action of Object.keys(said ?? {})) {
        const isRead = this.#actions.get(action)?.effect === "read";
        if (!this.#actions.has(action) || isRead !== (option === "reads")) {
          throw new ScenarioError(`${option} names "${action}", which is no ${option === "reads" ? "read" : "write"} of ${workflow.name}`);
        }
      }
    }
  }

  /** The workflow with its actions' requests replaced. */
  replaceIn(workflow: Workflow): Workflow {
    const uses = Object.entries(workflow.uses).map(([handle, use]) => {
      if (use.kind === "model") return [handle, use];
      const actions: Actions = Object.fromEntries(
        Object.entries(use.actions).map(([name, action]) => [
          name,
          action.effect === "read" ? fakeRead(name, action) : fakeWrite(name, action),
        ]),
      );
      return [handle, { ...use, actions }];
    });
    return { ...workflow, uses: Object.fromEntries(uses) };
  }

  record(target: string): JsonObject | undefined {
    return structuredClone(this.#records.get(target)?.fields);
  }

  get records(): Readonly<Record<string, JsonObject>> {
    return Object.fromEntries([...this.#records].map(([target, { fields }]) => [target, fields]));
  }

  /** Somebody else changes a record. */
  change(target: string, fields: JsonObject): void {
    const known = this.#records.get(target);
    if (!known)
      throw new ScenarioError(`There is no record "${target}" to change; records has ${[...this.#records.keys()].join(", ") || "none"}`);
    this.#set(known, fields);
  }

  /** One system's door, as a fetch. */
  readonly fetchOf =
    (connector: string): typeof fetch =>
    async (input, init) => {
      const [, name, operation] = new URL(String(input)).pathname.split("/") as [string, string, Operation];
      const question = JSON.parse(String(init?.body)) as Question;
      const action = `${connector}.${name}`;
      const step = this.#stepFor(action, question);
      this.calls.push({ step, action, operation, input: question.input });
      const fault = this.#faults.takeForRequest(step, ASIDE.has(operation) ? operation : null);
      const turnedAway = fault && answerOfFault(fault);
      if (turnedAway) return turnedAway;
      let answered: Response;
      try {
        answered = this.#answer(step, action, operation, question);
      } catch (thrown) {
        this.#giveUp(thrown instanceof ScenarioError ? thrown : new ScenarioError(`The fake of ${action} threw: ${String(thrown)}`));
        return new Promise(() => {});
      }
      if (fault === "answer lost") throw new TypeError("the connection broke");
      return answered;
    };

  #stepFor(action: string, { input, key }: Question): string {
    const call = canonical([action, input]);
    const step = currentStep();
    if (step !== undefined) {
      this.#stepOf.set(call, step);
      return step;
    }
    // Outside of the body's calls only an undo asks anything. Its key names the step; what has no key is about the same input.
    const own = /^[^/]+\/(.*?)\/undo(?:#\d+)?$/.exec(key ?? "")?.[1] ?? this.#stepOf.get(call) ?? action;
    return `${own}/undo`;
  }

  #answer(step: string, actionName: string, operation: Operation, question: Question): Response {
    const action = this.#actions.get(actionName) as AnyAction;
    const { input } = question;
    if (action.effect === "read") return json(this.#readAnswer(step, actionName, action, input));
    const target = action.target(input);
    const record = this.#records.get(target);
    switch (operation) {
      case "look": {
        const known = this.#known(actionName, action, target, input);
        return json({ fields: pick(known.fields, action.values(input)), version: String(known.version) });
      }
      case "apply": {
        const repeated = action.idempotency === "key" ? this.written.find(({ key }) => key === question.key) : undefined;
        if (repeated) return json(repeated.output);
        if (record && question.version && question.version !== String(record.version)) return conflict(target);
        const values = action.values(input);
        const output = this.#writeAnswer(step, actionName, action, input);
        this.written.push({ action: actionName, target, key: question.key ?? "", values, output, withdrawn: false });
        if (record && action.look) this.#set(record, values);
        return json(output);
      }
      case "find":
        return json(this.written.find(({ key }) => key === question.key)?.output ?? null);
      case "prove":
        if (action.look) return json(pick(this.#known(actionName, action, target, input).fields, action.values(input)));
        return json(this.#find(actionName, question)?.values ?? {});
      case "restore": {
        const known = this.#known(actionName, action, target, input);
        if (question.version && question.version !== String(known.version)) return conflict(target);
        this.#set(known, question.values ?? {});
        this.written.push({
          action: actionName,
          target,
          key: question.key ?? "",
          values: question.values ?? {},
          output: {},
          withdrawn: false,
        });
        return json(null);
      }
      case "withdraw": {
        const found = this.#find(actionName, question);
        if (found) found.withdrawn = true;
        return json(null);
      }
      default:
        return json(this.#find(actionName, question) === undefined);
    }
  }

  #find(action: string, { output }: Question): Written | undefined {
    return this.written.find((write) => write.action === action && !write.withdrawn && sameJson(write.output, output));
  }

  #known(actionName: string, action: AnyWriteAction, target: string, input: Json): StoredRecord {
    const known = this.#records.get(target);
    if (known) return known;
    const fields = JSON.stringify(Object.fromEntries(Object.keys(action.values(input)).map((field) => [field, null])));
    throw new ScenarioError(
      `${actionName} looks at "${target}", which the scenario does not have. Add: records: { "${target}": ${fields} }`,
    );
  }

  #set(record: StoredRecord, fields: JsonObject): void {
    record.fields = { ...record.fields, ...structuredClone(fields) };
    record.version++;
  }

  #readAnswer(step: string, actionName: string, action: AnyAction, input: Json): Json {
    const said = this.#scenario.reads?.[actionName];
    const sample = JSON.stringify(sampleOf(action.output, asObject(input)) ?? null);
    if (said === undefined) {
      throw new ScenarioError(
        `"${step}" reads ${actionName}, and the scenario does not say what it answers. Add: reads: { "${actionName}": () => (${sample}) }`,
      );
    }
    return this.#fits("reads", actionName, action, this.#say(said, step, actionName, input));
  }

  #writeAnswer(step: string, actionName: string, action: AnyAction, input: Json): Json {
    const said = this.#scenario.outputs?.[actionName];
    if (said !== undefined) return this.#fits("outputs", actionName, action, this.#say(said, step, actionName, input));
    const made = sampleOf(action.output, asObject(input), this.written.length + 1);
    if (made === undefined) {
      throw new ScenarioError(
        `No output of ${actionName} can be made up from its schema. Add: outputs: { "${actionName}": (input) => ({ … }) }`,
      );
    }
    return made;
  }

  #say(said: FakeAnswer, step: string, action: string, input: Json): unknown {
    if (typeof said !== "function") return said;
    const count = this.calls.filter((call) => call.action === action && (call.operation === "read" || call.operation === "apply")).length;
    return said(structuredClone(input), { step, count, record: (target) => this.record(target) });
  }

  #fits(option: string, name: string, action: AnyAction, output: unknown): Json {
    const parsed = action.output.safeParse(output);
    if (parsed.success) return output as Json;
    const issue = parsed.error.issues[0];
    throw new ScenarioError(`${option}["${name}"] gives an output that ${name} would not: ${issue?.path.join(".")}: ${issue?.message}`);
  }
}

// ---- the actions' side of the requests ----

const ask = async (http: Http, name: string, operation: Operation, question: unknown): Promise<never> =>
  (await http.send({ method: "POST", path: `/${name}/${operation}`, body: question as Json })).json as never;

const fakeRead = (name: string, action: Extract<AnyAction, { effect: "read" }>): AnyAction => ({
  ...action,
  run: (input, http) => ask(http, name, "read", { input }),
});

function fakeWrite(name: string, action: AnyWriteAction): AnyWriteAction {
  const keyed = (operation: Operation, more: object, { http, key, version }: ApplyContext) =>
    ask(http, name, operation, { ...more, key, version });
  const fake: WriteAction<Json, Json> = {
    ...action,
    apply: (input, context) => keyed("apply", { input }, context),
    ...(action.look ? { look: (input: Json, http: Http) => ask(http, name, "look", { input }) } : {}),
    ...(action.find ? { find: (input: Json, context: ApplyContext) => keyed("find", { input }, context) } : {}),
    ...(action.prove ? { prove: (input: Json, output: Json, http: Http) => ask(http, name, "prove", { input, output }) } : {}),
    undo: fakeUndo(name, action.undo),
  };
  return fake;
}

function fakeUndo(name: string, undo: AnyWriteAction["undo"]): WriteAction<Json, Json>["undo"] {
  switch (undo.kind) {
    case "irreversible":
      return undo;
    case "restore":
      return {
        kind: "restore",
        restore: (input, values, { http, key, version }) => ask(http, name, "restore", { input, values, key, version }),
      };
    case "withdraw":
      return {
        kind: "withdraw",
        withdraw: (input, output, { http, key }) => ask(http, name, "withdraw", { input, output, key }),
        gone: (input, output, http) => ask(http, name, "gone", { input, output }),
      };
  }
}

const json = (value: Json): Response => new Response(JSON.stringify(value));
const conflict = (target: string): Response =>
  new Response(JSON.stringify({ error: `${target} has changed since it was looked at` }), { status: 409 });
const pick = (fields: JsonObject, like: JsonObject): JsonObject =>
  Object.fromEntries(Object.keys(like).map((field) => [field, fields[field] ?? null]));
const asObject = (input: Json): JsonObject =>
  typeof input === "object" && input !== null && !Array.isArray(input) ? (input as JsonObject) : {};
