// A business system made for the engine's tests, and its connector: records with a version, lines that carry a marker, payments that take a key, letters
// that can be neither repeated nor found. Small enough that each fault of a network can be placed exactly; it counts what arrived and what took effect.
import * as z from "zod";
import { bearer } from "../../../src/connectors/auth.ts";
import { defineConnector, readAction, writeAction } from "../../../src/connectors/define.ts";
import { promised } from "../../../src/connectors/http.ts";
import type { Json } from "../../../src/core/json.ts";
import { type FakeRequest, type FaultKind, Faults, type FaultTime, fakeFetch, json } from "../connectors/faults.ts";

interface Stored {
  fields: Record<string, Json>;
  version: number;
  /** Keys of the updates that changed it. */
  history: string[];
}

type Matches = (request: FakeRequest) => boolean;
const isWrite: Matches = ({ method }) => method !== "GET";

export type Ledger = ReturnType<typeof createLedger>;

export function createLedger(now: () => number) {
  const faults = new Faults();
  const requests: FakeRequest[] = [];
  const canned: { status: number; body: Json; matches: Matches }[] = [];
  const underway: { at: number; deliver: () => Promise<Response> }[] = [];
  let delayed: { ms: number; says: number | null } | null = null;
  let lastId = 0;
  const records = new Map<string, Stored>();
  const lines: { id: string; text: string; key: string }[] = [];
  const payments = new Map<string, { id: string; text: string }>();
  const letters: string[] = [];

  function handle(request: FakeRequest): Response {
    const at = canned.findIndex(({ matches }) => matches(request));
    if (at >= 0) {
      const [answer] = canned.splice(at, 1);
      return json(answer?.body, answer?.status);
    }
    const { method, path, query } = request;
    const body = request.body ?? {};
    const text = String(body.text);
    const key = String(body.key);
    const [, list, id] = path.split("/");
    if (list === "records") return onRecord(method, id ?? "", body);
    if (list === "lines" && method === "GET") {
      return json({ lines: lines.filter((line) => !query.has("key") || line.key === query.get("key")) });
    }
    if (list === "lines" && method === "POST") {
      const line = { id: String(++lastId), text, key };
      lines.push(line);
      return json({ id: line.id });
    }
    if (list === "lines" && method === "DELETE") {
      const index = lines.findIndex((line) => line.id === id);
      if (index < 0) return json({ error: "no such line" }, 404);
      if (!ledger.keepsLines) lines.splice(index, 1);
      return json({});
    }
    if (list === "payments") {
      const known = payments.get(key) ?? { id: String(++lastId), text };
      payments.set(key, known);
      return json({ id: known.id });
    }
    if (list === "letters") {
      letters.push(text);
      return json({ number: letters.length });
    }
    return json({ error: "no such address" }, 404);
  }

  function onRecord(method: string, id: string, body: { set?: Record<string, Json>; version?: number | null; key?: string }): Response {
    const record = records.get(id);
    if (!record) return json({ error: "no such record" }, 404);
    if (method === "GET") return json(record as unknown as Json);
    if (body.version !== undefined && body.version !== null && body.version !== record.version) return json({ error: "stale" }, 409);
    if (ledger.deaf) return json({ done: false });
    Object.assign(record.fields, body.set);
    record.version++;
    record.history.push(body.key ?? "");
    return json({ done: true });
  }

  const direct = fakeFetch("/v1", faults, requests, handle);
  const answer = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    for (const due of underway.filter(({ at }) => at <= now())) {
      underway.splice(underway.indexOf(due), 1);
      await due.deliver();
    }
    if (delayed && (init?.method ?? "GET") !== "GET") {
      const { ms, says } = delayed;
      delayed = null;
      underway.push({ at: now() + ms, deliver: () => direct(input, init) });
      if (says === null) throw new TypeError("fetch failed", { cause: { code: "ECONNRESET" } });
      return json({ error: "a gateway speaks" }, says);
    }
    if ((init?.method ?? "GET") !== "GET") for (let turn = 0; turn < ledger.slowness; turn++) await new Promise(setImmediate);
    return direct(input, init);
  };

  const ledger = {
    fetch: answer as typeof fetch,
    requests,
    records,
    lines,
    payments,
    letters,
    /** How many turns of the event loop a write takes. */
    slowness: 0,
    /** Answers 200 to updates and does nothing. */
    deaf: false,
    /** Answers 200 to the removal of a line and keeps it. */
    keepsLines: false,
    add: (id: string, fields: Record<string, Json>) => records.set(id, { fields: { ...fields }, version: 1, history: [] }),
    /** Somebody else changes a record. */
    edit: (id: string, fields: Record<string, Json>) => {
      const record = records.get(id);
      if (!record) throw new Error(`no record ${id}`);
      Object.assign(record.fields, fields);
      record.version++;
    },
    fault: (kind: FaultKind, when: FaultTime, matches?: Matches) => faults.add(kind, when, matches),
    /** The next matching request gets this answer and has no effect. */
    answerNext: (status: number, body: Json = {}, matches: Matches = isWrite) => canned.push({ status, body, matches }),
    /** The next write takes effect only this much later; its connection breaks at once, or a gateway answers for the system. */
    arriveLate: (ms: number, says: number | null = null) => {
      delayed = { ms, says };
    },
    /** "PUT /records/a" for each write that arrived, in order. */
    sent: () => requests.filter(isWrite).map(({ method, path }) => `${method} ${path}`),
  };
  return ledger;
}

const Fields = z.record(z.string(), z.union([z.string(), z.null()]));
const RecordJson = z.object({ fields: z.record(z.string(), z.json()), version: z.number(), history: z.array(z.string()) });
const LinesJson = z.object({ lines: z.array(z.object({ id: z.string(), text: z.string() })) });
const DOCS = "https://ledger.test/docs";

