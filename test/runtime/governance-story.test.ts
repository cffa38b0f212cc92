// One story through the Worker's own door: a rule is drafted, refused to its author's own approval, approved by another person; a ticket comes, a person is asked;
// what the reviewer may not write is refused, the record moves behind everybody's back, what was decided is asked again, written, taken back with one field in
// conflict; and the audit's copy verifies offline until one byte of it is another.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hmacSha256 } from "../../src/core/crypto.ts";
import type { Role } from "../../src/core/principal.ts";
import { verifyExport } from "../../src/governance/audit-verify.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { outside } from "./outside.ts";
import worker from "./worker.ts";

const WORKFLOW = "ticket-triage";
/** Who is who: nobody here could do another's part. Ann may both draft and approve, and still not her own. */
const PEOPLE = {
  ann: ["author", "process_owner"],
  olga: ["process_owner"],
  grace: ["reviewer"],
  otto: ["operator"],
  aud: ["auditor"],
} as const satisfies Record<string, readonly Role[]>;
type Person = keyof typeof PEOPLE;
const address = (person: Person): string => `${person}@example.com`;

let world: ReturnType<typeof outside>;
beforeAll(async () => {
  world = outside();
  await env.DB.batch(
    Object.entries(PEOPLE).flatMap(([person, roles]) =>
      roles.map((role) =>
        env.DB.prepare(
          "insert into role_grant (principal, role, workflow, granted_at, granted_by) values (?, ?, ?, 1, 'admin@example.com') on conflict do nothing",
        ).bind(address(person as Person), role, WORKFLOW),
      ),
    ),
  );
});
afterAll(() => {
  vi.restoreAllMocks();
});

async function ask(person: Person, method: "GET" | "POST", path: string, body?: object): Promise<Response> {
  const execution = createExecutionContext();
  const request = new Request(`https://interlock.test${path}`, {
    method,
    ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
  });
  const response = await worker.fetch(request, { ...env, DEV_IDENTITY: `${person} <${address(person)}>` }, execution);
  await waitOnExecutionContext(execution);
  return response;
}

async function told<T>(person: Person, method: "GET" | "POST", path: string, body?: object): Promise<T> {
  const response = await ask(person, method, path, body);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** As Zendesk signs it. The queue is left out: the event goes straight to its partition, as it does when the queue is down. */
async function webhook(ticket: string): Promise<Response> {
  const body = JSON.stringify({
    account_id: 7,
    id: `story-${ticket}`,
    time: new Date().toISOString(),
    type: "zen:event-type:ticket.created",
    subject: `zen:ticket:${ticket}`,
    zendesk_event_version: "2022-11-06",
    detail: { id: ticket, actor_id: "501" },
    event: {},
  });
  const timestamp = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const signature = btoa(String.fromCharCode(...hmacSha256("sandbox-webhook-secret", [timestamp, body])));
  const execution = createExecutionContext();
  const response = await worker.fetch(
    new Request("https://interlock.test/hooks/zendesk", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-zendesk-webhook-invocation-id": "8350205582",
        "x-zendesk-webhook-signature-timestamp": timestamp,
        "x-zendesk-webhook-signature": signature,
      },
      body,
    }),
    { ...env, EVENTS: { send: () => Promise.reject(new Error("the queue is down")) } as unknown as Queue },
    execution,
  );
  await waitOnExecutionContext(execution);
  return response;
}

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
    { timeout: 15_000, interval: 50 },
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
    await vi.waitFor(async () => expect((await effectOf(second.run))?.status).toBe("applied"), { timeout: 15_000, interval: 50 });
    const groups = new Map(world.zendesk.groups.map(({ id, name }) => [id, name]));
    const written = world.zendesk.tickets.get(ticket);
    expect([groups.get(written?.group_id ?? 0), written?.priority]).toEqual(["shipping", "low"]);
  });

  it("taken back, it restores the field that is still ours, and leaves the other to whoever changed it", async () => {
    world.zendesk.edit(ticket, { priority: "urgent" });
    expect((await ask("grace", "POST", `/api/runs/${second.run}/undo`, { step: STEP })).status).toBe(403);
    expect((await ask("otto", "POST", `/api/runs/${second.run}/undo`, { step: STEP })).status).toBe(202);
    await vi.waitFor(async () => expect((await effectOf(second.run))?.status).toBe("undo_conflict"), { timeout: 15_000, interval: 50 });
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
