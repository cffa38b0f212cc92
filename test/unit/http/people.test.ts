// Grants from end to end: asked for over the API and on the page, kept in D1, counted at the next request.
import { beforeEach, describe, expect, it } from "vitest";
import { type GrantTo, seedGrants } from "../../../sandbox/grants.ts";
import { admins, principalOf } from "../../../src/operations/grants.ts";
import { type Console, openConsole } from "./console.ts";
import { MINUTE, NOW, type Story, tell } from "./stories.ts";

const ADA = "Ada Reviewer <ada@example.com>";
const ALAN = "Alan <alan@example.com>";
const GRACE = "Grace <grace@example.com>";
const admin: GrantTo = { principal: "alan@example.com", role: "admin", workflow: "*" };

let asked: Story;
let open: Console;
const as = (named: string) => Object.assign(open.env, { DEV_IDENTITY: named });
beforeEach(async () => {
  asked = tell({ ending: "asked", ticket: 1, startedAt: Date.now() - 10 * MINUTE });
  open = await openConsole([asked], { grants: [admin] });
  as(ALAN);
});

const answer = async (response: Response) => [response.status, (await response.json()) as Record<string, unknown>] as const;
const grant = async (principal: string, role: string, workflow = "ticket-triage") =>
  answer(await open.json("/api/grants", { principal, role, workflow }));
const revoke = async (principal: string, role: string, workflow = "ticket-triage") =>
  answer(await open.json("/api/grants/revoke", { principal, role, workflow }));
const grants = async () =>
  (await answer(await open.get("/api/grants")))[1] as { inForce: object[]; revoked: object[]; firstAdmin: string | null };
const text = async (path: string) => (await open.get(path)).text();

describe("an admin", () => {
  it("grants a role for a workflow, and it counts from the next request on", async () => {
    expect(await grant("Ada@Example.com", "operator")).toMatchObject([
      200,
      { principal: "ada@example.com", role: "operator", workflow: "ticket-triage", grantedBy: "alan@example.com", revokedAt: null },
    ]);
    as(ADA);
    expect((await open.get(`/runs/${asked.id}`)).status).toBe(200);
    expect((await open.json(`/api/runs/${asked.id}/lifecycle`, { do: "pause" })).status).toBe(202);
    expect((await open.get("/api/dead-letters")).status).toBe(403);
    expect((await open.get("/people")).status).toBe(403);
  });

  it("revokes it, which counts from the next request on, and both stay on record with who and when", async () => {
    await grant("ada@example.com", "operator");
    expect(await revoke("ada@example.com", "operator")).toMatchObject([200, {}]);
    expect(await revoke("ada@example.com", "operator")).toMatchObject([404, { code: "grant.not_found" }]);
    const { inForce, revoked } = await grants();
    expect(inForce).toMatchObject([{ principal: "alan@example.com" }]);
    expect(revoked).toMatchObject([{ principal: "ada@example.com", grantedBy: "alan@example.com", revokedBy: "alan@example.com" }]);
    as(ADA);
    expect((await open.get(`/runs/${asked.id}`)).status).toBe(403);
  });

  it("grants again what is in force, and there is one grant still", async () => {
    const [, first] = await grant("ada@example.com", "operator");
    const [status, second] = await grant("ada@example.com", "operator");
    expect([status, second]).toEqual([200, first]);
    expect((await grants()).inForce).toHaveLength(2);
  });

  it("grants nothing to themselves, also not another workflow's role", async () => {
    for (const [role, workflow] of [
      ["admin", "*"],
      ["auditor", "*"],
      ["operator", "ticket-triage"],
    ] as const)
      expect(await grant("ALAN@example.com", role, workflow)).toMatchObject([403, { code: "grant.to_oneself" }]);
    expect((await grants()).inForce).toHaveLength(1);
  });

  it("is told which field is wrong", async () => {
    expect(await grant("ada@", "operator")).toMatchObject([400, { field: "principal" }]);
    expect(await grant("ada lovelace", "operator")).toMatchObject([400, { field: "principal" }]);
    expect(await grant("ada@example.com", "owner")).toMatchObject([400, { field: "role" }]);
    expect(await grant("ada@example.com", "admin", "ticket-triage")).toMatchObject([400, { field: "workflow" }]);
    expect(await grant("ada@example.com", "operator", "no-such")).toMatchObject([409, { code: "workflow.unknown", field: "workflow" }]);
  });
});

