// The sources of events: what each reads out of a delivery, and under which identity. The vendors' own samples lie beside the checkout; without them those tests skip.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bamboohrWebhooks } from "../../../src/connectors/bamboohr-webhook.ts";
import { cloudeventsWebhooks } from "../../../src/connectors/cloudevents.ts";
import { debeziumWebhooks } from "../../../src/connectors/debezium.ts";
import { dmsWebhooks } from "../../../src/connectors/dms.ts";
import { dynamicsWebhooks } from "../../../src/connectors/dynamics-webhook.ts";
import { eventbridgeWebhooks } from "../../../src/connectors/eventbridge.ts";
import { kafkaWebhooks } from "../../../src/connectors/kafka.ts";
import { sapWebhooks } from "../../../src/connectors/sap-webhook.ts";
import type { ParsedEvent, WebhookDeclaration } from "../../../src/connectors/webhook.ts";
import { receiveDelivery } from "../../../src/ingress/receive.ts";
import { requestOf } from "../ingress/sign.ts";

const contracts = path.resolve(import.meta.dirname, "../../../../shared/contracts");
const NOW = Date.parse("2026-11-20T05:00:00Z");
const CLOUD = { "content-type": "application/cloudevents+json" };

function parsed({ parse }: WebhookDeclaration, body: unknown, headers: Record<string, string> = {}) {
  return parse(requestOf(headers, typeof body === "string" ? body : JSON.stringify(body)), NOW);
}
function eventOf(declaration: WebhookDeclaration, body: unknown, headers: Record<string, string> = {}): ParsedEvent {
  const read = parsed(declaration, body, headers);
  return read.kind === "event" ? read : expect.fail(JSON.stringify(read));
}
const record = (offset: number) => ({ orderId: offset, _topic: "orders", _partition: 0, _offset: offset });
const received = (declaration: WebhookDeclaration, headers: Record<string, string>, body: string, secret: string, url?: string) => {
  const request = requestOf(headers, body);
  return receiveDelivery({
    connection: { id: "c1", connector: "test", declaration, secrets: [secret] },
    request: url ? { ...request, url } : request,
    published: async () => ({ kind: "absent" }),
    now: NOW,
  });
};

describe("Kafka", () => {
  it("parks one unreadable record of a batch as a letter that can be read by itself, and accepts the others", async () => {
    const body = `${JSON.stringify(record(1))}\n{"bad"\n${JSON.stringify({ orderId: 3 })}\n${JSON.stringify(record(4))}\n`;
    const outcome = await received(kafkaWebhooks.static, { authorization: "Bearer s3cret" }, body, "Bearer s3cret");
    if (outcome.kind !== "accepted") return expect.fail(outcome.kind);
    expect(outcome.events.map(({ data }) => data)).toEqual([record(1), record(4)]);
    expect(outcome.parked.map(({ body }) => body)).toEqual(['{"bad"', '{"orderId":3}']);
    expect(outcome.parked[1]?.reason).toContain("InsertField$Value");
    expect(new Set(outcome.parked.map(({ id }) => id)).size).toBe(2);
    expect(JSON.stringify(outcome)).not.toContain("s3cret");
  });

  it("parks an array that is no JSON as a whole, and starts nothing of it", async () => {
    const outcome = await received(kafkaWebhooks.static, { authorization: "k" }, `[${JSON.stringify(record(1))},{"bad"]`, "k");
    expect(outcome).toMatchObject({ kind: "dead_letter", stored: null });
  });

  it("knows a record by topic, partition and offset, and skips a tombstone", () => {
    expect(eventOf(kafkaWebhooks.static, record(7))).toMatchObject({ signedId: "orders/0/7", type: "orders" });
    expect(parsed(kafkaWebhooks.static, "null")).toMatchObject({ kind: "ignored" });
  });
});

