// The built-in model's versions: what is learned from decided approvals, who may train and who may choose, what the page and the API say of it.
import { describe, expect, it } from "vitest";
import { deployment } from "../../../src/config.ts";
import { everywhere, type Role } from "../../../src/core/principal.ts";
import { eraseRuns } from "../../../src/db/erasure.ts";
import { currentModel, modelHistory } from "../../../src/db/model-versions.ts";
import { reviewedDecisions } from "../../../src/db/reviewed-decisions.ts";
import { builtinSource } from "../../../src/inference/builtin/source.ts";
import type { Context } from "../../../src/operations/context.ts";
import { prepareModels } from "../../../src/operations/prepare-models.ts";
import { runTraining, TRAINING_TRIES } from "../../../src/operations/train-model.ts";
import { deskSamples } from "../inference/desk.ts";
import { openConsole } from "./console.ts";
import { DAY, NOW, tell } from "./stories.ts";

const WORKFLOW = "ticket-triage";
const ORDER = "12.00 charged twice";
const stories = () => [
  tell({ ticket: 1, ending: "approved", subject: "One", description: ORDER }),
  tell({ ticket: 2, ending: "edited", subject: "Two", description: ORDER }),
  tell({ ticket: 3, ending: "rejected", subject: "Three" }),
  tell({ ticket: 4, ending: "asked", subject: "Four" }),
  tell({ ticket: 5, ending: "undone", subject: "Five" }),
  tell({ ticket: 6, ending: "conflict", subject: "Six" }),
];
let opened = 0;
/** Teams of the deployed workflow, on texts that train in a moment; others each time, because an isolate prepares each version once. */
const fewSamples = () => {
  opened++;
  return deskSamples.map(({ text, labels }) => ({ text: `${text} ${"x".repeat(opened)}`, labels }));
};
const FEW = deskSamples.length;

async function open(...roles: Role[]) {
  const few = fewSamples();
  const kept = new Map<string, Uint8Array>();
  const BLOBS = {
    head: async (key: string) => (kept.has(key) ? {} : null),
    put: async (key: string, bytes: Uint8Array) => void kept.set(key, bytes),
    get: async () => null,
  } as unknown as R2Bucket;
  const told = stories();
  const console = await openConsole(told, {
    env: { BLOBS },
    grants: everywhere(...roles).map((grant) => ({ ...grant, principal: "ada@example.com" })),
  });
  const context = {
    env: console.env,
    deployment: { ...deployment, models: { default: builtinSource({ [WORKFLOW]: few }) } },
    waitUntil: () => undefined,
  } as Context;
  const queued = () => console.asked.filter(({ what }) => what === "queue").map(({ args }) => args[0] as { kind: string; id: string });
  return { ...console, context, kept, queued, told };
}

describe("what is learned from", () => {
  it("are approvals that were approved or edited and not taken back, with the text that the model was sent", async () => {
    const { db } = await open("author");
    const reviewed = await reviewedDecisions(db, WORKFLOW, 100);
    const texts = reviewed.map(({ input, answered, writes }) => [input["ticket.subject"], answered.team, writes[0]?.decided.group]);
    expect(texts.sort()).toEqual([
      ["One", "billing", "billing"],
      ["Two", "billing", "returns"],
    ]);
    expect(reviewed[0]?.input["ticket.description"]).toBe(ORDER);
    // In the order in which they were sent: the model reads one text.
    expect(Object.keys(reviewed[0]?.input ?? {})).toEqual(["ticket.subject", "ticket.description"]);
  });

  it("are not those whose contents were erased", async () => {
    const { db, told } = await open("author");
    await eraseRuns(db, [{ run: told[0]!.id, event: null }], NOW + 100 * DAY);
    expect((await reviewedDecisions(db, WORKFLOW, 100)).map(({ input }) => input["ticket.subject"])).toEqual(["Two"]);
  });

  it("are not those of a write that somebody found wrong afterwards", async () => {
    const { db, told } = await open("author");
    await db
      .prepare(
        "insert into effect_check (run, step, at, by, verdict, note) values (?, 'route ticket', ?, 'grace@example.com', 'wrong', '')",
      )
      .bind(told[1]!.id, NOW)
      .run();
    expect((await reviewedDecisions(db, WORKFLOW, 100)).map(({ input }) => input["ticket.subject"])).toEqual(["One"]);
  });
});

