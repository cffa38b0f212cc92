// A person's part in a write, on the real engine: what they saw is what is written, a record that moved is asked about again, and nobody answers for others.
import { describe, expect, it } from "vitest";
import type { Approval } from "../../../src/core/approval.ts";
import type { Result } from "../../../src/core/errors.ts";
import { answerApproval } from "../../../src/engine/answer-approval.ts";
import { actionOfApproval } from "../../../src/engine/execute.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import { approvalViews } from "../../../src/engine/project.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { ticketTriageSpec } from "../../../src/workflows/ticket-triage/governance.ts";
import { ticketTriage } from "../../../src/workflows/ticket-triage/workflow.ts";
import type { MemoryOptions } from "../../harness/memory-engine.ts";
import { asking, ledgerWorld } from "./ledger-world.ts";
import { triageWorld } from "./triage-world.ts";

type Asked = Parameters<NonNullable<MemoryOptions["answer"]>>[0];
const approve = ({ digest }: Asked) => ({ kind: "approved", digest });
const edit = ({ digest }: Asked, values: Record<string, unknown>) => ({ kind: "edited", digest, values });

const asked = (entries: readonly Entry[]): Approval[] =>
  entries.flatMap((entry) => (entry.type === "approval.requested" ? [entry.approval] : []));

type World = ReturnType<typeof triageWorld>;
/** What the partition would answer to this decision, from the journal as it stands. */
function tryAnswer(
  world: World,
  approvalId: string,
  decision: unknown,
  by = "ada@example.com",
  spec: Partial<GovernanceSpec> = {},
): Result<unknown> {
  const { durable } = world.engine;
  const action = actionOfApproval(ticketTriage, durable, approvalId);
  return answerApproval(durable, approvalId, decision, by, { ...ticketTriageSpec, ...spec }, world.clock.now, action);
}

const unsure = { confidence: 0.3 } as const;