describe("Debezium", () => {
  const change = (lsn: number, op = "u", after: object | null = { id: 1, name: "Ann" }) => ({
    before: null,
    after,
    source: { connector: "postgresql", name: "s", schema: "public", table: "customers", lsn, txId: 5, ts_ms: 1000 },
    op,
    ts_ms: 2000 + lsn,
  });
  const declaration = debeziumWebhooks.oauth;

  it("knows a change by its position and its row, whatever the time of reading", () => {
    const first = eventOf(declaration, change(9));
    expect(first).toMatchObject({ type: "public.customers.updated", subject: "1", time: 1000 });
    expect(eventOf(declaration, { ...change(9), ts_ms: 99 }).signedId).toBe(first.signedId);
    expect(eventOf(declaration, { schema: {}, payload: change(9) }).signedId).toBe(first.signedId);
    expect(eventOf(declaration, change(10)).signedId).not.toBe(first.signedId);
    const rows = [1, 2].map((id) => eventOf(declaration, change(9, "r", { id })).signedId);
    expect(new Set(rows).size).toBe(2);
  });

  it("steps over tombstones and what is told beside changes, and parks what is no change", () => {
    const batch = [change(1), null, { ts_ms: 1 }, { status: "BEGIN", id: "5" }, { ddl: "create table x" }, { hello: "world" }];
    const read = parsed(declaration, batch);
    expect(read.kind === "events" && [read.events.length, read.unreadable?.length]).toEqual([1, 1]);
  });

  const folder = path.join(contracts, "debezium");
  const samples = existsSync(folder) ? readdirSync(folder).filter((name) => /-op_.\.json$/.test(name)) : [];
  it.skipIf(samples.length === 0)("reads every sample of its documentation, each under its own identity", () => {
    const events = samples.map((name) => eventOf(declaration, readFileSync(path.join(folder, name), "utf8")));
    expect(new Set(events.map(({ signedId }) => signedId)).size).toBe(samples.length);
    expect(new Set(events.map(({ type }) => type.split(".").at(-1)))).toEqual(
      new Set(["created", "updated", "deleted", "truncated", "message"]),
    );
    const cloud = readFileSync(path.join(folder, "cloudevents-01.json"), "utf8");
    expect(eventOf(declaration, cloud, CLOUD)).toMatchObject({ type: "s1.a.snapshot", subject: "1", time: 1578923739738 });
    const avro = readFileSync(path.join(folder, "cloudevents-02.json"), "utf8");
    expect(parsed(declaration, avro, CLOUD)).toMatchObject({ kind: "unparsable" });
  });
  it.skipIf(samples.length === 0)("reads records of DMS", () => {
    const { load, cdc_delete } = JSON.parse(readFileSync(path.join(folder, "aws-dms-kinesis.sample.json"), "utf8"));
    expect(eventOf(dmsWebhooks["api-key"], load)).toMatchObject({ type: "dms_sample.sporting_event_ticket.snapshot", subject: "2633753" });
    expect(eventOf(dmsWebhooks["api-key"], cdc_delete)).toMatchObject({ type: "s.t.deleted", subject: "1" });
  });
});