const SetRecord = z.strictObject({ id: z.string(), set: Fields });
const only = (fields: Readonly<Record<string, Json>>, names: object): Record<string, Json> =>
  Object.fromEntries(Object.keys(names).map((name) => [name, fields[name] ?? null]));

/** `versioned`: whether a write states the version it was decided on. */
const setRecord = (versioned: boolean) =>
  writeAction({
    effect: "write",
    summary: "Set fields of a record",
    docs: DOCS,
    idempotency: "lookup",
    input: SetRecord,
    output: z.object({ id: z.string() }),
    target: ({ id }) => `record/${id}`,
    values: ({ set }) => set,
    withValues: (input, values) => ({ ...input, set: values as Record<string, string> }),
    look: async ({ id, set }, http) => {
      const record = promised(RecordJson, (await http.send({ method: "GET", path: `/v1/records/${id}` })).json, "a record");
      return { fields: only(record.fields, set), version: versioned ? String(record.version) : null };
    },
    apply: async ({ id, set }, { http, key, version }) => {
      const body = { set, key, version: version === null ? null : Number(version) };
      const { json: answer } = await http.send({ method: "PUT", path: `/v1/records/${id}`, body });
      promised(z.object({ done: z.literal(true) }), answer, "an update");
      return { id };
    },
    find: async ({ id }, { http, key }) => {
      const record = promised(RecordJson, (await http.send({ method: "GET", path: `/v1/records/${id}` })).json, "a record");
      return record.history.includes(key) ? { id } : null;
    },
    prove: async ({ id, set }, _output, http) => {
      const record = promised(RecordJson, (await http.send({ method: "GET", path: `/v1/records/${id}` })).json, "a record");
      return only(record.fields, set);
    },
    undo: {
      kind: "restore",
      restore: async ({ id }, values, { http, key, version }) => {
        const body = { set: values, key, version: version === null ? null : Number(version) };
        await http.send({ method: "PUT", path: `/v1/records/${id}`, body });
      },
    },
  });

const addLine = writeAction({
  effect: "write",
  summary: "Write a line",
  docs: DOCS,
  idempotency: "lookup",
  input: z.strictObject({ text: z.string() }),
  output: z.object({ id: z.string() }),
  target: () => "lines",
  values: ({ text }) => ({ text }),
  withValues: (input, values) => ({ ...input, ...(values as { text: string }) }),
  apply: async ({ text }, { http, key }) => {
    const { json: answer } = await http.send({ method: "POST", path: "/v1/lines", body: { text, key } });
    return promised(z.object({ id: z.string() }), answer, "a line");
  },
  find: async (_input, { http, key }) => {
    const { json: answer } = await http.send({ method: "GET", path: `/v1/lines?key=${encodeURIComponent(key)}` });
    const [line] = promised(LinesJson, answer, "lines").lines;
    return line ? { id: line.id } : null;
  },
  prove: async (_input, output, http) => {
    const { json: answer } = await http.send({ method: "GET", path: "/v1/lines" });
    const line = promised(LinesJson, answer, "lines").lines.find(({ id }) => id === output.id);
    return { text: line?.text ?? null };
  },
  undo: {
    kind: "withdraw",
    withdraw: async (_input, output, { http }) => {
      await http.send({ method: "DELETE", path: `/v1/lines/${output.id}` });
    },
    gone: async (_input, output, http) => {
      const { json: answer } = await http.send({ method: "GET", path: "/v1/lines" });
      return !promised(LinesJson, answer, "lines").lines.some(({ id }) => id === output.id);
    },
  },
});

const pay = writeAction({
  effect: "write",
  summary: "Pay; the same key pays once",
  docs: DOCS,
  idempotency: "key",
  input: z.strictObject({ text: z.string() }),
  output: z.object({ id: z.string() }),
  target: () => "payments",
  values: ({ text }) => ({ text }),
  withValues: (input, values) => ({ ...input, ...(values as { text: string }) }),
  apply: async ({ text }, { http, key }) => {
    const { json: answer } = await http.send({ method: "POST", path: "/v1/payments", body: { text, key } });
    return promised(z.object({ id: z.string() }), answer, "a payment");
  },
  undo: { kind: "irreversible", because: "The money has left" },
});

const sendLetter = writeAction({
  effect: "send",
  summary: "Send a letter",
  docs: DOCS,
  idempotency: "none",
  input: z.strictObject({ text: z.string() }),
  output: z.object({ number: z.number() }),
  target: () => "letters",
  values: ({ text }) => ({ text }),
  withValues: (input, values) => ({ ...input, ...(values as { text: string }) }),
  apply: async ({ text }, { http }) => {
    const { json: answer } = await http.send({ method: "POST", path: "/v1/letters", body: { text } });
    return promised(z.object({ number: z.number() }), answer, "a letter");
  },
  undo: { kind: "irreversible", because: "The letter is in the post" },
});

const getRecord = readAction({
  summary: "Read a record",
  docs: DOCS,
  input: z.strictObject({ id: z.string() }),
  output: z.record(z.string(), z.json()),
  run: async ({ id }, http) =>
    promised(RecordJson, (await http.send({ method: "GET", path: `/v1/records/${id}` })).json, "a record").fields,
});

export const ledgerConnector = defineConnector({
  name: "ledger",
  title: "Ledger",
  auth: bearer,
  credentials: [],
  webhooks: {},
  triggers: { opened: "Something was opened" },
  actions: { getRecord, setRecord: setRecord(true), setUnversioned: setRecord(false), addLine, pay, sendLetter },
});
