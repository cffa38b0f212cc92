// A workflow's data flow on its page: elements, recipients, what was seen and not sent, retention; and the approval of exactly this text.
import { describe, expect, it } from "vitest";
import type { Deployment } from "../../../src/deployment.ts";
import { openai } from "../../../src/inference/providers/openai.ts";
import { decideFlowApproval } from "../../../src/operations/approve-data-flow.ts";
import { readDataFlow } from "../../../src/operations/read-data-flow.ts";
import { ada, asking, dora, openPapers, outsideModel, person } from "./papers.ts";
import { approveSpec, project, SPEC, type Story, tell } from "./stories.ts";

const PAGE = "/workflows/ticket-triage/data-flow";
const API = "/api/workflows/ticket-triage/data-flow";

const withElement = (change: object): Deployment => ({
  ...asking,
  workflows: asking.workflows.map((workflow) => ({
    ...workflow,
    dataFlow: workflow.dataFlow.map((element) => ({ ...element, ...change })),
  })),
});
const viewOf = async (env: Env, of = asking) => {
  const read = await readDataFlow({ env, deployment: of }, "ticket-triage", Date.now());
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
};

/** A run whose decision recorded what it sent and what it held back. */
function deciding(ticket: number, notSent: readonly string[], removed: Readonly<Record<string, number>> = {}): Story {
  const story = tell({ ticket, ending: "approved" });
  const entries = story.entries.map((entry) =>
    entry.type === "decision.made"
      ? { ...entry, notSent, sent: [{ element: "ticket.subject", treatment: "mask" as const, removed }] }
      : entry,
  );
  return { ...story, entries };
}

describe("a model behind a gateway", () => {
  const gateway = { url: "GATEWAY_URL", token: "GATEWAY_TOKEN" };
  const behind: Deployment = { ...asking, models: { default: openai({ model: "gpt-4.1-mini", gateway }) } };
  const open = async () => {
    const papers = await openPapers(behind);
    Object.assign(papers.env, { GATEWAY_URL: "https://gateway.ai.cloudflare.com/v1/a/main" });
    return papers;
  };
  const both = ["openai at api.openai.com", "cloudflare at gateway.ai.cloudflare.com"];

  it("has both parties on the data flow, on the Art. 30 sheet and among the providers, each with its own card", async () => {
    const { page, json } = await open();
    await json(dora, "/api/provider-cards", {
      provider: "openai",
      host: "api.openai.com",
      dpaSignedOn: "2026-01-15",
      dpaExpires: null,
      region: "eu",
      zeroRetention: true,
      transfer: "adequacy",
    });
    for (const path of [PAGE, "/workflows/ticket-triage/art-30", "/providers"]) {
      const seen = await page(dora, path);
      for (const party of both) expect(seen, path).toContain(party);
    }
    const seen = await page(dora, "/providers");
    expect(seen).toContain("Nothing is sent for it today. No provider card is on record for cloudflare (gateway.ai.cloudflare.com).");
    expect(seen).not.toContain("No provider card is on record for openai");
    expect(seen).toContain("by way of gateway.ai.cloudflare.com");
  });

  it("is another data flow than the same model asked directly", async () => {
    const { env } = await open();
    const direct: Deployment = { ...asking, models: { default: openai({ model: "gpt-4.1-mini" }) } };
    const [through, straight] = [await viewOf(env, behind), await viewOf(env, direct)];
    expect(through.digest).not.toBe(straight.digest);
    expect(through.recipients.map(({ provider, gateway: way }) => [provider, way])).toEqual([
      ["openai", undefined],
      ["cloudflare", true],
    ]);
  });
});

describe("the page", () => {
  it("shows each element with what is declared of it, and to whom it goes", async () => {
    const { page } = await openPapers();
    const seen = await page(ada, PAGE);
    for (const said of [
      "<code>ticket.subject</code>",
      "<code>ticket.description</code>",
      "Sent with tokens in the place of personal data",
      "Legitimate interest, Art. 6(1)(f)",
      "30 days at most",
      "email, phone, card, iban, national-id and birth-date",
      "acme at api.acme.example",
      "Nothing is sent there today: No provider card is on record",
    ])
      expect(seen).toContain(said);
  });

  it("lists the fields that recent runs read and nobody has declared, with the runs that showed them", async () => {
    const { page, env, db } = await openPapers();
    await project(
      db,
      deciding(11, ["ticket.requester.name", "ticket.tags", "ticket.description"], { email: 2 }),
      deciding(12, ["ticket.tags", "ticket.mood"], { email: 1, person: 1 }),
    );
    const { observed } = await viewOf(env);
    expect(observed.undeclared.map(({ path, runs }) => [path, runs])).toEqual([
      ["ticket.tags", 2],
      ["ticket.mood", 1],
      ["ticket.requester.name", 1],
    ]);
    const seen = await page(ada, PAGE);
    expect(seen).toMatch(/<code>ticket\.mood<\/code><\/th><td class="number">1</);
    expect(seen).toMatch(/Sent in 2; taken out: 3 email and 1 person/);
    expect(seen).not.toMatch(/<th scope="row"><code>ticket\.description/);
  });

  it("says for how long contents are kept, and when that is shorter than the rollback window", async () => {
    const { page } = await openPapers();
    expect(await page(ada, PAGE)).toContain("erased 30 days after its last entry: the days of version 3 of the governance spec");
    const seen = await page(ada, PAGE, withElement({ retentionDays: 7 }));
    expect(seen).toContain("erased 7 days after its last entry, because ticket.subject may not be kept longer");
    expect(seen).toContain("lets writes be undone for 30 days, but after 7 days the old values are gone");
  });

  it("is not there for a workflow that is not deployed", async () => {
    const { get } = await openPapers();
    expect((await get(ada, "/workflows/nothing/data-flow")).status).toBe(404);
    expect((await get(ada, "/api/workflows/nothing/data-flow")).status).toBe(404);
  });
});