describe("an approval", () => {
  it("shows the record as it is, what would be written, and why it is asked", async () => {
    const world = triageWorld({ ...unsure, answer: approve });
    await world.engine.run();
    const [approval] = asked(world.engine.durable);
    expect(approval).toMatchObject({
      step: "route ticket",
      action: "zendesk.updateTicket",
      target: `ticket/${world.id}`,
      before: { group: "support", priority: null },
      values: { group: "billing", priority: "high" },
      rule: "confidence_below",
      reviewers: ["ada@example.com", "grace@example.com"],
    });
    expect(approval && approval.expiresAt - approval.requestedAt).toBe(240 * 60_000);
  });

  it("lets nothing be written before it is answered", async () => {
    const world = triageWorld({
      ...unsure,
      answer: (approval) => {
        expect(world.zendesk.requests.filter(({ method }) => method !== "GET")).toEqual([]);
        expect(world.slack.requests).toEqual([]);
        return approve(approval);
      },
    });
    await world.engine.run();
    expect(world.outside()).toMatchObject({ group: "billing", ticketWrites: 2, posts: 1 });
  });

  it("is voided and asked again when the record moved while a person thought", async () => {
    const world = triageWorld({
      ...unsure,
      answer: (approval, round) => {
        if (round === 1) world.zendesk.edit(world.id, { priority: "urgent" });
        return approve(approval);
      },
    });
    await world.engine.run();
    const [first, second, ...more] = asked(world.engine.durable);
    expect(more).toEqual([]);
    expect(first?.before).toEqual({ group: "support", priority: null });
    expect(second?.before).toEqual({ group: "support", priority: "urgent" });
    expect(second?.id).not.toBe(first?.id);
    expect(second?.digest).not.toBe(first?.digest);
    expect(world.engine.entries("approval.voided")).toMatchObject([{ approvalId: first?.id, step: "route ticket" }]);
    expect(approvalViews(world.engine.durable).map(({ status }) => status)).toEqual(["voided", "approved"]);
    expect(world.outside()).toMatchObject({ group: "billing", priority: "high", ticketWrites: 2 });
  });

  it("writes nothing between the voiding and the second answer", async () => {
    const world = triageWorld({
      ...unsure,
      answer: (approval, round) => {
        if (round === 1) world.zendesk.edit(world.id, { priority: "urgent" });
        else expect(world.zendesk.writes.get(world.id)).toBeUndefined();
        return round === 1 ? approve(approval) : { kind: "rejected", digest: approval.digest, reason: "Somebody is on it" };
      },
    });
    expect(await world.engine.run()).toMatchObject({
      state: { output: { routed: false, because: "rejected", reason: "Somebody is on it" } },
    });
    expect(world.outside()).toMatchObject({ group: "support", priority: "urgent", ticketWrites: 0, posts: 0 });
  });

  it("forgets an edit together with the approval that is void", async () => {
    const world = triageWorld({
      ...unsure,
      answer: (approval, round) => {
        if (round === 1) world.zendesk.edit(world.id, { priority: "urgent" });
        else expect(approval.values).toEqual({ group: "billing", priority: "high" });
        return round === 1 ? edit(approval, { group: "returns", priority: "low" }) : approve(approval);
      },
    });
    await world.engine.run();
    expect(world.outside()).toMatchObject({ group: "billing", priority: "high" });
  });

  it("that is void cannot be answered any more", async () => {
    const world = triageWorld({
      ...unsure,
      answer: (approval, round) => {
        if (round === 1) world.zendesk.edit(world.id, { priority: "urgent" });
        else {
          const [first] = asked(world.engine.durable);
          for (const digest of [first?.digest, approval.digest]) {
            expect(tryAnswer(world, String(first?.id), { kind: "approved", digest })).toMatchObject({
              ok: false,
              error: { code: "approval.changed" },
            });
          }
        }
        return approve(approval);
      },
    });
    await world.engine.run();
    expect(asked(world.engine.durable)).toHaveLength(2);
  });

  it("holds when only something else of the record moved", async () => {
    const world = triageWorld({
      ...unsure,
      answer: (approval) => {
        world.zendesk.edit(world.id, { tags: ["vip"] });
        return approve(approval);
      },
    });
    await world.engine.run();
    expect(asked(world.engine.durable)).toHaveLength(1);
    expect(world.zendesk.tickets.get(world.id)).toMatchObject({ tags: ["vip"], priority: "high" });
  });

  it("is voided when the record moves between the second look and the write", async () => {
    const world = triageWorld({ ...unsure, answer: approve });
    let moved = false;
    // No fault: the record changes when the write stands at the door, so that its version is refused.
    world.zendesk.fault(429, "before", ({ method }) => {
      if (method !== "GET" && !moved) {
        moved = true;
        world.zendesk.edit(world.id, { priority: "low" });
      }
      return false;
    });
    await world.engine.run();
    expect(world.engine.entries("attempt.failed")).toMatchObject([{ during: "send", error: { code: "connector.conflict" } }]);
    expect(asked(world.engine.durable).map(({ before }) => before.priority)).toEqual([null, "low"]);
    expect(world.outside()).toMatchObject({ group: "billing", priority: "high" });
  });

  it("is voided as well where the system has no version that could protect the record", async () => {
    const world = ledgerWorld(async ({ book }) => book.setUnversioned("set", { id: "a", set: { owner: "ada" } }), {
      spec: asking("ledger.setUnversioned"),
      answer: approve,
    });
    world.ledger.fault(429, "before", ({ method }) => {
      if (method !== "PUT") return false;
      world.ledger.edit("a", { owner: "grace" });
      return true;
    });
    await world.engine.run();
    expect(asked(world.engine.durable).map(({ before }) => before.owner)).toEqual(["nobody", "grace"]);
    expect(world.engine.entries("approval.voided")).toHaveLength(1);
  });

  it("that nobody answers is refused with the spec's stated result once its time has passed", async () => {
    const world = triageWorld({ ...unsure, spec: { review: { ...ticketTriageSpec.review, slaMinutes: 5, onExpiry: "reject" } } });
    const began = world.clock.now;
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: { routed: false, because: "expired" } } });
    expect(world.clock.now - began).toBe(5 * 60_000);
    expect(world.engine.entries("approval.decided")).toMatchObject([{ decision: { kind: "expired" } }]);
    expect(world.outside()).toMatchObject({ group: "support", ticketWrites: 0, posts: 0 });
  });

  it("cannot be answered at its deadline, and can a millisecond before", async () => {
    const world = triageWorld({
      ...unsure,
      answer: (approval) => {
        const [shown] = asked(world.engine.durable);
        const at = (now: number) =>
          answerApproval(world.engine.durable, approval.id, approve(approval), "ada@example.com", ticketTriageSpec, now, null);
        expect(at(Number(shown?.expiresAt))).toMatchObject({ ok: false, error: { code: "approval.already_decided" } });
        expect(at(Number(shown?.expiresAt) - 1)).toMatchObject({ ok: true });
        return approve(approval);
      },
    });
    await world.engine.run();
    expect(asked(world.engine.durable)).toHaveLength(1);
  });

  it("cannot be answered any more when its run has ended", async () => {
    const world = ledgerWorld(
      async ({ book }) => {
        await Promise.all([book.setRecord("set", { id: "a", set: { owner: "ada" } }), book.getRecord("missing", { id: "nothing" })]);
      },
      { spec: asking("ledger.setRecord") },
    );
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed" } });
    const [approval] = asked(world.engine.durable);
    expect(
      answerApproval(
        world.engine.durable,
        String(approval?.id),
        { kind: "approved", digest: approval?.digest },
        "ada@example.com",
        world.spec,
        world.clock.now,
        null,
      ),
    ).toMatchObject({ ok: false, error: { code: "approval.changed" } });
    expect(world.ledger.sent()).toEqual([]);
  });
});

