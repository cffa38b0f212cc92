// One story through the Worker's own door: a rule is drafted, refused to its author's own approval, approved by another person; a ticket comes, a person is asked;
// what the reviewer may not write is refused, the record moves behind everybody's back, what was decided is asked again, written, taken back with one field in
// conflict; and the audit's copy verifies offline until one byte of it is another.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Role } from "../../src/core/principal.ts";
import { verifyExport } from "../../src/governance/audit-verify.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { ask, grantOnly, told, webhook } from "./door.ts";
import { outside } from "./outside.ts";

const WORKFLOW = "ticket-triage";
/** Who is who: nobody here could do another's part. Ann may both draft and approve, and still not her own. */
const PEOPLE = {
  ann: ["author", "process_owner"],
  olga: ["process_owner"],
  grace: ["reviewer"],
  otto: ["operator"],
  aud: ["auditor"],
} as const satisfies Record<string, readonly Role[]>;

let world: ReturnType<typeof outside>;
beforeAll(async () => {
  world = outside();
  await grantOnly(PEOPLE, WORKFLOW);
});
afterAll(() => {
  vi.restoreAllMocks();
});

interface Shown {
  readonly approval: {
    readonly status: string;
    readonly approval: { readonly digest: string; readonly values: { readonly group: string; readonly priority: string } };
  };
}
interface Listed {
  readonly approvals: readonly { readonly id: string; readonly run: string; readonly step: string }[];
}

const STEP = "route ticket";
const pendingOf = (ticket: string, other: string | null = null) =>
  vi.waitFor(
    async () => {
      const { approvals } = await told<Listed>("grace", "GET", "/api/approvals");
      const found = approvals.find((one) => one.id !== other && JSON.stringify(one).includes(ticket));
      expect(found).toBeDefined();
      return found as Listed["approvals"][number];
    },
    { timeout: 60_000, interval: 50 },
  );
const effectOf = (run: string) =>
  told<{ effects: { step: string; status: string; body: object }[] }>("otto", "GET", `/api/runs/${run}`).then(({ effects }) =>
    effects.find(({ step }) => step === STEP),
  );

describe("governance, from a draft to its proof", () => {
  let version = 0;
  let digest = "";
  let ticket = "";
  let first: Listed["approvals"][number];
  let second: Listed["approvals"][number];

  it("an author's draft is submitted, and the author cannot approve it, with the role that it takes", async () => {
    const spec = { ...ticketTriageSpec, version: 2, thresholds: { triage: 0.99 } };
    const drafted = await told<{ version: number }>("ann", "POST", `/api/specs/${WORKFLOW}/drafts`, { spec });
    version = drafted.version;
    expect(version).toBe(2);
    const submitted = await told<{ status: string; digest: string }>("ann", "POST", `/api/specs/${WORKFLOW}/2/submit`, {});
    expect(submitted.status).toBe("submitted");
    digest = submitted.digest;
    const refused = await ask("ann", "POST", `/api/specs/${WORKFLOW}/2/approve`, { digest });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, "spec.not_yours"]);
  });

  it("another process owner approves exactly that text", async () => {
    const other = await ask("olga", "POST", `/api/specs/${WORKFLOW}/2/approve`, { digest: "0".repeat(64) });
    expect(other.status).toBe(409);
    const approved = await told<{ status: string }>("olga", "POST", `/api/specs/${WORKFLOW}/2/approve`, { digest });
    expect(approved.status).toBe("approved");
  });

  it("a ticket's run asks, for its model is not sure enough for the new rule", async () => {
    ticket = world.zendesk.add({ subject: "Charged twice", description: "team=billing confidence=0.9", group_id: 100, priority: null });
    expect((await webhook(ticket)).status).toBe(202);
    first = await pendingOf(ticket);
    expect(world.zendesk.writes.get(ticket) ?? 0).toBe(0);
  });

  it("a value that the spec does not list is refused, whoever decides", async () => {
    const { approval } = await shown(first.id);
    expect(approval.status).toBe("pending");
    const forbidden = { kind: "edited", digest: approval.approval.digest, values: { ...approval.approval.values, group: "board" } };
    const refused = await ask("grace", "POST", `/api/approvals/${first.id}/decision`, forbidden);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([422, "approval.edit_refused"]);
    expect((await ask("otto", "POST", `/api/approvals/${first.id}/decision`, forbidden)).status).toBe(403);
    expect(world.zendesk.writes.get(ticket) ?? 0).toBe(0);
  });

  it("what was decided on a record that has moved meanwhile is void, and asked again", async () => {
    const { approval } = await shown(first.id);
    world.zendesk.edit(ticket, { group_id: 104 });
    await told("grace", "POST", `/api/approvals/${first.id}/decision`, {
      kind: "edited",
      digest: approval.approval.digest,
      values: { ...approval.approval.values, group: "shipping", priority: "low" },
    });
    second = await pendingOf(ticket, first.id);
    expect((await shown(first.id)).approval.status).toBe("voided");
    expect(world.zendesk.writes.get(ticket) ?? 0).toBe(0);
  });

  it("the second decision is written", async () => {
    const { approval } = await shown(second.id);
    await told("grace", "POST", `/api/approvals/${second.id}/decision`, {
      kind: "edited",
      digest: approval.approval.digest,
      values: { ...approval.approval.values, group: "shipping", priority: "low" },
    });
    await vi.waitFor(async () => expect((await effectOf(second.run))?.status).toBe("applied"), { timeout: 60_000, interval: 50 });
    const groups = new Map(world.zendesk.groups.map(({ id, name }) => [id, name]));
    const written = world.zendesk.tickets.get(ticket);
    expect([groups.get(written?.group_id ?? 0), written?.priority]).toEqual(["shipping", "low"]);
  });

  it("taken back, it restores the field that is still ours, and leaves the other to whoever changed it", async () => {
    world.zendesk.edit(ticket, { priority: "urgent" });
    expect((await ask("grace", "POST", `/api/runs/${second.run}/undo`, { step: STEP })).status).toBe(403);
    expect((await ask("otto", "POST", `/api/runs/${second.run}/undo`, { step: STEP })).status).toBe(202);
    await vi.waitFor(async () => expect((await effectOf(second.run))?.status).toBe("undo_conflict"), { timeout: 60_000, interval: 50 });
    expect(world.zendesk.tickets.get(ticket)).toMatchObject({ group_id: 104, priority: "urgent" });
  });

  it("the audit's copy verifies offline, and one byte changed in it is found", async () => {
    const response = await ask("aud", "GET", `/api/audit/export?format=jsonl&run=${second.run}`);
    const lines = (await response.text()).split("\n");
    const report = verifyExport(lines, {});
    expect(report.ok ? report.runs : report).toBe(1);
    const at = lines.findIndex((line) => line.includes('"effect.proved"'));
    const bent = lines.with(at, (lines[at] as string).replace("effect.proved", "effect.proveD"));
    const found = verifyExport(bent, {});
    expect(found.ok ? "" : found.broken.what).toContain(second.run);
  });

  const shown = (id: string) => told<Shown>("grace", "GET", `/api/approvals/${id}`);
});
