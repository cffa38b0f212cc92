// The declared envelopes of this deployment, held as a golden file: a change of what a workflow may do, or of what data goes to a model, is a line that a
// reviewer sees. And the digest that a run is pinned to: the same for the same envelope, another for any change of it.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { deployment } from "../../../src/config.ts";
import { canonical, type JsonObject } from "../../../src/core/json.ts";
import type { Workflow } from "../../../src/engine/define.ts";
import { manifestDigest, manifestOf } from "../../../src/engine/manifest.ts";
import { ticketTriage } from "../../../src/workflows/ticket-triage/workflow.ts";
import { ledgerConnector } from "./ledger.ts";

const GOLDEN = "test/golden/manifests.json";
const RENEW = "UPDATE_GOLDEN=1 npx vitest run --project unit test/unit/engine/manifest.test.ts";

const manifests = Object.fromEntries(
  deployment.workflows.map((workflow) => [`${workflow.name}@${workflow.version}`, manifestOf(workflow)]),
);

/** What differs, as paths a person can find: "ticket-triage@1.dataFlow.0.redact". */
function differences(golden: unknown, now: unknown, path = ""): string[] {
  if (canonical(golden) === canonical(now)) return [];
  const isTree = (value: unknown): value is object => typeof value === "object" && value !== null;
  if (!isTree(golden) || !isTree(now) || Array.isArray(golden) !== Array.isArray(now)) return [path];
  const names = [...new Set([...Object.keys(golden), ...Object.keys(now)])];
  const member = (value: object, name: string) => (value as Record<string, unknown>)[name];
  return names.flatMap((name) => differences(member(golden, name), member(now, name), path ? `${path}.${name}` : name));
}

const review = (changed: readonly string[]): string =>
  `The manifests of src/config.ts differ from ${GOLDEN} in ${changed.join(", ")}.\n` +
  `If that is meant, renew the file and have the change reviewed (data flow: by the data protection officer):\n  ${RENEW}`;

describe("the golden manifests", () => {
  it("are those of every workflow that this deployment runs", () => {
    if (process.env.UPDATE_GOLDEN) {
      writeFileSync(GOLDEN, `${JSON.stringify(manifests, null, 2)}\n`);
      execFileSync("npx", ["biome", "format", "--write", GOLDEN]);
    }
    const golden = existsSync(GOLDEN) ? JSON.parse(readFileSync(GOLDEN, { encoding: "utf8" })) : {};
    const changed = differences(golden, manifests);
    expect(changed, review(changed)).toEqual([]);
  });

  it("fail with what changed and how to renew them", () => {
    const golden = { "triage@1": { dataFlow: [{ element: "subject", redact: ["email"] }], uses: {} } };
    const now = { "triage@1": { dataFlow: [{ element: "subject", redact: [] }, { element: "body" }], uses: {} }, "other@1": {} };
    const changed = differences(golden, now);
    expect(changed).toEqual(["triage@1.dataFlow.0.redact.0", "triage@1.dataFlow.1", "other@1"]);
    expect(review(changed)).toContain("triage@1.dataFlow.1");
    expect(review(changed)).toContain("UPDATE_GOLDEN=1 npx vitest");
  });

  it("hold nothing of a workflow's body and no function", () => {
    for (const workflow of deployment.workflows) {
      const manifest = manifestOf(workflow);
      expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
      expect(manifestOf({ ...workflow, body: async () => "another" })).toEqual(manifest);
    }
  });
});

/** The same value with every object's members in the opposite order. */
function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  ) as T;
}

describe("a manifest's digest", () => {
  const known = manifestDigest(ticketTriage);
  const [subject, ...rest] = ticketTriage.dataFlow;
  if (!subject) throw new Error("ticket triage sends nothing to a model");
  const { desk, chat } = ticketTriage.uses;
  if (desk?.kind !== "connector" || chat?.kind !== "connector") throw new Error("ticket triage uses two connectors");
  const { updateTicket } = desk.actions;
  if (updateTicket?.effect === "read" || !updateTicket) throw new Error("ticket triage updates tickets");

  it("is the same for an equal envelope, whatever the order of its members", () => {
    const { body, decisions, lane, ...envelope } = ticketTriage;
    const again: Workflow = { ...reversed(envelope), body, decisions, lane } as Workflow;
    expect(Object.keys(again)).not.toEqual(Object.keys(ticketTriage));
    expect(manifestDigest(again)).toBe(known);
  });

  it("is the same each time it is asked for", () => {
    expect(manifestDigest(ticketTriage)).toBe(known);
    expect(manifestDigest({ ...ticketTriage })).toBe(known);
  });

  const changes: Record<string, Partial<Workflow>> = {
    "another element goes to the model": { dataFlow: [...ticketTriage.dataFlow, { ...subject, element: "ticket.requester" }] },
    "an element no longer goes": { dataFlow: rest },
    "an element is of another class": { dataFlow: [{ ...subject, class: "special" }, ...rest] },
    "an element goes for another purpose": { dataFlow: [{ ...subject, purpose: "training" }, ...rest] },
    "an element goes on another legal basis": { dataFlow: [{ ...subject, basis: "consent" }, ...rest] },
    "an element is redacted less": { dataFlow: [{ ...subject, redact: ["email", "phone"] }, ...rest] },
    "an element is no longer redacted": {
      dataFlow: [
        { element: subject.element, class: "personal", to: "model", purpose: "routing", basis: "contract", retentionDays: 30 },
        ...rest,
      ],
    },
    "an element is kept longer": { dataFlow: [{ ...subject, retentionDays: 31 }, ...rest] },
    "a text is asked for": { drafts: ["reply"] },
    "a decision is sampled no more": { unsampled: ["triage"] },
    "another model is asked": { uses: { ...ticketTriage.uses, model: { kind: "model", model: "other" } } },
    "another connector is used": { uses: { ...ticketTriage.uses, book: ledgerConnector.only("addLine") } },
    "an action is no longer used": { uses: { ...ticketTriage.uses, chat: { ...chat, actions: {} } } },
    "an action's undo is another": {
      uses: {
        ...ticketTriage.uses,
        desk: { ...desk, actions: { ...desk.actions, updateTicket: { ...updateTicket, undo: { kind: "irreversible", because: "x" } } } },
      },
    },
    "an action can no longer be looked up": {
      uses: {
        ...ticketTriage.uses,
        desk: { ...desk, actions: { ...desk.actions, updateTicket: { ...updateTicket, idempotency: "none" } } },
      },
    },
    "a decision has another answer": { decisions: { triage: z.object({ team: z.enum(["billing", "board"]) }) } },
    "another event starts it": { trigger: { connector: "zendesk", type: "ticket.updated" } },
    "its purpose is another": { purpose: "Send marketing" },
    "its version is another": { version: 2 },
  };

  it.each(Object.entries(changes))("is another when %s", (_, change) => {
    expect(manifestDigest({ ...ticketTriage, ...change })).not.toBe(known);
  });

  it("is never that of another change", () => {
    const digests = Object.values(changes).map((change) => manifestDigest({ ...ticketTriage, ...change }));
    expect(new Set(digests).size).toBe(digests.length);
  });
});

it("a manifest names each action with what it does to the world", () => {
  const { uses } = manifestOf(ticketTriage) as { uses: JsonObject };
  expect(uses).toMatchObject({
    desk: {
      connector: "zendesk",
      actions: { getTicket: { effect: "read" }, updateTicket: { effect: "write", idempotency: "lookup", undo: "restore" } },
    },
    chat: { connector: "slack", actions: { postMessage: { effect: "send", undo: "irreversible" } } },
    model: { model: "default" },
  });
});
