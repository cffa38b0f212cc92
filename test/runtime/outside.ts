// Zendesk and Slack in memory behind the Worker's own fetch, for tests inside workerd. Every test file shares one isolate with the objects, so replacing the
// global reaches them all.
import { vi } from "vitest";
import type { InterlockEvent } from "../../src/core/event.ts";
import { eventIdOf } from "../../src/core/ids.ts";
import { CHANNELS } from "../../src/workflows/ticket-triage/channels.ts";
import { TEAMS } from "../../src/workflows/ticket-triage/labels.ts";
import { createFakeSlack } from "../unit/connectors/fake-slack.ts";
import { createFakeZendesk } from "../unit/connectors/fake-zendesk.ts";

/** Every file's deliveries are its own: an object may outlive the wiping between files, and it remembers the events that it has had for ever. */
let world = "";

export function outside() {
  world = crypto.randomUUID();
  const zendesk = createFakeZendesk({ token: "sandbox-token", now: Date.now });
  zendesk.groups.splice(
    0,
    zendesk.groups.length,
    ...["support", ...TEAMS].map((name, index) => ({ id: 100 + index, name, deleted: false })),
  );
  const slack = createFakeSlack({ token: "xoxb-sandbox", channels: Object.values(CHANNELS), now: Date.now });
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (url.startsWith("https://zendesk.test/")) return zendesk.fetch(input as RequestInfo, init);
    if (url.startsWith("https://slack.test/")) return slack.fetch(input as RequestInfo, init);
    throw new Error(`blocked ${url}`);
  });
  return { zendesk, slack };
}

export const ticketEvent = (ticket: string, delivery = `delivery-${ticket}`): InterlockEvent => ({
  id: eventIdOf("zendesk", `${world} ${delivery}`),
  connection: "zendesk",
  source: "zendesk/zendesk",
  type: "ticket.created",
  subject: ticket,
  time: Date.now(),
  data: { id: ticket },
});
