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
  "zendesk.updateTicket": () => inZendesk((id) => ({ id, set: { group: "billing", priority: "high", status: "open", tags: ["triaged"] } })),
  "zendesk.addComment": () => inZendesk((id) => ({ id, body: "Sent on to billing", public: false })),
};
