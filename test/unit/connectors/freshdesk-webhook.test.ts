import { describe, expect, it } from "vitest";
import { WEBHOOK_SECRET } from "../../../sandbox/freshdesk/account.ts";
import { freshdeskWebhooks } from "../../../src/connectors/freshdesk-webhook.ts";
import type { WebhookDeclaration } from "../../../src/connectors/webhook.ts";
import { receiveDelivery } from "../../../src/ingress/receive.ts";
import { freshdeskHere, TICKET } from "./worlds/freshdesk-worlds.ts";

const NOW = Date.parse("2026-01-05T08:00:00Z");
const parse = (body: unknown) =>
  freshdeskWebhooks.header.parse(
    {
      method: "POST",
      url: "https://interlock.example/hooks/freshdesk",
      headers: new Headers(),
      body: new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)),
    },
    NOW,
  );

describe("a delivery", () => {
  it.each([
    ["{ticket_action:created}", "ticket.created"],
    ["{ticket_action:update}", "ticket.updated"],
    ["{status:{from:2,to:4}}", "ticket.updated"],
    ["{tag:{added:ticket_action:created}}", "ticket.updated"],
  ])("of %s is %s", (triggered_event, type) => {
    expect(parse({ freshdesk_webhook: { ticket_id: 42, triggered_event } })).toMatchObject({
      kind: "event",
      type,
      subject: "42",
      time: NOW,
    });
    expect(parse({ ticket_id: "42", triggered_event })).toMatchObject({ kind: "event", type, subject: "42" });
  });

  it("that does not say what happened is a rule's, at the time that it names", () => {
    expect(parse({ ticket_id: 42, updated_at: "2026-01-05T07:00:00Z" })).toMatchObject({ type: "rule", time: NOW - 3_600_000 });
  });

  it("names whoever caused it, where the rule's author wrote that, and has no id of its own", () => {
    const parsed = parse({ ticket_id: 42, performer_id: "700" });
    expect(parsed).toMatchObject({ actors: ["700"], deliveryKey: null });
    expect(parsed).not.toHaveProperty("signedId");
  });

  it.each([
    ["", "no payload"],
    ['{"freshdesk_webhook":{"ticket_id":42,"subject":"a "quote""}}', "not JSON"],
    ["<ticket><id>42</id></ticket>", "Let the rule send JSON"],
    [{ freshdesk_webhook: { ticket_id: "42/../../agents" } }, "in digits"],
    [{ freshdesk_webhook: { ticket_id: "INC-42" } }, "in digits"],
    [{ freshdesk_webhook: {} }, "in digits"],
    [[], "in digits"],
  ])("that cannot be read is kept with the reason: %j", (body, reason) => {
    expect(parse(body)).toMatchObject({ kind: "unparsable", reason: expect.stringContaining(reason) });
  });
});

describe("a rule's webhook", () => {
  async function received(manner: object, declaration: WebhookDeclaration, again = false) {
    const here = freshdeskHere();
    await here.control("/webhook", { id: TICKET, ...manner });
    if (again) await here.control("/webhook", { id: TICKET, ...manner });
    const answers = [];
    for (const { path, body, headers } of here.posted)
      answers.push(
        await receiveDelivery({
          connection: { id: "desk", connector: "freshdesk", declaration, secrets: [WEBHOOK_SECRET], settings: {}, ownActorId: "700" },
          request: {
            method: "POST",
            url: `https://interlock.example${path}`,
            headers: new Headers(headers),
            body: new TextEncoder().encode(body),
          },
          published: async () => ({ kind: "absent" }),
          now: NOW,
        }),
      );
    return answers;
  }

  it.each([
    ["header", "simple"],
    ["header", "advanced"],
    ["basic", "simple"],
  ] as const)("with the secret in %s and %s content starts an event", async (carried, content) => {
    const [answer] = await received({ carried, content }, freshdeskWebhooks[carried]);
    expect(answer).toMatchObject({ kind: "accepted", events: [{ type: "ticket.created", subject: TICKET }] });
  });

  it("that comes again has the same id", async () => {
    const [first, second] = await received({}, freshdeskWebhooks.header, true);
    expect(first).toMatchObject({ kind: "accepted" });
    expect(second).toEqual(first);
  });

  it.each([
    ["bad", "header", "bad_signature"],
    ["none", "header", "missing_header"],
    ["bad", "basic", "bad_signature"],
    ["none", "basic", "missing_header"],
  ] as const)("with a secret that is %s in %s is refused: %s", async (secret, carried, reason) => {
    expect((await received({ secret, carried }, freshdeskWebhooks[carried]))[0]).toMatchObject({ kind: "rejected", reason });
  });
});
