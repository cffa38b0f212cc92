// Provider cards: who may record one, what is refused and at which field, how each stands on the page, and that a call goes by what was recorded.
import { describe, expect, it } from "vitest";
import { everywhere } from "../../../src/core/principal.ts";
import { readCard } from "../../../src/db/provider-cards.ts";
import { decideSend } from "../../../src/governance/data-flow.ts";
import { readProviders } from "../../../src/operations/read-providers.ts";
import { openConsole } from "./console.ts";
import { acme, ada, asking, dora, openPapers, outsideModel, person } from "./papers.ts";

const DAY = 24 * 60 * 60_000;
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
const card = (more: Record<string, unknown> = {}) => ({
  ...acme,
  dpaSignedOn: "2026-01-15",
  dpaExpires: null,
  region: "eu",
  zeroRetention: true,
  transfer: "standard-clauses",
  ...more,
});
const entered = (more: Record<string, string> = {}) => ({
  ...acme,
  dpaSignedOn: "2026-01-15",
  dpaExpires: "",
  region: "EU ",
  keeps: "nothing",
  transfer: "adequacy",
  ...more,
});

describe("a card", () => {
  it("is recorded by a data-protection officer, and the next call goes by it", async () => {
    const { json, db } = await openPapers();
    expect(decideSend(acme, await readCard(db, acme), Date.now())).toContain("No provider card is on record");
    const answer = await json(dora, "/api/provider-cards", card());
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ ...card(), recordedBy: "dora@example.com" });
    expect(decideSend(acme, await readCard(db, acme), Date.now())).toBeNull();
  });

  it("is recorded by nobody else", async () => {
    const { json, db } = await openPapers();
    for (const other of [ada, person("eve@example.com", "admin", "author", "process_owner")]) {
      const answer = await json(other, "/api/provider-cards", card());
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: "access.denied" });
    }
    expect(await readCard(db, acme)).toBeNull();
  });

  it("that is changed is a new row, and the latest counts, even within a millisecond", async () => {
    const { json, get } = await openPapers();
    for (const region of ["eu", "us", "ch"]) await json(dora, "/api/provider-cards", card({ region }));
    const { providers, history } = (await (await get(ada, "/api/provider-cards")).json()) as Awaited<ReturnType<typeof readProviders>>;
    expect(history.map(({ region }) => region)).toEqual(["ch", "us", "eu"]);
    expect(providers.map((one) => one.card?.region)).toEqual(["ch"]);
  });

  it("without a signed agreement takes an earlier one back", async () => {
    const { json, db } = await openPapers();
    await json(dora, "/api/provider-cards", card());
    await json(dora, "/api/provider-cards", card({ dpaSignedOn: null }));
    expect(decideSend(acme, await readCard(db, acme), Date.now())).toContain("is not signed");
  });

  it.each([
    ["dpaSignedOn", { dpaSignedOn: "15.01.2026" }],
    ["dpaSignedOn", { dpaSignedOn: "2026-02-30" }],
    ["dpaExpires", { dpaExpires: "2026-13-01" }],
    ["dpaExpires", { dpaExpires: "2025-12-31" }],
    ["dpaSignedOn", { dpaSignedOn: null, dpaExpires: "2027-01-01" }],
    ["host", { host: "https://api.acme.example/v1" }],
    ["host", { host: "api.acme.example/v1" }],
    ["region", { region: " " }],
    ["provider", { provider: "" }],
    ["zeroRetention", { zeroRetention: "yes" }],
    ["transfer", { transfer: "trust" }],
  ])("is refused for its %s: %j", async (field, more) => {
    const { json, db } = await openPapers();
    const answer = await json(dora, "/api/provider-cards", card(more));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "request.invalid", field });
    expect(await readCard(db, acme)).toBeNull();
  });
});

