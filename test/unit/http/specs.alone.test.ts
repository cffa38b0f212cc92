// Rules over HTTP: an author and process owners at the API and at the console's pages, over a real database. Who asks is said by the test; everything behind it is real.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { canonical } from "../../../src/core/json.ts";
import { everywhere, type Principal, type Role } from "../../../src/core/principal.ts";
import { EMERGENCY_MS } from "../../../src/governance/spec-lifecycle.ts";
import { forgeSpec } from "../../harness/forged-spec.ts";
import { type Console, openConsole } from "./console.ts";
import { NOW, SPEC, tell } from "./stories.ts";

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
const ada = person("ada", "reviewer", "operator", "auditor");

const who = vi.hoisted(() => ({ asks: null as unknown }));
vi.mock(import("../../../src/http/identity.ts"), async (original) => ({
  ...(await original()),
  identify: async () => ({ ok: true, identity: who.asks as Principal }),
}));

let open: Console;
beforeEach(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  who.asks = ann;
  const grants = [ann, bert, olga, peter, ada].flatMap((one) => one.grants.map((grant) => ({ ...grant, principal: one.id })));
  open = await openConsole([tell({ ending: "asked", ticket: 1 })], { grants });
});
afterEach(() => {
  vi.useRealTimers();
});

const AT = "/specs/ticket-triage";
const as = (principal: Principal) => {
  who.asks = principal;
};
const page = async (path: string) => (await open.get(path)).text();
const text = (version: number, more: object = {}) => ({ ...SPEC, version, ...more });
const LOWER = { thresholds: { triage: 0.7 } };
const draft = async (more: object = LOWER) => {
  as(ann);
  return open.form(`${AT}/new`, { text: JSON.stringify(text(4, more)) });
};
const post = (what: string, fields: Record<string, string> = {}, version = 4) => open.form(`${AT}/${version}/${what}`, fields);
const digest = async () => {
  const row = await open.db.prepare("select digest from governance_spec where version = 4").first<{ digest: string }>();
  return row?.digest ?? "";
};
const statusOf = async () => {
  const row = await open.db.prepare("select status from governance_spec where version = 4").first<{ status: string }>();
  return row?.status;
};
const asks = (html: string) => [...html.matchAll(/<form method="post" action="[^"]*\/([\w-]+)"/g)].map(([, what]) => what);

describe("the pages of rules", () => {
  it("list what counts, what waits and what was; a workflow without rules runs in shadow", async () => {
    expect(await page("/specs")).toMatch(/Version 3<\/a>\s*counts for new runs/);
    await draft();
    await post("submit");
    expect(await page("/specs")).toMatch(/Version 4<\/a>\s*of ann@example.com waits for approval/);
    as(olga);
    await open.form(`${AT}/3/retire`, { reason: "Too old" });
    const html = await page("/specs");
    expect(html).toContain("Runs in shadow");
    expect(html).toContain("They hold no power to write");
    expect(html).not.toContain("counts for new runs");
    expect(html).toContain('href="/specs" aria-current="page"');
  });

  it("take a version from its first text to the day it counts, each step by whoever may", async () => {
    const saved = await draft();
    expect([saved.status, saved.headers.get("location")]).toEqual([303, `${AT}/4?done=saved`]);
    expect(asks(await page(`${AT}/4`))).toEqual(["submit", "dry-run"]);
    const submitted = await post("submit", { note: "Fewer questions" });
    expect(submitted.headers.get("location")).toBe(`${AT}/4?done=submitted`);
    const own = await page(`${AT}/4`);
    expect(asks(own)).toEqual(["dry-run"]);
    expect(own).toContain("You wrote it: somebody else approves it.");

    as(olga);
    const shown = await page(`${AT}/4`);
    expect(asks(shown)).toEqual(["approve", "reject", "dry-run"]);
    expect(shown).toContain(`name="digest" value="${await digest()}"`);
    expect(shown).toContain("Fewer questions");
    expect(shown).toMatch(/Against version 3, which counts now: one difference\./);
    expect(shown).toMatch(/Threshold for triage: lowered from 0\.8 to 0\.7.*Looser/s);
    expect((await post("approve", { digest: await digest() })).headers.get("location")).toBe(`${AT}/4?done=approved`);
    const approved = await page(`${AT}/4?done=approved`);
    expect(approved).toMatch(/role="status".*Your approval of exactly this text is recorded/s);
    expect(approved).toContain("Counts now");
    expect(asks(approved)).toEqual(["retire", "dry-run"]);
  });

  it("show the rules as a document, and the exact text with its digest", async () => {
    as(ada);
    const html = await page(`${AT}/3`);
    for (const said of [
      "Route new support tickets to the team that can solve them.",
      "triage: when the model is at least 80.0 % sure",
      "zendesk.updateTicket",
      "one of billing, shipping, returns",
      "at most 200 characters",
      "ada@example.com, grace@example.com; one of them decides",
      "They have 4 hours",
      "Writes can be taken back for 30 days, by owner@example.com",
      "30 days after a run’s end",
      "What is not listed is denied.",
    ])
      expect(html).toContain(said);
    expect(html).toContain(canonical(SPEC).replaceAll('"', "&quot;").replaceAll("'", "&#39;"));
    expect(asks(html)).toEqual([]);
    expect(html).not.toContain("/edit");
    expect(await page("/specs")).not.toContain(`${AT}/new`);
  });

  it("keep a text that was refused, name the place in it, and say what to write", async () => {
    const wrong = JSON.stringify(text(4, { review: { ...SPEC.review, slaMinutes: 0 } }), null, 2);
    const refused = await open.form(`${AT}/new`, { text: wrong });
    const html = await refused.text();
    expect(refused.status).toBe(422);
    expect(html).toMatch(/id="spec-body-error">review\.slaMinutes: /);
    expect(html).toContain("&quot;slaMinutes&quot;: 0");
    expect(await (await open.form(`${AT}/new`, { text: "{ half" })).text()).toMatch(/The text is not JSON.*\{ half/s);
    expect(await (await open.form(`${AT}/new`, { text: JSON.stringify(text(9)) })).text()).toContain("version: write 4 here");
    expect(await statusOf()).toBeUndefined();
  });

  it("edit a draft from what was saved, and offer the latest text for a new one", async () => {
    expect(await page(`${AT}/new`)).toContain("&quot;version&quot;: 4");
    await draft();
    expect(await page(`${AT}/4/edit`)).toContain("&quot;triage&quot;: 0.7");
    await post("edit", { text: JSON.stringify(text(4, { thresholds: { triage: 0.75 } })) });
    expect(await page(`${AT}/4`)).toContain("lowered from 0.8 to 0.75");
    as(bert);
    const other = await post("edit", { text: JSON.stringify(text(4)) });
    expect([other.status, await other.text()]).toEqual([403, expect.stringContaining("its author changes it")]);
  });

  it("refuse a digest that is another text's, an approval of one's own, and a reason that is missing", async () => {
    as(bert);
    await open.form(`${AT}/new`, { text: JSON.stringify(text(4, LOWER)) });
    await post("submit");
    const own = await post("approve", { digest: await digest() });
    expect([own.status, await own.text()]).toEqual([403, expect.stringContaining("somebody else approves it")]);
    as(olga);
    const other = await post("approve", { digest: "0".repeat(64) });
    expect([other.status, await other.text()]).toEqual([409, expect.stringContaining("is not the one that was read")]);
    const noReason = await post("reject", { reason: " " });
    expect([noReason.status, await noReason.text()]).toEqual([
      400,
      expect.stringMatching(/id="reject-reason-error">.*Say in a few words why/),
    ]);
    expect(await statusOf()).toBe("submitted");
  });

  it("take an emergency change through two people, and tell when it ends", async () => {
    await draft();
    await post("submit", { emergency: "It writes nonsense" });
    as(olga);
    expect(await page(`${AT}/4`)).toContain("once two people have approved it");
    await post("approve", { digest: await digest() });
    const once = await page(`${AT}/4`);
    expect(once).toContain("You have approved it: a second person must.");
    expect(asks(once)).toEqual(["reject", "dry-run"]);
    as(peter);
    await post("approve", { digest: await digest() });
    expect(await page("/specs")).toMatch(/counts for new runs, as an emergency change until.*24 Nov 2026/s);
    vi.setSystemTime(NOW + EMERGENCY_MS);
    expect(await page(`${AT}/4`)).toContain("Expired");
    expect(await page("/specs")).toMatch(/Version 3<\/a>\s*counts for new runs\./);
  });

  it("try a version on the workflow's last writes", async () => {
    await draft();
    const ran = await post("dry-run");
    expect(ran.status).toBe(200);
    const html = await ran.text();
    expect(html).toContain("Its last 1 write, as the rules see them before any person decides.");
    expect(html).toMatch(/Looser.*asked \(confidence_below\), would be written \(confidence_reached\)/s);
    as(ada);
    expect((await post("dry-run")).status).toBe(403);
  });

  it("show a text that this release does not read, and do not let it be approved", async () => {
    await forgeSpec(open.db, { workflow: "ticket-triage", version: 4, body: '{"old":true}' });
    as(olga);
    const html = await page(`${AT}/4`);
    expect(html).toContain("This release does not read this text");
    expect(html).toContain("{&quot;old&quot;:true}");
    expect(asks(html)).toEqual(["retire"]);
  });

  it("say where the rules and the deployed code are not about the same things", async () => {
    const { "slack.postMessage": _, ...actions } = SPEC.actions;
    await draft({ actions: { ...actions, "zendesk.closeTicket": { ask: "always", fields: {} } }, thresholds: { triage: 0.8, other: 0.5 } });
    const html = await page(`${AT}/4`);
    expect(html).toContain("slack.postMessage is not listed: the workflow may ask for it, and it is denied.");
    expect(html).toContain("zendesk.closeTicket is listed, and the deployed workflow has no such write.");
    expect(html).toContain("other is named, and the deployed workflow makes no such decision.");
    expect(html).not.toContain("triage is named");
  });

  it("escape what people wrote", async () => {
    const evil = `<script>alert(1)</script>"'`;
    await draft({ purpose: evil, rollback: { ...SPEC.rollback, procedure: evil } });
    await post("submit", { note: evil });
    for (const path of ["/specs", `${AT}/4`, `${AT}/4/edit`]) expect(await page(path)).not.toContain("<script");
  });

  it("are nowhere for a version or a workflow that does not exist", async () => {
    for (const path of [`${AT}/9`, `${AT}/9/edit`]) expect((await open.get(path)).status).toBe(404);
    expect((await open.get(`${AT}/x`)).status).toBe(400);
    expect((await open.get("/specs/nothing/new")).status).toBe(409);
  });
});

describe("the API of rules", () => {
  const AT = "/api/specs/ticket-triage";
  const read = async (path: string) => (await open.get(path)).json();
  const put = (path: string, body: unknown) =>
    open.get(path, { method: "PUT", body: JSON.stringify(body), headers: { "content-type": "application/json" } });

  it("takes a version through its life, and says each time how it stands", async () => {
    const made = await open.json(`${AT}/drafts`, { spec: text(4) });
    expect([made.status, await made.json()]).toEqual([201, expect.objectContaining({ version: 4, status: "draft", author: ann.id })]);
    expect(await (await put(`${AT}/4`, { spec: text(4, LOWER) })).json()).toMatchObject({ status: "draft" });
    expect(await (await open.json(`${AT}/4/submit`, { note: "n" })).json()).toMatchObject({ status: "submitted", note: "n" });
    as(olga);
    const body = { digest: await digest() };
    expect(await (await open.json(`${AT}/4/approve`, body)).json()).toMatchObject({
      status: "approved",
      counts: true,
      approvals: [{ by: olga.id }],
    });
    expect(await (await open.json(`${AT}/4/retire`, { reason: "r" })).json()).toMatchObject({ status: "retired", endedBecause: "r" });
    expect(await read("/api/specs")).toMatchObject({
      workflows: [{ workflow: "ticket-triage", versions: [{ version: 4 }, { version: 3, counts: true }] }],
    });
    expect(await read(`${AT}/4`)).toMatchObject({ version: { body: canonical(text(4, LOWER)) }, changes: [{ judgement: "looser" }] });
    expect(await read(`${AT}/diff?from=4&to=3`)).toMatchObject({ changes: [{ path: "thresholds.triage", judgement: "stricter" }] });
  });

  it("names field and fix of what it refuses", async () => {
    const made = await open.json(`${AT}/drafts`, { spec: text(4, { owner: "the boss" }) });
    expect([made.status, await made.json()]).toEqual([422, expect.objectContaining({ code: "spec.invalid", field: "owner" })]);
    expect(await (await open.json(`${AT}/drafts`, {})).json()).toMatchObject({ code: "request.invalid", field: "spec" });
    await open.json(`${AT}/drafts`, { spec: text(4) });
    await open.json(`${AT}/4/submit`, {});
    as(olga);
    expect(await (await open.json(`${AT}/4/approve`, {})).json()).toMatchObject({ field: "digest" });
    expect((await open.json(`${AT}/4/approve`, { digest: "0".repeat(64) })).status).toBe(409);
    expect(await (await open.json(`${AT}/4/reject`, {})).json()).toMatchObject({
      field: "reason",
      detail: "reason: Say in a few words why",
    });
    expect((await open.get(`${AT}/diff?from=3`)).status).toBe(400);
    expect((await open.get(`${AT}/x`)).status).toBe(400);
  });

  it.each([
    ["a reviewer writes", ada, () => open.json(`${AT}/drafts`, { spec: text(4) })],
    ["an author decides", ann, () => open.json(`${AT}/3/retire`, { reason: "r" })],
    ["a process owner who is no author submits", olga, () => open.json(`${AT}/3/submit`, {})],
  ])("is closed where %s", async (_, principal, call) => {
    as(principal);
    const answer = await call();
    expect([answer.status, await answer.json()]).toEqual([403, expect.objectContaining({ code: "access.denied" })]);
  });
});