describe("training", () => {
  it("is asked for once, runs in the consumer, and makes a version that is not used", async () => {
    const { json, db, context, kept, queued } = await open("author");
    const answer = await json(`/api/model-versions/${WORKFLOW}/trainings`, {});
    expect(answer.status).toBe(202);
    expect((await json(`/api/model-versions/${WORKFLOW}/trainings`, {})).status).toBe(409);
    const [message] = queued();
    expect(message).toMatchObject({ kind: "training" });
    await prepareModels(context, NOW);
    await runTraining(context, message!.id, 1, NOW + 1);
    const { versions, trainings, choices } = await modelHistory(db, WORKFLOW);
    const [grown, shipped] = versions;
    expect(shipped).toMatchObject({ trainedBy: "interlock", rows: { shipped: FEW, approved: 0, edited: 0 } });
    expect(grown).toMatchObject({ trainedBy: "ada@example.com", rows: { shipped: FEW, approved: 1, edited: 1 }, unused: 0 });
    expect(grown?.fields.map(({ field, heldOut }) => [field, heldOut.rows])).toEqual([
      ["priority", FEW + 2],
      ["team", FEW + 2],
    ]);
    expect(grown?.fields.map(({ shipped }) => shipped.rows)).toEqual([FEW, FEW]);
    expect(grown?.missing).toEqual([
      { field: "team", labels: ["account", "privacy"] },
      { field: "priority", labels: ["low", "urgent"] },
    ]);
    expect(trainings).toMatchObject([{ model: grown?.id, problem: null }]);
    expect([...kept.keys()].sort()).toEqual(versions.map(({ id }) => `model/${id}`).sort());
    expect([choices, await currentModel(db, WORKFLOW)]).toEqual([[], null]);
    // A message that comes again finds that it has ended.
    await runTraining(context, message!.id, 2, NOW + 2);
    expect((await modelHistory(db, WORKFLOW)).versions).toHaveLength(2);
  });

  it("that cannot be done says why", async () => {
    const { json, db, context, queued } = await open("process_owner");
    await json(`/api/model-versions/${WORKFLOW}/trainings`, {});
    const empty = { ...context, deployment: { ...deployment, models: { default: builtinSource({ [WORKFLOW]: [] }) } } };
    await runTraining(empty, queued()[0]!.id, 1, NOW);
    const [ended] = (await modelHistory(db, WORKFLOW)).trainings;
    expect(ended).toMatchObject({ model: null, problem: expect.stringMatching(/add labelled records: 2 given, at least 10 needed/) });
  });

  it("that never ends is given up", async () => {
    const { json, db, context, queued, kept } = await open("author");
    await json(`/api/model-versions/${WORKFLOW}/trainings`, {});
    await runTraining(context, queued()[0]!.id, TRAINING_TRIES + 1, NOW);
    const [ended] = (await modelHistory(db, WORKFLOW)).trainings;
    expect(ended).toMatchObject({ endedAt: NOW, model: null, problem: expect.stringMatching(/did not end in 3 tries/) });
    expect(kept.size).toBe(0);
  });

  it("is refused to whoever may not, and of a workflow without such a model", async () => {
    const reviewer = await open("reviewer");
    expect((await reviewer.json(`/api/model-versions/${WORKFLOW}/trainings`, {})).status).toBe(403);
    const author = await open("author");
    expect((await author.json("/api/model-versions/unknown/trainings", {})).status).toBe(404);
    expect([...reviewer.queued(), ...author.queued()]).toEqual([]);
  });
});

describe("a version", () => {
  const grown = async (...roles: Role[]) => {
    const opened = await open(...roles);
    await prepareModels(opened.context, NOW);
    const [version] = (await modelHistory(opened.db, WORKFLOW)).versions;
    return { ...opened, id: version?.id ?? "none" };
  };

  it("is made current by the process owner, and that is on record", async () => {
    const { json, form, db, id, get } = await grown("process_owner");
    expect((await json(`/api/model-versions/${WORKFLOW}/current`, { model: id })).status).toBe(200);
    expect((await form(`/models/${WORKFLOW}/current`, { model: id })).headers.get("location")).toBe("/models?done=current");
    expect(await currentModel(db, WORKFLOW)).toBe(id);
    expect((await modelHistory(db, WORKFLOW)).choices).toMatchObject([{ by: "ada@example.com", model: id }]);
    const page = await (await get("/models?done=current")).text();
    expect(page).toContain("ada@example.com made it current");
    const { models } = (await (await get("/api/model-versions")).json()) as { models: { current: string }[] };
    expect(models).toMatchObject([{ workflow: WORKFLOW, current: id }]);
  });

  it("is made current by nobody else, and must be one that there is", async () => {
    const author = await grown("author", "operator");
    expect((await author.json(`/api/model-versions/${WORKFLOW}/current`, { model: author.id })).status).toBe(403);
    const owner = await grown("process_owner");
    const unknown = await owner.form(`/models/${WORKFLOW}/current`, { model: `builtin/${WORKFLOW}@0000` });
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).toContain("has no version");
    expect([await currentModel(author.db, WORKFLOW), await currentModel(owner.db, WORKFLOW)]).toEqual([null, null]);
  });

  it("can be neither changed nor removed", async () => {
    const { db, id, json } = await grown("process_owner");
    await json(`/api/model-versions/${WORKFLOW}/current`, { model: id });
    for (const table of ["model_version", "model_choice"]) {
      await expect(db.prepare(`delete from ${table}`).run()).rejects.toThrow("append-only");
      await expect(db.prepare(`update ${table} set workflow = 'other'`).run()).rejects.toThrow("append-only");
    }
  });
});

describe("the page", () => {
  it("says what is not there yet, and shows the forms to whoever may", async () => {
    const { get } = await open("process_owner");
    const page = await (await get("/models")).text();
    expect(page).toContain("No version yet");
    expect(page).toContain(`action="/models/${WORKFLOW}/trainings"`);
    const reader = await (await (await open("auditor")).get("/models")).text();
    expect(reader).not.toContain("<form");
    expect(reader).toContain("Authors and process owners ask for training");
  });

  it("shows what each version learned, how right it was, and which labels it lacks", async () => {
    const { get, context } = await open("auditor");
    await prepareModels(context, NOW);
    const page = await (await get("/models")).text();
    expect(page).toContain(`${FEW} shipped`);
    expect(page).toMatch(/team: \d+\.\d % of 42, ECE 0\.\d{3}/);
    expect(page).toContain("No record has team returns, account and privacy: it never answers that.");
    expect(page).toContain("A process owner makes it current.");
  });
});
