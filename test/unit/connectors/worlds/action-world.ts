// Where the contract suite tries one action: the door of its connector, a system in memory behind it, and an input that changes something there.
// A system is either a fake of its own (Zendesk, Slack) or the sandbox's stand-in over tables in memory.
import { type MakeStandIn, memoryTable, type Posted, type Table } from "../../../../sandbox/stand-in.ts";
import { type Account, connect } from "../../../../src/connectors/connect.ts";
import type { Connector, Http, Settings } from "../../../../src/connectors/define.ts";
import { ok } from "../../../../src/core/errors.ts";
import { type FakeRequest, type FaultKind, Faults, type FaultTime, strike } from "../faults.ts";

export interface ActionWorld {
  readonly http: Http;
  readonly input: unknown;
  /** Writes that took effect. */
  readonly writes: () => number;
  readonly snapshot: () => unknown;
  /** Waits for a request that writes, unless told for which. */
  readonly fault: (kind: FaultKind, when: FaultTime, matches?: (request: FakeRequest) => boolean) => void;
  /** Every request that arrived, in order. */
  readonly requests: readonly FakeRequest[];
  /** The system as the network has it, and a door of its own to it, over a fetch that stands before it. */
  readonly fetch: typeof fetch;
  readonly open: (door: typeof fetch) => Http;
}

export const TOKEN = "secret-token";

/** Gives what it is told to give, and counts. For connectors whose token expires it asks nobody: `token` is valid at the stand-in. */
export const accountOf = (token: string): Account => ({
  token: async () => ok({ value: token, expiresAt: null }),
  lease: async ({ units }) => ok({ kind: "leased", units }),
  note: async () => ok(null),
});

export interface StandInHere {
  readonly http: Http;
  readonly fetch: typeof fetch;
  readonly open: (door: typeof fetch) => Http;
  readonly tables: ReadonlyMap<string, Table<unknown>>;
  readonly writes: () => number;
  readonly posted: Posted[];
  readonly requests: FakeRequest[];
  readonly fault: (kind: FaultKind, when: FaultTime, matches?: (request: FakeRequest) => boolean) => void;
  readonly snapshot: () => unknown;
  /** What a person does in the system, at its control routes. */
  readonly control: (path: string, body?: unknown) => Promise<Response>;
}

export interface StandInOptions {
  readonly secret: string | null;
  /** What the stand-in takes for a valid token, for connectors whose token expires. */
  readonly token?: string;
  readonly settings?: Settings;
  readonly now?: () => number;
  /** A request that asks to write; by default every one that is no GET. */
  readonly isWrite?: (request: FakeRequest) => boolean;
}

/** The sandbox's stand-in, seeded, with the connector's door to it. */
export function standInHere(connector: Connector, make: MakeStandIn, options: StandInOptions): StandInHere {
  const { secret, token = "stand-in-token", settings = {}, now = () => Date.parse("2026-01-05T08:00:00Z"), isWrite } = options;
  const tables = new Map<string, Table<unknown>>();
  const posted: Posted[] = [];
  const requests: FakeRequest[] = [];
  const faults = new Faults();
  let applied = 0;
  let nonces = 0;
  const standIn = make({
    table: <T>(name: string) => {
      const table = tables.get(name) ?? memoryTable<unknown>();
      tables.set(name, table);
      return table as Table<T>;
    },
    now,
    address: () => "https://interlock.example",
    post: async (out) => {
      posted.push(out);
      return { status: 202, text: "" };
    },
    applied: () => {
      applied += 1;
    },
  });
  standIn.seed();

  const answer = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input));
    const text = typeof init.body === "string" ? init.body : null;
    const request: FakeRequest = {
      method: init.method ?? "GET",
      url,
      path: url.pathname,
      query: url.searchParams,
      headers: new Headers(init.headers as Record<string, string>),
      body: jsonObject(text),
      signal: init.signal ?? null,
    };
    requests.push(request);
    const fault = faults.take(request);
    if (fault?.when === "before") return strike(fault.kind, request);
    const { signal: _, ...rest } = init;
    const response = await standIn.api.request(url.toString(), rest as RequestInit);
    return fault ? strike(fault.kind, request) : response;
  };
  const fetch = answer as typeof globalThis.fetch;
  const open = (door: typeof globalThis.fetch): Http =>
    connect({
      connector,
      baseUrl: "http://127.0.0.1",
      secret,
      settings,
      account: accountOf(token),
      now,
      nonce: () => `nonce-${++nonces}`,
      fetch: door,
      timeoutMs: 20,
    });
  return {
    http: open(fetch),
    fetch,
    open,
    tables,
    posted,
    requests,
    writes: () => applied,
    fault: (kind, when, matches = isWrite) => faults.add(kind, when, matches),
    snapshot: () => structuredClone(new Map([...tables].map(([name, table]) => [name, table.all()]))),
    control: async (path, body) =>
      standIn.control.request(path, { method: "POST", body: JSON.stringify(body ?? {}), headers: { "content-type": "application/json" } }),
  };
}

function jsonObject(text: string | null): Record<string, unknown> | null {
  try {
    return text === null ? null : (JSON.parse(text) as Record<string, unknown>);
  } catch {
    return null;
  }
}

/** One action's world in a stand-in. */
export const worldIn = (here: StandInHere, input: unknown): ActionWorld => ({
  http: here.http,
  input,
  writes: here.writes,
  snapshot: here.snapshot,
  fault: here.fault,
  requests: here.requests,
  fetch: here.fetch,
  open: here.open,
});
