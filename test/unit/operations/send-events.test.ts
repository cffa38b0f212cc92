import { describe, expect, it } from "vitest";
import type { InterlockEvent } from "../../../src/core/event.ts";
import type { Context } from "../../../src/operations/context.ts";
import type { EventMessage } from "../../../src/operations/messages.ts";
import { sendEvents } from "../../../src/operations/send-events.ts";

const eventOf = (index: number, padding = 0): InterlockEvent => ({
  id: `evt_${index}`,
  connection: "crm",
  source: "hubspot/crm",
  type: "contact.created",
  subject: String(index),
  time: 1,
  data: "x".repeat(padding),
});
const events = (count: number, padding = 0) => Array.from({ length: count }, (_, index) => eventOf(index, padding));

function platform() {
  const log: string[] = [];
  const batches: EventMessage[][] = [];
  const stored = new Map<string, string>();
  const env = {
    EVENTS: {
      send: async (message: EventMessage) => {
        log.push("send");
        batches.push([message]);
      },
      sendBatch: async (messages: Iterable<{ body: EventMessage }>) => {
        log.push("sendBatch");
        batches.push([...messages].map(({ body }) => body));
      },
    },
    BLOBS: {
      put: async (key: string, text: string) => {
        log.push("put");
        stored.set(key, text);
      },
    },
  };
  const send = (list: readonly InterlockEvent[]) =>
    sendEvents({ env } as unknown as Context, list, new TextEncoder().encode(JSON.stringify(list)).length);
  return { log, batches, stored, send };
}

describe("the events of a delivery", () => {
  it("are one message where there is one", async () => {
    const { log, batches, send } = platform();
    await send(events(1));
    expect(log).toEqual(["send"]);
    expect(batches).toEqual([[{ kind: "event", event: eventOf(0) }]]);
  });

  it("are one batch up to a hundred, in their order, and the next ones another", async () => {
    const { batches, send } = platform();
    await send(events(100));
    expect(batches.map((batch) => batch.length)).toEqual([100]);
    expect(batches[0]).toEqual(events(100).map((event) => ({ kind: "event", event })));
    await send(events(101));
    expect(batches.map((batch) => batch.length)).toEqual([100, 100, 1]);
  });

  it("are never more than 256 KB in a batch", async () => {
    const { batches, send } = platform();
    await send(events(9, 60_000));
    expect(batches.flat()).toHaveLength(9);
    for (const batch of batches) expect(new TextEncoder().encode(JSON.stringify(batch)).length).toBeLessThan(256 * 1000);
    expect(batches.length).toBe(3);
  });

  it("lie in R2 where one is over a message's size, before the message that points to it", async () => {
    const { log, batches, stored, send } = platform();
    await send([eventOf(1), eventOf(2, 130_000)]);
    expect(log).toEqual(["put", "sendBatch"]);
    expect(batches).toEqual([
      [
        { kind: "event", event: eventOf(1) },
        { kind: "pointer", key: "event/evt_2" },
      ],
    ]);
    expect(JSON.parse(stored.get("event/evt_2") ?? "")).toEqual(eventOf(2, 130_000));
  });
});
