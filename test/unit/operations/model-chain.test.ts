// A deployment's models by name: one or several, in their order, wherever a name is followed: to those who are asked, to what is trained, and in the workflow's own words.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { InterlockError } from "../../../src/core/errors.ts";
import { defineDeployment, type ModelSource, modelSources } from "../../../src/deployment.ts";
import { defineWorkflow, model, startedByRun } from "../../../src/engine/define.ts";
import { manifestOf } from "../../../src/engine/manifest.ts";
import type { Model } from "../../../src/inference/model.ts";
import type { Context } from "../../../src/operations/context.ts";
import { prepareModels } from "../../../src/operations/prepare-models.ts";
import { recipientsOf } from "../../../src/operations/recipients.ts";

const source = (provider: string, more: Partial<Model> = {}, trained: ModelSource["trained"] = []): ModelSource => ({
  trained,
  build: () => ({ id: provider, provider, label: provider, host: `${provider}.example`, decide: () => expect.unreachable(), ...more }),
});
const [eu, us] = [source("eu"), source("us")];
const local = source("builtin", { local: true }, [
  {
    workflow: "letters",
    shipped: { id: "chain-test", key: "model/chain-test" },
    train: () => ({
      id: "chain-test",
      key: "model/chain-test",
      bytes: new Uint8Array([1]),
      rows: { shipped: 1, approved: 0, edited: 0 },
      unused: 0,
      fields: [],
      missing: [],
    }),
  },
]);
const models = { default: [eu, us, local], single: us };

const declared = {
  name: "letters",
  version: 1,
  purpose: "Answer letters",
  trigger: startedByRun,
  lane: () => "one",
  uses: { mind: model("default") },
  dataFlow: [],
  decisions: { kind: z.object({ kind: z.enum(["bill", "other"]) }) },
} as const;

describe("the models behind a name", () => {
  it("are one or several, in their order; a name without any is an error that says so", () => {
    expect(modelSources({ models }, "default")).toEqual([eu, us, local]);
    expect(modelSources({ models }, "single")).toEqual([us]);
    for (const name of ["other", "toString"]) {
      expect(() => modelSources({ models }, name)).toThrow(`This deployment has no model "${name}"`);
    }
    expect(() => defineDeployment({ models: { none: [] }, workflows: [], connections: {} })).toThrow('no model "none"');
  });

  it("are all named as those who may be sent the workflow's data", () => {
    const workflow = defineWorkflow(declared, async () => null);
    const deployment = { models, workflows: [workflow], connections: {}, partitions: 1 };
    expect(recipientsOf({ env: {} as Env, deployment }, workflow)).toEqual([
      { model: "default", provider: "eu", host: "eu.example", local: false, label: "eu" },
      { model: "default", provider: "us", host: "us.example", local: false, label: "us" },
      { model: "default", provider: "builtin", host: "builtin.example", local: true, label: "builtin" },
    ]);
  });

  it("are all trained before the first decision, wherever in the list they stand", async () => {
    const kept: string[] = [];
    const BLOBS = { head: async () => null, put: async (key: string) => void kept.push(key) };
    const DB = { prepare: () => ({ bind: () => ({ first: async () => null }) }) };
    const deployment = { models, workflows: [defineWorkflow(declared, async () => null)], connections: {}, partitions: 1 };
    await prepareModels({ env: { BLOBS, DB } as unknown as Env, deployment } as unknown as Context, 0);
    expect(kept).toEqual(["model/chain-test"]);
  });
});

describe("a draft", () => {
  it("is declared by name, is in the manifest, and no other name can be asked for", () => {
    const workflow = defineWorkflow({ ...declared, drafts: ["reply"], unsampled: ["kind"] }, async ({ mind }) => {
      const reply = await mind.draft("reply", { instruction: "Thank them" });
      // @ts-expect-error "letter" is not declared
      await mind.draft("letter", { instruction: "Thank them" });
      // @ts-expect-error a draft is no decision
      await mind.decide("reply", { instruction: "Thank them" });
      return reply.value.length;
    });
    expect(manifestOf(workflow)).toMatchObject({ drafts: ["reply"], unsampled: ["kind"] });
  });

  it("does not exist where none is declared, and does not share a decision's name", () => {
    defineWorkflow(declared, async ({ mind }) => {
      // @ts-expect-error no draft is declared
      await mind.draft("reply", { instruction: "Thank them" });
    });
    const make = () => defineWorkflow({ ...declared, drafts: ["kind"] }, async () => null);
    expect(make).toThrow(/a name is one of them/);
    try {
      make();
    } catch (thrown) {
      expect((thrown as InterlockError).failure).toMatchObject({ code: "workflow.undeclared", field: "drafts.kind" });
    }
  });
});
