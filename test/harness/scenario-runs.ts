// The runs that a tested run starts: they are counted, and end as the scenario says. None of them is executed; test each workflow by itself.
import { InterlockError } from "../../src/core/errors.ts";
import { runIdOf } from "../../src/core/ids.ts";
import type { Json } from "../../src/core/json.ts";
import type { EndedState } from "../../src/core/run.ts";
import type { ChildStart, OtherRuns, RunPlace, SuccessorStart } from "../../src/engine/other-runs.ts";
import { type Scenario, ScenarioError } from "./scenario.ts";

export interface StartedRun {
  readonly run: string;
  readonly workflow: string;
  readonly subject: string;
  readonly data: Json;
  /** True for the run that goes on in place of the tested one (continueAsNew). */
  readonly successor: boolean;
}

export class ScenarioRuns {
  readonly #children: NonNullable<Scenario["children"]>;
  readonly #giveUp: (mistake: ScenarioError) => void;
  readonly #made = new Map<string, StartedRun>();
  /** Children that were told of a cancellation. */
  readonly cancelled = new Set<string>();

  constructor({ children = {} }: Scenario, giveUp: (mistake: ScenarioError) => void) {
    this.#children = children;
    this.#giveUp = giveUp;
  }

  /** In the order in which they were started; a start that was repeated counts once. */
  get started(): readonly StartedRun[] {
    return [...this.#made.values()];
  }

  readonly port: OtherRuns = {
    startChild: async (start) => this.#make(start, false),
    startSuccessor: async (start) => this.#make(start, true),
    signal: async () => {},
    look: async ({ run }) => {
      const made = this.#made.get(run);
      if (!made) throw new InterlockError("run.not_found", `No run ${run}`);
      if (this.cancelled.has(run)) return { status: "cancelled", by: "the harness" };
      return this.#endOf(made);
    },
    cancel: async ({ run }) => void this.cancelled.add(run),
  };

  #make({ workflow, event }: ChildStart | SuccessorStart, successor: boolean): RunPlace & { readonly fresh: boolean } {
    const run = runIdOf(workflow, event.id);
    const fresh = !this.#made.has(run);
    const made = { run, workflow, subject: event.subject, data: event.data, successor };
    if (!successor) this.#endOf(made);
    if (fresh) this.#made.set(run, made);
    return { run, partition: "p0", fresh };
  }

  #endOf({ workflow, subject, data }: StartedRun): EndedState {
    const said = this.#children[workflow];
    if (said === undefined) {
      const mistake = new ScenarioError(
        `The scenario does not say how a child "${workflow}" ends. Add: children: { "${workflow}": { status: "completed", output: … } }`,
      );
      this.#giveUp(mistake);
      throw mistake;
    }
    return typeof said === "function" ? said({ subject, data }) : said;
  }
}