describe("who administers grants", () => {
  it.each(["reviewer", "process_owner", "data_protection_officer"])("is not made %s, nor the other way round", async (role) => {
    await grant("grace@example.com", "admin", "*");
    expect(await grant("grace@example.com", role)).toMatchObject([409, { code: "grant.separation", field: "principal" }]);
    await grant("ada@example.com", role);
    expect(await grant("ada@example.com", "admin", "*")).toMatchObject([409, { code: "grant.separation" }]);
    await revoke("ada@example.com", role);
    expect(await grant("ada@example.com", "admin", "*")).toMatchObject([200, { role: "admin" }]);
  });

  it("is one or the other also when two admins grant both at the same moment", async () => {
    const answers = await Promise.all([grant("ada@example.com", "admin", "*"), grant("ada@example.com", "reviewer")]);
    expect(answers.map(([status]) => status).sort()).toEqual([200, 409]);
  });

  it("decides nothing, even if both were written past the operations", async () => {
    await seedGrants(open.db, [{ principal: "alan@example.com", role: "reviewer", workflow: "*" }], NOW);
    expect((await open.get(`/approvals/${asked.approvalId}`)).status).toBe(403);
    expect((await open.json(`/api/approvals/${asked.approvalId}/decision`, { kind: "approved", digest: "x" })).status).toBe(403);
    expect(open.asked).toEqual([]);
  });
});

describe("a service token", () => {
  it("is granted what neither approves, decides nor administers", async () => {
    expect(await grant("e367.access", "auditor")).toMatchObject([200, { principal: "e367.access" }]);
    for (const role of ["reviewer", "process_owner", "data_protection_officer"])
      expect(await grant("e367.access", role)).toMatchObject([409, { code: "grant.separation" }]);
    expect(await grant("e367.access", "admin", "*")).toMatchObject([409, { code: "grant.separation" }]);
    const token = await principalOf(open.env, { kind: "token", id: "e367.access", name: "e367.access" });
    expect(token.grants).toEqual([{ role: "auditor", workflow: "ticket-triage" }]);
  });
});

describe("the first admin", () => {
  beforeEach(async () => {
    open = await openConsole([asked], { env: { FIRST_ADMIN: " Grace@Example.com " } as Partial<Env>, grants: [] });
    as(GRACE);
  });

  it("is the one whom the deployment names, and grants the others", async () => {
    expect(await grants()).toEqual({ inForce: [], revoked: [], firstAdmin: "grace@example.com" });
    expect(await text("/people")).toContain("grace@example.com is admin because this deployment names them");
    expect(await grant("ada@example.com", "operator")).toMatchObject([200, {}]);
    expect(await grant("grace@example.com", "admin", "*")).toMatchObject([403, { code: "grant.to_oneself" }]);
  });

  it("is none any more once somebody is admin by a grant, and is again when nobody is", async () => {
    await grant("alan@example.com", "admin", "*");
    expect((await open.get("/api/grants")).status).toBe(403);
    as(ALAN);
    expect((await grants()).firstAdmin).toBeNull();
    await revoke("alan@example.com", "admin", "*");
    as(GRACE);
    expect((await grants()).firstAdmin).toBe("grace@example.com");
  });

  it("is nobody else, and no token of that name", async () => {
    as(ADA);
    expect((await open.get("/api/grants")).status).toBe(403);
    const token = await principalOf(open.env, { kind: "token", id: "grace@example.com", name: "x" });
    expect(token.grants).toEqual([]);
  });
});

