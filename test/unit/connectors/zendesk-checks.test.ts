import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/connectors/check.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { zendesk } from "../../../src/connectors/zendesk.ts";
import { failureOf } from "../../../src/core/errors.ts";
import { createFakeZendesk, type FakeZendesk } from "./fake-zendesk.ts";

const HOOK = "https://interlock.example/hooks/zendesk";
const PUBLIC_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";

interface Options {
  readonly token?: string;
  readonly customObject?: string;
  readonly hookUrl?: string | null;
}

function inOrder(): FakeZendesk {
  const fake = createFakeZendesk({ token: "t" });
  fake.add({ tags: ["vip"] });
  fake.account.admin = true;
  fake.account.webhooks.push({
    id: "01W",
    name: "Interlock",
    endpoint: HOOK,
    status: "active",
    subscriptions: ["zen:event-type:ticket.created"],
    secret: "own",
  });
  return fake;
}

async function check(
  name: string,
  fake: FakeZendesk,
  { token = "t", customObject, hookUrl = HOOK }: Options = {},
): Promise<readonly Finding[]> {
  const http = createHttp({
    baseUrl: "http://127.0.0.1/zendesk",
    authorization: `Bearer ${token}`,
    system: "Zendesk",
    now: () => 0,
    fetch: fake.fetch,
    settings: customObject === undefined ? {} : { customObject },
  });
  const found = zendesk.checks?.find((one) => one.name === name) ?? expect.fail(name);
  return found.run({ http, now: 0, hookUrl });
}
const outcomes = (findings: readonly Finding[]) => findings.map(({ outcome }) => outcome);

describe("on an account in order", () => {
  it.each(["auth", "scopes", "read", "write", "webhook", "limits", "objects"])("%s is confirmed", async (name) => {
    const findings = await check(name, inOrder(), { customObject: "contract" });
    expect(findings.length).toBeGreaterThan(0);
    for (const { outcome, said } of findings) expect(outcome, said).toBe("confirmed");
  });

  it("only the write probe writes, and it leaves the ticket's tags as they were", async () => {
    const fake = inOrder();
    for (const { name, writes } of zendesk.checks ?? []) {
      const before = fake.requests.filter(({ method }) => method !== "GET").length;
      await check(name, fake);
      expect(fake.requests.filter(({ method }) => method !== "GET").length > before, name).toBe(writes === true);
    }
    expect([...fake.tickets.values()].map(({ tags }) => tags)).toEqual([["vip"]]);
  });
});

describe("a planted fault is named", () => {
  it("a credential that is refused, or that counts as nobody's", async () => {
    expect(await check("auth", inOrder(), { token: "other" }).catch(failureOf)).toMatchObject({ code: "connector.unauthorised" });
    const fake = inOrder();
    fake.account.me = { ...fake.account.me, id: null, role: "end-user" };
    expect(outcomes(await check("auth", fake))).toEqual(["missing"]);
    expect(await check("scopes", fake)).toMatchObject([{ outcome: "missing", said: expect.stringContaining("end-user") }]);
  });

  it("a user that sees some tickets only", async () => {
    const fake = inOrder();
    fake.account.me = { ...fake.account.me, ticket_restriction: "groups" };
    expect(outcomes(await check("scopes", fake))).toContain("warning");
  });

  it("a webhook that is not there, is switched off, or has no subscription", async () => {
    const fake = inOrder();
    const [webhook] = fake.account.webhooks;
    if (!webhook) expect.fail("it has one");
    webhook.status = "inactive";
    expect(await check("webhook", fake)).toMatchObject([{ outcome: "missing", said: expect.stringContaining("is inactive") }]);
    Object.assign(webhook, { status: "active", subscriptions: [] });
    expect(await check("webhook", fake)).toMatchObject([{ outcome: "missing", said: expect.stringContaining("no subscription") }]);
    webhook.subscriptions = ["conditional_ticket_events"];
    expect(outcomes(await check("webhook", fake))).toEqual(["warning"]);
    webhook.endpoint = "https://old.example/hooks/zendesk";
    expect(await check("webhook", fake)).toMatchObject([{ outcome: "missing", fix: expect.stringContaining(HOOK) }]);
    expect(outcomes(await check("webhook", fake, { hookUrl: null }))).toEqual(["cannot_tell"]);
  });

  it("a webhook that signs with the secret that Zendesk publishes, which nobody is shown", async () => {
    const fake = inOrder();
    Object.assign(fake.account.webhooks[0] ?? {}, { secret: PUBLIC_SECRET });
    const findings = await check("webhook", fake);
    expect(findings[1]).toMatchObject({ outcome: "missing", said: expect.stringContaining("publishes for tests") });
    expect(JSON.stringify(findings)).not.toContain(PUBLIC_SECRET);
  });

  it("webhooks that only an administrator may list", async () => {
    const fake = inOrder();
    fake.account.admin = false;
    expect(await check("webhook", fake)).toMatchObject([{ outcome: "cannot_tell", fix: expect.stringContaining("Webhooks") }]);
  });

  it("a limit that is nearly spent, and one that no answer tells", async () => {
    const fake = inOrder();
    fake.account.limit = { total: 700, left: 100 };
    expect(await check("limits", fake)).toMatchObject([{ outcome: "warning", said: expect.stringContaining("100 of the account's 700") }]);
    fake.account.limit = null;
    expect(outcomes(await check("limits", fake))).toEqual(["cannot_tell"]);
  });

  it("a custom object that is not there, and a key that is none", async () => {
    expect(outcomes(await check("objects", inOrder(), { customObject: "missing" }))).toEqual(["missing"]);
    expect(outcomes(await check("objects", inOrder(), { customObject: "Not a key" }))).toEqual(["missing"]);
  });

  it("no ticket to try on", async () => {
    const fake = createFakeZendesk({ token: "t" });
    expect(outcomes(await check("write", fake))).toEqual(["cannot_tell"]);
    expect(outcomes(await check("read", fake))).toEqual(["cannot_tell"]);
  });
});
