// Governance specs as people govern them: two authors and two process owners over a real database, and which version a new run would begin under.
import { beforeEach, describe, expect, it } from "vitest";
import { sha256Hex } from "../../../src/core/crypto.ts";
import type { Result } from "../../../src/core/errors.ts";
import { canonical } from "../../../src/core/json.ts";
import { everywhere, type Principal, type Role } from "../../../src/core/principal.ts";
import { readStarting } from "../../../src/db/starting.ts";
import { EMERGENCY_MS } from "../../../src/governance/spec-lifecycle.ts";
import type { Context } from "../../../src/operations/context.ts";
import {
  approveSpec,
  newDraft,
  rejectSpec,
  retireSpec,
  type SpecName,
  saveDraft,
  submitSpec,
} from "../../../src/operations/govern-spec.ts";
import { compareSpecs, draftBasis, readSpecs, readSpecVersion } from "../../../src/operations/read-specs.ts";
import { specFor } from "../../../src/operations/start-runs.ts";
import { ticketTriageSpec } from "../../../src/workflows/ticket-triage/governance.ts";
import { ticketTriage } from "../../../src/workflows/ticket-triage/workflow.ts";
import { forgeSpec } from "../../harness/forged-spec.ts";
import { fakeD1 } from "../http/fake-d1.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 23, 12);
const WORKFLOW = "ticket-triage";
const person = (id: string, ...roles: Role[]): Principal => ({
  kind: "person",
  id: `${id}@example.com`,
  name: id,
  grants: everywhere(...roles),
});
const ann = person("ann", "author");
const bert = person("bert", "author", "process_owner");
const olga = person("olga", "process_owner");
const peter = person("peter", "process_owner");

let db: D1Database;
let context: Context;
beforeEach(() => {
  db = fakeD1();
  context = { env: { DB: db }, deployment: { workflows: [ticketTriage] }, waitUntil: () => undefined } as unknown as Context;
});

const text = (version: number, more: object = {}) => ({ ...ticketTriageSpec, version, ...more });
const digestOf = (version: number, more: object = {}) => sha256Hex(canonical(text(version, more)));
const said = (result: Result<unknown>) => (result.ok ? "done" : result.error.code);
const name = (version: number): SpecName => ({ workflow: WORKFLOW, version });
const draft = async (version: number, by = ann, more: object = {}) => said(await newDraft(context, by, WORKFLOW, text(version, more), NOW));
const submit = async (version: number, by = ann, more: object = {}) => said(await submitSpec(context, by, name(version), more, NOW));
const approve = async (version: number, by = olga, at = NOW, digest = digestOf(version)) =>
  said(await approveSpec(context, by, name(version), { digest }, at));
const counting = async (now = NOW) => {
  const { specs } = await readStarting(db, [WORKFLOW], 4, now);
  const spec = specFor(ticketTriage, specs);
  return spec.ok ? spec.value.version : spec.error.message;
};
const go = async (version: number) =>
  expect([await draft(version), await submit(version), await approve(version)]).toEqual(["done", "done", "done"]);
const emergency = async (version: number, at: number) =>
  expect([
    await draft(version),
    await submit(version, ann, { emergency: "It writes nonsense" }),
    await approve(version, olga, at),
    await approve(version, peter, at),
  ]).toEqual(["done", "done", "done", "done"]);