describe("CloudEvents", () => {
  const event = { specversion: "1.0", id: "1", source: "/s", type: "order.placed", subject: "42", data: { a: 1 } };
  const token = cloudeventsWebhooks.token;

  it("read the same in binary and structured mode, and one by one in a batch", () => {
    const binary = { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "order.placed", "ce-subject": "42" };
    const [one, other] = [eventOf(token, event, CLOUD), eventOf(token, { a: 1 }, { ...binary, "content-type": "application/json" })];
    expect([one.signedId, one.subject]).toEqual([other.signedId, other.subject]);
    expect(other.data).toMatchObject({ data: { a: 1 }, id: "1" });
    const batch = parsed(token, [event, { ...event, id: "2" }, { ...event, type: "" }], {
      "content-type": "application/cloudevents-batch+json",
    });
    expect(batch.kind === "events" && [batch.events.length, batch.unreadable?.length]).toEqual([2, 1]);
  });

  it("are permitted by an answer to OPTIONS, only for SAP's hosts where SAP asks, unless the connection names others", () => {
    const ask = (origin: string) => requestOf({ "webhook-request-origin": origin, "webhook-request-rate": "120" }, "", "OPTIONS");
    expect(token.probe(ask("a.example"))).toMatchObject({
      status: 200,
      headers: { "webhook-allowed-origin": "a.example", "webhook-allowed-rate": "*" },
    });
    expect(token.probe(requestOf({}, "{}"))).toBeNull();
    expect(sapWebhooks.token.handshake(ask("x.hana.ondemand.com"))?.status).toBe(200);
    expect(sapWebhooks.token.handshake(ask("xhana.ondemand.com"))?.status).toBe(403);
    expect(sapWebhooks.token.handshake(ask("mesh.acme.example"), { origins: "a.example, *.acme.example" })?.status).toBe(200);
  });

  it("take their token from the header or the address, not from both, and pass it on to nobody", async () => {
    const at = "https://interlock.example/hooks/c1?access_token=s3cret";
    const body = '{"specversion":"2"}';
    const outcome = await received(token, CLOUD, body, "s3cret", at);
    expect(outcome.kind).toBe("dead_letter");
    expect(JSON.stringify(outcome)).not.toContain("s3cret");
    const both = await received(token, { ...CLOUD, authorization: "Bearer s3cret" }, body, "s3cret", at);
    expect(both).toMatchObject({ kind: "rejected", reason: "duplicate_header" });
  });
});

it("EventBridge hears 403 to a wrong key, and 400 to an event that is kept because it does not read", async () => {
  const declaration = eventbridgeWebhooks["api-key"];
  expect(await received(declaration, { "x-api-key": "wrong" }, "{}", "right")).toMatchObject({ kind: "rejected", status: 403 });
  expect(await received(declaration, { "x-api-key": "right" }, "{", "right")).toMatchObject({
    kind: "dead_letter",
    stored: { status: 400 },
  });
  const old = { id: "e1", "detail-type": "OrderPlaced", time: "2026-11-01T00:00:00Z" };
  const send = (event: object) => received(declaration, { "x-api-key": "right" }, JSON.stringify(event), "right");
  expect(await send(old)).toMatchObject({ kind: "rejected", reason: "stale_timestamp", status: 400 });
  expect((await send({ ...old, "replay-name": "again" })).kind).toBe("accepted");
});

it("BambooHR's forms read as its JSON does, and several employees are several events", () => {
  const form = "type=employee.updated&data%5BemployeeId%5D=67890&data%5BchangedFields%5D%5B0%5D=firstName&__proto__%5Bx%5D=1";
  const read = eventOf(bamboohrWebhooks.employees, form, { "content-type": "application/x-www-form-urlencoded" });
  expect(read).toMatchObject({ type: "employee.updated", subject: "67890", data: { data: { changedFields: { 0: "firstName" } } } });
  expect(({} as { x?: string }).x).toBeUndefined();
  const several = parsed(bamboohrWebhooks.employees, { employees: [{ id: "1", action: "Updated" }, { id: "2", action: "Created" }, {}] });
  expect(several).toMatchObject({ kind: "events", events: [{ type: "employee.updated" }, { type: "employee.created" }], unreadable: [{}] });
});

const context = path.join(contracts, "dynamics/webhook-update-contact.json");
it.skipIf(!existsSync(context))(
  "Dataverse's context names its record, its user and its operation; a change that a step caused is ignored",
  () => {
    const body = JSON.parse(readFileSync(context, "utf8"));
    const declaration = dynamicsWebhooks["webhook-key"];
    expect(eventOf(declaration, body)).toMatchObject({ type: "contact.update", actors: [body.InitiatingUserId], time: 1506409448000 });
    expect(parsed(declaration, { ...body, Depth: 2 })).toMatchObject({ kind: "ignored" });
  },
);