describe("somebody without a role", () => {
  beforeEach(() => as(ADA));

  it("is told who they are and whom to ask, and is shown nothing else", async () => {
    await seedGrants(open.db, [{ ...admin, principal: "grace@example.com" }], NOW);
    for (const path of ["/", "/approvals", `/runs/${asked.id}`, "/people", "/no-such"]) {
      const page = await open.get(path);
      expect(page.status, path).toBe(403);
      const body = await page.text();
      expect(body).toContain("You are ada@example.com. Ask alan@example.com or grace@example.com");
      expect(body).not.toContain("<nav");
    }
    expect(await answer(await open.get("/api/runs"))).toMatchObject([403, { code: "access.no_grant" }]);
  });

  it("is told how there will be an admin, where there is none", async () => {
    open = await openConsole([], { grants: [] });
    expect(await admins(open.env)).toEqual([]);
    expect(await text("/")).toContain("FIRST_ADMIN");
  });
});

describe("the page of people", () => {
  it("grants and revokes by its forms, and says so", async () => {
    const granted = await open.form("/people/grant", { principal: "ada@example.com", role: "reviewer", workflow: "ticket-triage" });
    expect([granted.status, granted.headers.get("location")]).toEqual([303, "/people?done=granted"]);
    const page = await text("/people?done=granted");
    expect(page).toContain("It is granted.");
    expect(page).toContain("Reviewer of ticket-triage");
    const revoked = await open.form("/people/revoke", { principal: "ada@example.com", role: "reviewer", workflow: "ticket-triage" });
    expect([revoked.status, revoked.headers.get("location")]).toEqual([303, "/people?done=revoked"]);
    expect(await text("/people")).toMatch(/Revoked <time[^>]*>[^<]*<\/time> by alan@example.com/);
  });

  it("keeps what was entered when it is refused", async () => {
    await grant("ada@example.com", "reviewer");
    const refused = await open.form("/people/grant", { principal: "ada@example.com", role: "admin", workflow: "*" });
    expect(refused.status).toBe(409);
    const body = await refused.text();
    expect(body).toContain("ada@example.com holds a role that approves or decides");
    expect(body).toContain("Nothing was changed.");
    expect(body).toContain('value="ada@example.com" aria-invalid="true"');
    expect(body).toMatch(/<option value="admin" selected/);
  });

  it("has no forms for an auditor, who may read it", async () => {
    await grant("ada@example.com", "auditor", "*");
    as(ADA);
    const body = await text("/people");
    expect(body).toContain("Admin of every workflow");
    expect(body).not.toContain("<form");
    expect((await open.form("/people/grant", { principal: "x@example.com", role: "auditor", workflow: "*" })).status).toBe(403);
  });
});

describe("the navigation", () => {
  it("has what the person may open, by groups, and each of its links opens", async () => {
    const headOf = async (page: string) => (await text(page)).split("</header>")[0] as string;
    const linksOn = async (page: string) => [...(await headOf(page)).matchAll(/<li><a href="([^"]+)"/g)].map(([, href]) => href as string);
    expect(await linksOn("/people")).toEqual(["/workflows", "/stops", "/stops", "/people"]);
    await grant("ada@example.com", "author");
    await grant("ada@example.com", "reviewer");
    as(ADA);
    const groups = ["/approvals", "/workflows", "/models", "/stops"];
    expect(await linksOn("/runs")).toEqual([...groups, "/approvals", "/runs", "/effects"]);
    expect(await linksOn("/specs")).toEqual([...groups, "/workflows", "/specs", "/certificates"]);
    // A group of one page has no row of its own.
    expect(await linksOn("/stops")).toEqual(groups);
    for (const href of [...groups, "/runs", "/effects", "/specs"]) expect((await open.get(href)).status, href).toBe(200);
    expect((await open.get("/")).headers.get("location")).toBe("/approvals");
    as(ALAN);
    expect((await open.get("/")).headers.get("location")).toBe("/workflows");
  });
});