describe("a draft", () => {
  it("gets the next number, and says so where another stands in its text", async () => {
    expect(await draft(1)).toBe("done");
    expect(await newDraft(context, ann, WORKFLOW, text(1), NOW)).toMatchObject({
      ok: false,
      error: { code: "spec.invalid", field: "version", message: "version: write 2 here" },
    });
    expect(await draft(2)).toBe("done");
  });

  it("is a spec of its workflow: an error names the place", async () => {
    const wrong = text(1, { rollback: { ...ticketTriageSpec.rollback, windowDays: 0 } });
    expect(await newDraft(context, ann, WORKFLOW, wrong, NOW)).toMatchObject({
      error: { code: "spec.invalid", field: "rollback.windowDays" },
    });
    expect(await newDraft(context, ann, WORKFLOW, "text", NOW)).toMatchObject({ error: { code: "spec.invalid" } });
    expect(await newDraft(context, ann, WORKFLOW, text(1, { workflow: "other" }), NOW)).toMatchObject({ error: { field: "workflow" } });
    expect(await newDraft(context, ann, "other", text(1, { workflow: "other" }), NOW)).toMatchObject({
      error: { code: "workflow.unknown" },
    });
  });

  it("is changed by its author until it is submitted", async () => {
    await draft(1);
    const purpose = { purpose: "Another" };
    expect(said(await saveDraft(context, bert, name(1), text(1, purpose), NOW))).toBe("spec.not_yours");
    expect(said(await saveDraft(context, ann, name(1), text(1, purpose), NOW))).toBe("done");
    await submit(1);
    expect(said(await saveDraft(context, ann, name(1), text(1), NOW))).toBe("spec.wrong_state");
    const read = await readSpecVersion(context, name(1), NOW);
    expect(read).toMatchObject({
      value: { version: { digest: digestOf(1, purpose), body: canonical(text(1, purpose)), status: "submitted" } },
    });
  });

  it("begins from the latest text; the first from what the code says of itself, which nobody can submit as it is", async () => {
    const first = await draftBasis(context, WORKFLOW, NOW);
    expect(first).toMatchObject({ value: { version: 1, text: { mode: "shadow", owner: "", thresholds: { triage: 1 } } } });
    const basis = first.ok ? (first.value.text as { actions: object }) : null;
    expect(Object.keys(basis?.actions ?? {}).sort()).toEqual(Object.keys(ticketTriageSpec.actions).sort());
    expect(said(await newDraft(context, ann, WORKFLOW, basis, NOW))).toBe("spec.invalid");
    await draft(1);
    expect(await draftBasis(context, WORKFLOW, NOW)).toEqual({ ok: true, value: { version: 2, text: text(2) } });
  });
});

describe("who", () => {
  it("writes is an author, and who decides a process owner", async () => {
    expect(await draft(1, olga)).toBe("access.denied");
    await draft(1);
    expect(await submit(1, olga)).toBe("access.denied");
    await submit(1);
    expect(await approve(1, ann)).toBe("access.denied");
    for (const end of [rejectSpec, retireSpec]) expect(said(await end(context, ann, name(1), { reason: "x" }, NOW))).toBe("access.denied");
  });

  it("wrote a version does not approve it, with both roles", async () => {
    await draft(1, bert);
    await submit(1, bert);
    expect(await approve(1, bert)).toBe("spec.not_yours");
    expect(await approve(1, olga)).toBe("done");
  });
});

describe("an approval", () => {
  it("is of the text that was read", async () => {
    await draft(1);
    await submit(1);
    expect(await approve(1, olga, NOW, digestOf(2))).toBe("spec.changed");
    expect(await counting()).toBe(0);
    expect(await approve(1)).toBe("done");
    expect(await counting()).toBe(1);
  });

  it("is one: of two people at once, one comes too late", async () => {
    await draft(1);
    await submit(1);
    const both = await Promise.all([approve(1, olga), approve(1, peter)]);
    expect(both.sort()).toEqual(["done", "spec.wrong_state"]);
  });

  it("of what nobody has is refused", async () => {
    expect(await approve(9)).toBe("spec.not_found");
  });
});

