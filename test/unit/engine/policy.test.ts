// The write policy on the real engine: rulings rest on the record as it is now, named people are the only ones who can answer, and an edit is ruled on like the
// values that it replaces.
import { describe, expect, it } from "vitest";
import type { Approval } from "../../../src/core/approval.ts";
import { answerApproval } from "../../../src/engine/answer-approval.ts";
import type { PolicyRule } from "../../../src/governance/spec.ts";
import { type LedgerScenario, ledgerSpec, ledgerWorld } from "./ledger-world.ts";

const ADA = "ada@example.com";
const GRACE = "grace@example.com";
type Actions = typeof ledgerSpec.actions;
const withAction = (action: Actions[string]) => ({
  actions: { ...ledgerSpec.actions, "ledger.setRecord": action, "ledger.setUnversioned": action },
});
const ruled = (...rules: Partial<PolicyRule>[]) =>
  withAction({
    ask: "never",
    fields: { owner: {}, grade: {} },
    rules: rules.map((rule) => ({ name: "rule", when: "true", outcome: "ask", reason: "Somebody should look", ...rule })),
  });
const stepwise = withAction({
  ask: "never",
  fields: {
    grade: {
      transitions: [
        ["c", "b"],
        ["b", "a"],
      ],
    },
  },
});

const grade = (value: string, scenario: LedgerScenario, action: "setRecord" | "setUnversioned" = "setRecord") =>
  ledgerWorld(async ({ book }) => book[action]("grade", { id: "a", set: { grade: value } }), scenario);
type World = ReturnType<typeof ledgerWorld>;
const asked = (world: World): Approval[] =>
  world.engine.durable.flatMap((entry) => (entry.type === "approval.requested" ? [entry.approval] : []));
const answer = (world: World, by: string, decision: object) => {
  const approval = asked(world).at(-1) as Approval;
  return answerApproval(world.engine.durable, approval.id, { digest: approval.digest, ...decision }, by, world.spec, world.clock.now, null);
};
const approve = ({ digest }: { digest: string }) => ({ kind: "approved", digest });

describe("a ruling rests on the record as it is:", () => {
  it("a legal transition is written, another is not", async () => {
    const legal = grade("b", { spec: stepwise });
    await legal.engine.run();
    expect(legal.ledger.records.get("a")?.fields.grade).toBe("b");
    const illegal = grade("a", { spec: stepwise });
    expect(await illegal.engine.run()).toMatchObject({ state: { output: { status: "refused", because: "denied" } } });
    expect(illegal.ledger.sent()).toEqual([]);
  });

  it("one that was made before the record moved is void, and the next is about what is there now", async () => {
    const world = grade("b", { spec: stepwise });
    const { connection, ledger, engine } = world;
    const { fetch } = connection;
    connection.fetch = (async (...args: Parameters<typeof fetch>) => {
      // Somebody is quicker: after the ruling, and before the write arrives.
      if (args[1]?.method === "PUT" && ledger.sent().length === 0) ledger.edit("a", { grade: "a" });
      return fetch(...args);
    }) as typeof fetch;
    expect(await engine.run()).toMatchObject({ state: { output: { status: "refused", because: "denied" } } });
    expect(engine.entries("effect.ruled")).toMatchObject([
      { ruling: { outcome: "allow" } },
      { ruling: { outcome: "deny", rule: "field_transition" } },
    ]);
    expect(ledger.records.get("a")?.fields.grade).toBe("a");
  });

  it("an approval does not carry over to a record that moved to where the change is not legal", async () => {
    const world = grade("b", {
      spec: {
        actions: Object.fromEntries(Object.entries(stepwise.actions).map(([name, rule]) => [name, { ...rule, ask: "always" as const }])),
      },
      answer: (approval) => {
        world.ledger.edit("a", { grade: "a" });
        return approve(approval);
      },
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "refused", because: "denied" } } });
    expect(world.engine.entries("approval.voided")).toHaveLength(1);
    expect(world.engine.entries("effect.ruled").at(-1)).toMatchObject({ ruling: { rule: "field_transition" } });
    expect(world.ledger.sent()).toEqual([]);
  });

  it.each(["setRecord", "setUnversioned"] as const)("one that a stop held back is not acted on afterwards (%s)", async (action) => {
    const world = grade("b", { spec: stepwise }, action);
    const { ledger, engine, clock, connection } = world;
    const { fetch } = connection;
    let looks = 0;
    // The stop comes between the look and the send.
    connection.fetch = (async (...args: Parameters<typeof fetch>) => {
      if (looks++ === 0) engine.halt = { scope: "everything", by: ADA };
      return fetch(...args);
    }) as typeof fetch;
    await engine.run();
    expect(ledger.sent()).toEqual([]);
    engine.halt = null;
    clock.now += 3_600_000;
    ledger.edit("a", { grade: "a" });
    expect(await engine.run()).toMatchObject({ state: { output: { status: "refused", because: "denied" } } });
    expect(ledger.sent()).toEqual([]);
  });

  it.each([
    ["a", "denied"],
    ["b", null],
  ])("and on what the run came from, as its journal says (%s)", async (subject, because) => {
    const world = grade("b", {
      spec: ruled({ when: "event.subject == 'a' && timestamp(event.time) < timestamp(time.iso)", outcome: "deny" }),
    });
    const pins = { workflow: "bookkeeping", version: 1, manifestDigest: "m", specVersion: 1 };
    const event = { id: "evt_1", type: "opened", subject, connection: "ledger", time: world.clock.now - 1 };
    world.engine.durable.push({ type: "run.started", pins, event, seq: 1, at: world.clock.now });
    expect(await world.engine.run()).toMatchObject({ state: { output: because ? { status: "refused", because } : { status: "applied" } } });
  });
});