describe("an auditor of one workflow", () => {
  const audit: GrantTo = { principal: "ada@example.com", role: "auditor", workflow: "ticket-triage" };

  it("takes a copy of that one without naming it, and is refused another", async () => {
    open = await openConsole([asked], { grants: [audit] });
    const copy = await text("/api/audit/export?format=jsonl");
    expect(JSON.parse(copy.split("\n")[0] ?? "")).toMatchObject({ filter: { workflow: "ticket-triage" } });
    expect((await open.get("/api/audit/export?format=jsonl&workflow=invoices")).status).toBe(403);
    expect(await text("/audit")).toContain("A checkpoint covers every workflow");
  });

  it("of several says which", async () => {
    open = await openConsole([asked], { grants: [audit, { ...audit, workflow: "invoices" }] });
    expect(await answer(await open.get("/api/audit/export?format=csv"))).toMatchObject([400, { field: "workflow" }]);
    expect((await open.get("/api/audit/export?format=csv&workflow=invoices")).status).toBe(200);
  });
});

describe("an operator of one workflow", () => {
  const other = tell({ ending: "asked", ticket: 2 });

  beforeEach(async () => {
    const foreign: Story = { ...other, id: "invoices.1", approvalId: "apr_foreign" };
    open = await openConsole([asked, foreign], { grants: [{ principal: "ada@example.com", role: "operator", workflow: "ticket-triage" }] });
    as(ADA);
    await open.db.prepare("update run set workflow = 'invoices' where id = 'invoices.1'").run();
    await open.db.prepare("update approval set workflow = 'invoices' where run = 'invoices.1'").run();
  });

  it("sees and counts that one’s runs and approvals in every list, and no dead letters", async () => {
    expect(await answer(await open.get("/api/runs"))).toMatchObject([200, { runs: [{ id: asked.id }] }]);
    expect(await answer(await open.get("/api/approvals"))).toMatchObject([200, { approvals: [{ run: asked.id }] }]);
    expect(await answer(await open.get("/api/overview"))).toMatchObject([
      200,
      { runs: { waiting: 1 }, effects: { intended: 1 }, pendingApprovals: 1, deadLetters: null },
    ]);
    expect(await answer(await open.get("/api/workflows"))).toMatchObject([200, { workflows: [{ workflow: "ticket-triage" }] }]);
    expect(await text("/runs")).not.toContain("invoices");
    expect((await open.get("/api/runs/invoices.1")).status).toBe(403);
  });

  it("asks of many runs only that one’s", async () => {
    const many = await open.json("/api/runs/bulk", { filter: { status: "waiting" }, request: { do: "pause" } });
    expect(await answer(many)).toMatchObject([202, { matched: 1, done: 1 }]);
    expect(open.asked.map(({ args }) => args[0])).toEqual([asked.id]);
  });

  it("stops that one and not everything, and sees a stop of everything", async () => {
    expect((await open.json("/api/halts", { scope: "*", on: true, reason: "x" })).status).toBe(403);
    expect((await open.json("/api/halts", { scope: "ticket-triage", on: true, reason: "x" })).status).toBe(200);
    await seedGrants(open.db, [{ principal: "grace@example.com", role: "operator", workflow: "*" }], NOW);
    as(GRACE);
    await open.json("/api/halts", { scope: "*", on: true, reason: "all" });
    as(ADA);
    expect(await answer(await open.get("/api/halts"))).toMatchObject([200, { switches: [{ scope: "*" }, { scope: "ticket-triage" }] }]);
    const page = await text("/stops");
    expect(page.match(/<input type="hidden" name="scope" value="[^"]*"/g)).toEqual([
      '<input type="hidden" name="scope" value="ticket-triage"',
    ]);
  });
});