describe("an approval of the data flow", () => {
  it("is of exactly the text that was shown, stays on record, and counts until the text is another", async () => {
    const { page, form, env } = await openPapers();
    expect(await page(dora, PAGE)).toContain("Not approved yet");
    const { digest } = await viewOf(env);
    const answer = await form(dora, PAGE, { digest });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `${PAGE}?approved=yes`]);
    const seen = await page(ada, PAGE);
    expect(seen).toContain("dora@example.com approved exactly this text on");
    expect(seen).toContain(`<code>${digest}</code>`);

    const other = withElement({ treatment: "send" });
    const changed = await page(dora, PAGE, other);
    expect(changed).toContain("Changed since it was approved");
    expect(changed).toContain("Ticket.subject: treatment was mask and is send.");
    expect(changed).toContain("Approve exactly this data flow");
    await form(dora, PAGE, { digest: (await viewOf(env, other)).digest }, other);
    expect((await viewOf(env, other)).approvals.map((one) => one.digest)).toEqual([(await viewOf(env, other)).digest, digest]);
    expect((await viewOf(env)).approval.state).toBe("changed");
  });

  it("ends with another provider, and not with a renewed agreement", async () => {
    const { form, json, env } = await openPapers();
    await form(dora, PAGE, { digest: (await viewOf(env)).digest });
    await json(dora, "/api/provider-cards", {
      provider: "acme",
      host: "api.acme.example",
      dpaSignedOn: "2026-01-15",
      dpaExpires: null,
      region: "eu",
      zeroRetention: true,
      transfer: "none",
    });
    expect((await viewOf(env)).approval.state).toBe("approved");
    const moved = { ...asking, models: { default: outsideModel("acme", "https://us.acme.example/v1") } };
    expect((await viewOf(env, moved)).approval).toMatchObject({
      state: "changed",
      changes: ["the model “default”: host was api.acme.example and is us.acme.example"],
    });
  });

  it("is refused to everybody but a data-protection officer, and the form is not shown to others", async () => {
    const { form, page, env } = await openPapers();
    const { digest } = await viewOf(env);
    for (const other of [ada, person("eve@example.com", "admin", "author", "process_owner")]) {
      const answer = await form(other, PAGE, { digest });
      expect(answer.status).toBe(403);
      expect(await page(other, PAGE)).not.toContain("<form");
    }
    expect((await viewOf(env)).approvals).toEqual([]);
  });

  it("is refused for another text than the one of today, twice, and for no text", async () => {
    const { json, env } = await openPapers();
    const { digest } = await viewOf(env);
    const approve = async (body: unknown) => {
      const answer = await json(dora, `${API}/approvals`, body);
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    expect(await approve({ digest: "0".repeat(64) })).toEqual([409, "data_flow.changed"]);
    expect(await approve({ digest: "" })).toEqual([400, "request.invalid"]);
    expect(await approve({ digest })).toEqual([200, undefined]);
    expect(await approve({ digest })).toEqual([409, "data_flow.approved"]);
    expect((await viewOf(env)).approvals).toHaveLength(1);
  });

  it("is refused to whoever wrote the governance spec", async () => {
    const { env } = await openPapers();
    const view = await viewOf(env);
    if (view.spec === null) throw new Error("an approved spec");
    const written = { ...view, spec: { ...view.spec, author: "dora@example.com" } };
    expect(decideFlowApproval(written, view.digest, "dora@example.com")).toMatchObject({ error: { code: "data_flow.own_spec" } });
    expect(decideFlowApproval(written, view.digest, "other@example.com")).toBeNull();
  });

  it("stops no run: what is sent is decided by the declaration and the card alone", async () => {
    const { page } = await openPapers();
    expect(await page(ada, PAGE)).toContain("an approval is put on record, and does not open or close anything");
  });
});

it("the API gives the same facts", async () => {
  const { get, env, db } = await openPapers();
  await approveSpec(db, { ...SPEC, version: 4, retention: { payloadDays: 90 } });
  const facts = (await (await get(ada, API)).json()) as Record<string, unknown>;
  expect(facts).toMatchObject({
    workflow: "ticket-triage",
    digest: (await viewOf(env)).digest,
    approval: { state: "never" },
    specVersion: 4,
    kept: { payloadDays: 90, windowDays: 30, contents: { days: 30, because: "ticket.subject" }, undoDays: 30 },
    recipients: [{ provider: "acme", host: "api.acme.example", local: false, standing: { state: "missing" } }],
  });
});
