// A batch in which one record does not read, on its whole way: the others are stored, that one is kept as a dead letter, and the sender hears that all of it is safe.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { deployment as configured } from "../../../src/config.ts";
import { kafka } from "../../../src/connectors/kafka.ts";
import type { KeptLetter } from "../../../src/db/dead-letters.ts";
import { defineDeployment } from "../../../src/deployment.ts";
import type { Context } from "../../../src/operations/context.ts";
import { readLetter } from "../../../src/operations/read-letter.ts";
import { receiveEvent } from "../../../src/operations/receive-event.ts";
import { openConsole } from "../http/console.ts";

const SECRET = "Bearer sink-secret-of-kafka";
const deployment = defineDeployment({
  ...configured,
  connections: { ...configured.connections, orders: { connector: kafka, baseUrl: "KAFKA_URL", webhookSecrets: ["KAFKA_SECRET"] } },
});
const record = (offset: number) => ({ _topic: "orders", _partition: 0, _offset: offset, id: `o-${offset}` });
const POISON = { id: "o-9", note: "no position" };

let context: Context;
let sent: { event: { subject: string } }[];
let refuses: boolean;
let warned: string[];
beforeEach(async () => {
  sent = [];
  refuses = false;
  warned = [];
  vi.spyOn(console, "warn").mockImplementation((line) => void warned.push(String(line)));
  const open = await openConsole([], {
    env: {
      KAFKA_SECRET: SECRET,
      EVENTS: {
        send: async (message: unknown) => void sent.push(message as (typeof sent)[number]),
        sendBatch: async (messages: { body: unknown }[]) => void sent.push(...messages.map(({ body }) => body as (typeof sent)[number])),
      },
    } as unknown as Partial<Env>,
  });
  const db = open.env.DB;
  const DB = new Proxy(db, {
    get: (of, name) => {
      if (refuses) throw new Error("D1 is down");
      const member = Reflect.get(of, name) as unknown;
      return typeof member === "function" ? member.bind(of) : member;
    },
  });
  context = { env: { ...open.env, DB }, deployment, waitUntil: () => undefined };
});
afterEach(() => void vi.restoreAllMocks());

const deliver = (records: readonly unknown[], secret = SECRET) =>
  receiveEvent(
    context,
    "orders",
    new Request("https://interlock.example/hooks/orders", {
      method: "POST",
      headers: { authorization: secret, "content-type": "application/json" },
      body: JSON.stringify(records),
    }),
  );
const letters = async () =>
  (await context.env.DB.prepare("select * from dead_letter order by id").all<KeptLetter & { reason: string }>()).results;

it("keeps the record that does not read, once however often it comes, and starts the others", async () => {
  for (let delivery = 0; delivery < 2; delivery++) {
    const answer = await deliver([record(7), POISON, record(8)]);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ status: "accepted", dead_letters: 1 });
  }
  expect(new Set(sent.map(({ event }) => event.subject))).toEqual(new Set(["o-7", "o-8"]));
  const kept = await letters();
  expect(kept).toHaveLength(1);
  expect(kept[0]).toMatchObject({ kind: "delivery", connection: "orders", reason: expect.stringContaining("_offset is missing") });
  expect(JSON.parse(String(kept[0]?.body))).toMatchObject(POISON);
  expect(JSON.stringify(kept)).not.toContain("sink-secret");
});

it("answers that all is stored where no record reads, and starts nothing", async () => {
  const answer = await deliver([POISON]);
  expect(answer.status).toBe(202);
  expect(await answer.json()).toMatchObject({ status: "dead_letter", records: 1 });
  expect(sent).toEqual([]);
});

it("is to be sent again where the record could not be kept: none of it was taken", async () => {
  refuses = true;
  const answer = await deliver([record(7), POISON]);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).not.toBeNull();
  expect(sent).toEqual([]);
});

it("refuses whoever does not know the secret, and names it in no log", async () => {
  expect((await deliver([record(7)], "Bearer guess-of-somebody")).status).toBe(401);
  expect(sent).toEqual([]);
  expect(warned.join()).toContain("bad_signature");
  expect(warned.join()).not.toMatch(/sink-secret|guess-of/);
});

it("is read again as it was, and refused again while it is as it was", async () => {
  await deliver([POISON]);
  const [kept] = await letters();
  expect(await readLetter(context, kept as KeptLetter)).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining("_offset is missing"),
  });
});