describe("for a new run counts", () => {
  it("nothing at all, and it begins in shadow, until a version is approved", async () => {
    expect(await counting()).toBe(0);
    await draft(1);
    expect(await counting()).toBe(0);
    await submit(1);
    expect(await counting()).toBe(0);
    await approve(1);
    expect(await counting()).toBe(1);
  });

  it("the highest approved version; after it is retired the next one, and in the end none", async () => {
    await go(1);
    await go(2);
    expect(await counting()).toBe(2);
    expect(said(await retireSpec(context, olga, name(2), { reason: "Too loose" }, NOW))).toBe("done");
    expect(await counting()).toBe(1);
    await retireSpec(context, olga, name(1), { reason: "All of it" }, NOW);
    expect(await counting()).toBe(0);
  });

  it("no version that was rejected", async () => {
    await draft(1);
    await submit(1);
    expect(said(await rejectSpec(context, olga, name(1), { reason: "Too loose" }, NOW))).toBe("done");
    expect(await counting()).toBe(0);
    expect(await approve(1)).toBe("spec.wrong_state");
  });

  it("an emergency version once two people besides its author agreed, and after 24 hours the one before it again", async () => {
    await go(1);
    expect([await draft(2), await submit(2, ann, { emergency: "It writes nonsense" })]).toEqual(["done", "done"]);
    expect(await approve(2, olga)).toBe("done");
    expect(await counting()).toBe(1);
    expect(await approve(2, olga)).toBe("spec.not_yours");
    expect(await approve(2, peter, NOW + HOUR)).toBe("done");
    expect(await counting(NOW + HOUR)).toBe(2);
    expect(await counting(NOW + HOUR + EMERGENCY_MS - 1)).toBe(2);
    expect(await counting(NOW + HOUR + EMERGENCY_MS)).toBe(1);
  });

  it("an emergency version that two people approve at the same moment, for 24 hours", async () => {
    await draft(1);
    await submit(1, ann, { emergency: "It writes nonsense" });
    expect(await Promise.all([approve(1, olga), approve(1, peter)])).toEqual(["done", "done"]);
    expect([await counting(NOW + EMERGENCY_MS - 1), await counting(NOW + EMERGENCY_MS)]).toEqual([1, 0]);
  });

  it("an emergency version in force even beside a higher one, and never beyond its time", async () => {
    await draft(1);
    await submit(1, ann, { emergency: "It writes nonsense" });
    await go(2);
    await approve(1, olga);
    await approve(1, peter);
    expect(await counting(NOW)).toBe(1);
    expect(await counting(NOW + EMERGENCY_MS)).toBe(2);
  });

  it("nothing, and the run is in shadow, where an emergency version was all there was", async () => {
    await emergency(1, NOW);
    expect(await counting(NOW)).toBe(1);
    expect(await counting(NOW + EMERGENCY_MS)).toBe(0);
  });

  it("an emergency version no longer once it is retired", async () => {
    await go(1);
    await emergency(2, NOW);
    await retireSpec(context, olga, name(2), { reason: "Over" }, NOW);
    expect(await counting(NOW)).toBe(1);
  });
});

describe("an approved text that is not what it says", () => {
  it.each<[string, string, string | null, RegExp]>([
    ["digest is another's", "{}", digestOf(1), /version 2, is not the text that was approved: its digest differs/],
    ["text is no JSON", "{", null, /version 2, is not JSON/],
    ["text is no spec", "{}", null, /version 2, does not fit its schema: workflow/],
    ["text is of another version", canonical(text(1)), null, /version 2, says that it is version 1/],
  ])("starts no run: its %s", async (_, body, digest, message) => {
    await go(1);
    await forgeSpec(db, { workflow: WORKFLOW, version: 2, body, digest: digest ?? sha256Hex(body) });
    expect(await counting()).toMatch(message);
  });
});

it("the list shows each workflow with its versions, and between two of them what differs", async () => {
  await go(1);
  await draft(2, ann, { thresholds: { triage: 0.5 } });
  expect(await readSpecs(context, "*", NOW)).toMatchObject([
    {
      workflow: WORKFLOW,
      versions: [
        { version: 2, status: "draft", counts: false },
        { version: 1, status: "approved", counts: true, approvals: [{ by: olga.id }] },
      ],
    },
  ]);
  expect(await compareSpecs(context, WORKFLOW, { from: 1, to: 2 }, NOW)).toMatchObject({
    value: { changes: [{ path: "thresholds.triage", before: 0.6, after: 0.5, judgement: "looser" }] },
  });
  expect(said(await compareSpecs(context, WORKFLOW, { from: 1, to: 3 }, NOW))).toBe("spec.not_found");
});