describe("a decision", () => {
  /** Runs to the approval, tries `decision` on it, and then approves: returns what the attempt was answered. */
  async function attempt(decision: (approval: Asked) => unknown, by?: string, spec: Partial<GovernanceSpec> = {}) {
    let answered: Result<unknown> | null = null;
    const world = triageWorld({
      ...unsure,
      spec,
      answer: (approval) => {
        answered = tryAnswer(world, approval.id, decision(approval), by, spec);
        return approve(approval);
      },
    });
    const end = await world.engine.run();
    return { answered: answered as unknown as Result<unknown>, world, end };
  }

  it("is refused when the page showed something else", async () => {
    const { answered } = await attempt(() => ({ kind: "approved", digest: "0".repeat(64) }));
    expect(answered).toMatchObject({ ok: false, error: { code: "approval.changed" } });
  });

  it("is refused from somebody who is no reviewer", async () => {
    const { answered } = await attempt(approve, "mallory@example.com");
    expect(answered).toMatchObject({ ok: false, error: { code: "approval.not_reviewer" } });
  });

  it("is accepted from any reviewer", async () => {
    const { answered } = await attempt(approve, "grace@example.com");
    expect(answered).toMatchObject({ ok: true, value: { decision: { kind: "approved", by: "grace@example.com" } } });
  });

  it("is refused for an approval that the run never asked", async () => {
    const world = triageWorld({ ...unsure, answer: approve });
    await world.engine.run();
    expect(tryAnswer(world, "apr_other", { kind: "approved", digest: "d" })).toMatchObject({
      ok: false,
      error: { code: "approval.not_found" },
    });
  });

  it("is refused the second time, whoever gives it and whatever it says", async () => {
    const world = triageWorld({ ...unsure, answer: approve });
    await world.engine.run();
    const [approval] = asked(world.engine.durable);
    for (const decision of [
      { kind: "approved", digest: approval?.digest },
      { kind: "rejected", digest: approval?.digest, reason: "Too late" },
    ]) {
      expect(tryAnswer(world, String(approval?.id), decision, "grace@example.com")).toMatchObject({
        ok: false,
        error: { code: "approval.already_decided", message: "Already approved by ada@example.com" },
      });
    }
  });

  it("is refused the second time before the first has been acted on", async () => {
    const world = triageWorld({ ...unsure, answer: approve });
    await world.engine.run();
    const [approval] = asked(world.engine.durable);
    const upTo = world.engine.durable.findIndex(({ type }) => type === "approval.decided") + 1;
    expect(
      answerApproval(
        world.engine.durable.slice(0, upTo),
        String(approval?.id),
        { kind: "approved", digest: approval?.digest },
        "grace@example.com",
        ticketTriageSpec,
        world.clock.now,
        null,
      ),
    ).toMatchObject({ ok: false, error: { code: "approval.already_decided" } });
  });

  it.each([
    ["a kind that does not exist", () => ({ kind: "maybe" })],
    ["nothing", () => null],
    ["a rejection without a reason", ({ digest }: Asked) => ({ kind: "rejected", digest, reason: "  " })],
    ["an edit without values", ({ digest }: Asked) => ({ kind: "edited", digest })],
  ])("is refused as %s", async (_, decision) => {
    const { answered } = await attempt(decision);
    expect(answered).toMatchObject({ ok: false, error: { code: "request.invalid" } });
  });
});