describe("the page", () => {
  it("shows what is missing, whom that stops, and offers the form to a data-protection officer only", async () => {
    const { page } = await openPapers();
    const seen = await page(dora, "/providers");
    expect(seen).toContain("acme at api.acme.example");
    expect(seen).toContain("No card on record");
    expect(seen).toContain("Nothing is sent for it today. No provider card is on record for acme (api.acme.example).");
    expect(seen).toContain("<code>ticket.subject</code> sent with tokens in the place of personal data");
    expect(seen).toContain("Record this card");
    const others = await page(ada, "/providers");
    expect(others).not.toContain('action="/providers"');
    expect(others).toContain("A data-protection officer records cards.");
  });

  it("records what the form says, and goes back to itself", async () => {
    const { form, page, db } = await openPapers();
    const answer = await form(dora, "/providers", entered());
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/providers?recorded=acme");
    expect(await readCard(db, acme)).toMatchObject({ dpaExpires: null, region: "eu", zeroRetention: true, transfer: "adequacy" });
    expect(await page(dora, "/providers?recorded=acme")).toContain("The card of acme is on record.");
    expect(await page(dora, "/providers?recorded=nobody")).not.toContain("nobody");
  });

  it("keeps what was entered where it refuses, and puts the reason at the field", async () => {
    const { form, db } = await openPapers();
    const answer = await form(dora, "/providers", entered({ dpaExpires: "2025-01-01", region: "my region" }));
    expect(answer.status).toBe(400);
    const seen = await answer.text();
    expect(seen).toMatch(/<p class="error" id="card-0-dpaExpires-error">Is before the day on which it was signed, 2026-01-15<\/p>/);
    expect(seen).toContain('value="my region"');
    expect(seen).toMatch(/name="dpaExpires"[^>]*value="2025-01-01"[^>]*aria-invalid="true"/);
    expect(await readCard(db, acme)).toBeNull();
  });

  it.each([
    ["in force", { dpaSignedOn: day(Date.now() - DAY) }, "Agreement in force"],
    ["about to end", { dpaSignedOn: "2026-01-15", dpaExpires: day(Date.now() + 10 * DAY) }, "Agreement ends soon"],
    ["over", { dpaSignedOn: "2025-01-15", dpaExpires: day(Date.now() - DAY) }, "Agreement has ended"],
    ["to come", { dpaSignedOn: day(Date.now() + 2 * DAY) }, "Agreement not in force yet"],
    ["not signed", { dpaSignedOn: null }, "Agreement not signed"],
  ])("says that an agreement is %s", async (_, more, said) => {
    const { json, page } = await openPapers();
    await json(dora, "/api/provider-cards", card(more));
    expect(await page(ada, "/providers")).toContain(said);
  });

  it("is named on the list of workflows while an agreement does not hold or is about to end, and only then", async () => {
    const { json, page } = await openPapers();
    expect(await page(ada, "/workflows")).toContain("acme at api.acme.example: no card on record");
    await json(dora, "/api/provider-cards", card({ dpaExpires: day(Date.now() + 3 * DAY) }));
    expect(await page(ada, "/workflows")).toContain("acme at api.acme.example: agreement ends soon");
    await json(dora, "/api/provider-cards", card());
    expect(await page(ada, "/workflows")).not.toContain("acme");
  });

  it("says what an element asks of the provider and the card does not give", async () => {
    const { json, page } = await openPapers();
    await json(dora, "/api/provider-cards", card({ region: "us" }));
    const [workflow] = asking.workflows;
    if (!workflow) throw new Error("a workflow");
    const dataFlow = workflow.dataFlow.map((element) => ({ ...element, requires: { regions: ["eu"] } }));
    const seen = await page(ada, "/providers", { ...asking, workflows: [{ ...workflow, dataFlow }] });
    expect(seen).toContain("acme (api.acme.example) processes in us; the data flow allows eu.");
  });

  it("asks for no card of a model that runs inside the Worker, and names one that cannot be set up", async () => {
    const { page, env } = await openPapers();
    const { deployment } = await import("../../../src/config.ts");
    const local = await page(dora, "/providers", deployment);
    expect(local).toContain("Stays in this deployment");
    expect(local).not.toContain("Nothing is sent");
    const broken = { ...asking, models: { default: outsideModel("acme", "no address") } };
    expect((await readProviders({ env, deployment: broken }, Date.now())).providers).toEqual([]);
    expect(await page(dora, "/providers", broken)).toContain("cannot be set up");
  });

  it("escapes what people enter", async () => {
    const { form, page } = await openPapers();
    await form(dora, "/providers", entered({ region: "<b>eu</b>" }));
    const seen = await page(ada, "/providers");
    expect(seen).toContain("&lt;b&gt;eu&lt;/b&gt;");
    expect(seen).not.toContain("<b>");
  });
});

describe("the deployed console", () => {
  it("has each page and address behind its sign-in, and takes no form of another site", async () => {
    const { get, form } = await openConsole([]);
    for (const path of [
      "/providers",
      "/workflows/ticket-triage/data-flow",
      "/workflows/ticket-triage/art-30",
      "/specs/ticket-triage/3/document",
      "/api/provider-cards",
      "/api/workflows/ticket-triage/data-flow",
    ])
      expect([path, (await get(path)).status]).toEqual([path, 200]);
    expect(await (await form("/providers", entered(), { origin: "https://evil.example" })).text()).toContain("another site");
    const operator = await openConsole([], { grants: everywhere("operator").map((grant) => ({ ...grant, principal: "ada@example.com" })) });
    expect((await operator.form("/providers", entered())).status).toBe(403);
    expect((await operator.json("/api/provider-cards", card())).status).toBe(403);
    const unknown = await openConsole([], { env: { DEV_IDENTITY: "" } });
    for (const path of ["/providers", "/workflows/ticket-triage/art-30", "/api/provider-cards"])
      expect((await unknown.get(path)).status).toBe(403);
  });
});
