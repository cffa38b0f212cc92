// Worlds for Zendesk's actions.
import type { Http } from "../../../../src/connectors/define.ts";
import { createHttp } from "../../../../src/connectors/http.ts";
import { createFakeZendesk } from "../fake-zendesk.ts";
import { type ActionWorld, TOKEN } from "./action-world.ts";

function inZendesk(inputFor: (ticket: string) => unknown): ActionWorld {
  const fake = createFakeZendesk({ token: TOKEN });
  const id = fake.add({ tags: ["vip"] });
  const open = (door: typeof fetch): Http =>
    createHttp({
      baseUrl: "http://127.0.0.1/zendesk",
      authorization: `Bearer ${TOKEN}`,
      system: "zendesk",
      now: () => 0,
      fetch: door,
      timeoutMs: 20,
    });
  return {
    http: open(fake.fetch),
    fetch: fake.fetch,
    open,
    requests: fake.requests,
    input: inputFor(id),
    writes: () => [...fake.writes.values()].reduce((sum, count) => sum + count, 0),
    snapshot: () => fake.snapshot(),
    fault: fake.fault,
  };
}

export const zendeskWorlds: Readonly<Record<string, () => ActionWorld>> = {
  "zendesk.getTicket": () => inZendesk((id) => ({ id })),
  "zendesk.findUser": () => inZendesk(() => ({ email: "maya.brandt@example.com" })),
  "zendesk.getCustomRecord": () => inZendesk(() => ({ object: "contract", id: "01GCSJW391QVSC80GYDH7E93Q6" })),
  "zendesk.updateTicket": () =>
    inZendesk((id) => ({
      id,
      set: {
        group: "billing",
        priority: "high",
        status: "open",
        tags: ["triaged"],
        assignee: "maya.brandt@example.com",
        custom: { "27642": "745", "27643": 12 },
      },
    })),
  "zendesk.addComment": () => inZendesk((id) => ({ id, body: "Sent on to billing", public: false })),
  "zendesk.addNote": () => inZendesk((id) => ({ id, body: "Sent on to  billing\n\nby Interlock" })),
  "zendesk.createTicket": () =>
    inZendesk(() => ({
      requester: "kim@example.net",
      subject: "Refund of order 12",
      description: "Twelve euros\n\nare to go back",
      internal: true,
      type: "task",
      priority: "normal",
      group: "billing",
      tags: ["refund"],
      custom: { "27642": "12" },
    })),
  "zendesk.updateCustomRecord": () =>
    inZendesk(() => ({ object: "contract", id: "01GCSJW391QVSC80GYDH7E93Q6", set: { seats: 7, renewal: "2027-01-01" } })),
};