describe("an edit", () => {
  const fields = ticketTriageSpec.actions["zendesk.updateTicket"]?.fields;
  /** The spec lets every priority through: what is then refused, the connector refuses. */
  const lenient: Partial<GovernanceSpec> = {
    actions: { ...ticketTriageSpec.actions, "zendesk.updateTicket": { ask: "when_unsure", fields: { ...fields, priority: {} } } },
  };
  const refusals: [string, Record<string, unknown>, string, Partial<GovernanceSpec>][] = [
    ["to a value that the spec forbids", { group: "board", priority: "high" }, "group", {}],
    ["to a field that was not asked about", { group: "billing", priority: "high", status: "solved" }, "status", {}],
    ["that leaves a field out", { group: "billing" }, "priority", {}],
    ["to a value that the connector's schema refuses", { group: "billing", priority: "sky-high" }, "priority", lenient],
  ];

  it.each(refusals)("%s is refused with the field named, and the approval stays open", async (_, values, field, spec) => {
    let answered: Result<unknown> | null = null;
    const world = triageWorld({
      ...unsure,
      spec,
      answer: (approval) => {
        answered = tryAnswer(world, approval.id, edit(approval, values), "ada@example.com", spec);
        expect(approvalViews(world.engine.durable)).toMatchObject([{ status: "pending" }]);
        return approve(approval);
      },
    });
    await world.engine.run();
    expect(answered).toMatchObject({ ok: false, error: { code: "approval.edit_refused", field } });
    expect((answered as unknown as { error: { message: string } }).error.message).toContain(field);
    expect(world.outside()).toMatchObject({ group: "billing", priority: "high" });
  });

  it("to allowed values is what is written, and the workflow goes on with it", async () => {
    const world = triageWorld({ ...unsure, answer: (approval) => edit(approval, { group: "returns", priority: "low" }) });
    expect(await world.engine.run()).toMatchObject({ state: { output: { routed: true, team: "returns", priority: "low" } } });
    expect(world.outside()).toMatchObject({ group: "returns", priority: "low" });
    expect(world.engine.entries("effect.ruled").map((entry) => entry.type === "effect.ruled" && entry.ruling.rule)).toEqual([
      "confidence_below",
      "person_decided",
      "action_listed",
      "action_listed",
    ]);
  });

  it("is ruled on again before it is written, by the rules of the run's own spec version", async () => {
    const world = triageWorld({ ...unsure, answer: (approval) => edit(approval, { group: "returns", priority: "low" }) });
    await world.engine.run();
    const step = world.engine.durable.filter((entry) => entry.step === "route ticket").map(({ type }) => type);
    expect(step).toEqual([
      "effect.intended",
      "effect.looked",
      "effect.ruled",
      "approval.requested",
      "approval.decided",
      "effect.looked",
      "effect.ruled",
      "effect.sending",
      "effect.applied",
      "effect.proved",
    ]);
  });
});

describe("without a person", () => {
  it("a write that the rules deny is never sent, and the author is told which rule it was", async () => {
    const world = triageWorld({ team: "board" });
    expect(await world.engine.run()).toMatchObject({
      state: {
        status: "completed",
        output: { routed: false, because: "denied", reason: expect.stringContaining('"board" is not one of') },
      },
    });
    expect([...world.zendesk.requests, ...world.slack.requests].filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("a person's approval never lifts a denial: a denied write is not even asked", async () => {
    const world = triageWorld({ team: "board", ...unsure, answer: () => expect.unreachable("nobody is asked about what is forbidden") });
    await world.engine.run();
    expect(asked(world.engine.durable)).toEqual([]);
  });

  it.each([0.95, 0.3])("shadow mode sends no request that could change anything (confidence %s)", async (confidence) => {
    const world = triageWorld({ confidence, spec: { mode: "shadow" }, answer: () => expect.unreachable("nobody is asked in shadow mode") });
    expect(await world.engine.run()).toMatchObject({ state: { output: { routed: false, because: "shadow" } } });
    const requests = [...world.zendesk.requests, ...world.slack.requests];
    expect(requests.length).toBeGreaterThan(0);
    expect(requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(world.engine.entries("effect.ruled")).toHaveLength(1);
  });

  it("a regulated workflow asks even for what needs no decision behind it", async () => {
    const reason = "The customer asked for it in writing";
    const world = triageWorld({ spec: { regulated: "credit" }, answer: (approval) => ({ ...approve(approval), reason }) });
    await world.engine.run();
    expect(asked(world.engine.durable).map(({ step, rule }) => [step, rule])).toEqual([
      ["route ticket", "regulated"],
      ["explain route", "regulated"],
      ["tell the team", "regulated"],
    ]);
  });
});