describe("people whom a rule names", () => {
  it("are the approval's reviewers, and nobody else can answer", async () => {
    const world = grade("b", {
      spec: ruled({ ask: [GRACE], reason: "Grades are Grace's" }, { name: "other", reason: "Everybody should look" }),
    });
    await world.engine.run();
    expect(asked(world)[0]).toMatchObject({ reviewers: [GRACE], rule: "rule", why: "Grades are Grace's", also: ["Everybody should look"] });
    const now = asked(world)[0]?.requestedAt as number;
    // As it was before it expired.
    const open = world.engine.durable.filter(({ type }) => !["approval.decided", "effect.refused", "run.completed"].includes(type));
    const decide = (by: string) => {
      const { id, digest } = asked(world)[0] as Approval;
      return answerApproval(open, id, { kind: "approved", digest }, by, world.spec, now, null);
    };
    expect(decide(ADA)).toMatchObject({
      ok: false,
      error: { code: "approval.not_reviewer", message: `${ADA} is not among those whom the rule rule asks: ${GRACE}` },
    });
    expect(decide("eve@example.com")).toMatchObject({ ok: false, error: { code: "approval.not_reviewer" } });
    expect(decide(GRACE)).toMatchObject({ ok: true });
  });

  it("are asked as well, once an edit has made it theirs", async () => {
    let rounds = 0;
    const world = grade("b", {
      spec: ruled({}, { name: "top_grade", when: "after.grade == 'a'", ask: [GRACE], reason: "Top grades are Grace's" }),
      answer: ({ digest }) => (++rounds === 1 ? { kind: "edited", digest, values: { grade: "a" } } : undefined),
    });
    await world.engine.run();
    expect(asked(world).map(({ reviewers, rule, values }) => ({ reviewers, rule, values }))).toEqual([
      { reviewers: [ADA, GRACE], rule: "rule", values: { grade: "b" } },
      { reviewers: [GRACE], rule: "top_grade", values: { grade: "a" } },
    ]);
    expect(world.ledger.sent()).toEqual([]);
  });
});

describe("what a person edits", () => {
  it.each([
    ["an illegal transition", stepwise, "a", /allowed transitions/],
    [
      "what a rule denies",
      ruled({}, { name: "no_a", when: "after.grade == 'a'", outcome: "deny", reason: "No top grades" }),
      "a",
      /No top grades/,
    ],
  ])("cannot be %s", async (_, spec, value, message) => {
    let refused: unknown = null;
    const actions = Object.fromEntries(Object.entries(spec.actions).map(([name, rule]) => [name, { ...rule, ask: "always" as const }]));
    const world: World = grade("b", {
      spec: { actions },
      answer: (approval) => {
        refused = answer(world, ADA, { kind: "edited", values: { grade: value } });
        return { kind: "rejected", digest: approval.digest, reason: "Not this" };
      },
    });
    await world.engine.run();
    expect(refused).toMatchObject({ ok: false, error: { code: "approval.edit_refused", message: expect.stringMatching(message) } });
    expect(world.ledger.sent()).toEqual([]);
  });
});
