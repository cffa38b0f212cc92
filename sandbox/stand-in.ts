// What a stand-in for a business system is given and what it gives: tables that keep its records, a clock, a way to post webhooks, counts of what it did. It knows
// nothing of where it runs: in the sandbox its tables are rows of SQLite, in a unit test they are maps, and the code that answers is the same.
import type { Hono } from "hono";

/** Records by id, as the JSON that the vendor's API answers (with whatever else the stand-in needs to know). */
export interface Table<T> {
  get(id: string): T | undefined;
  put(id: string, record: T): void;
  delete(id: string): void;
  /** In the order in which they were first put. */
  all(): T[];
}

/** A webhook on its way to Interlock. */
export interface Posted {
  /** For people who read the list of deliveries: "orders/create of 1001". */
  readonly what: string;
  /** Under Interlock's address: "/hooks/shopify". */
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface StandInWorld {
  table<T>(name: string): Table<T>;
  /** Epoch milliseconds. */
  now(): number;
  /** Where Interlock is, without a path: senders that sign the address sign over it. */
  address(): string;
  /** Resolves with the answer's status and text; null where none came. */
  post(posted: Posted): Promise<{ readonly status: number | null; readonly text: string }>;
  /** One write that took effect; `what` is the vendor's word for it: "orderUpdate". */
  applied(what: string): void;
}

/** What stands at a vendor's door and knows nothing of what was asked: a credential that does not count, a limit, a failure of the vendor's own. */
export type DoorStatus = 401 | 429 | 500;

export interface DoorAnswer {
  /** Not every vendor says it with the status that others use. */
  readonly status: number;
  /** Null: no body. */
  readonly body: object | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `seconds`: until a limited call may be made again, for vendors that tell. */
export type DoorWords = (status: DoorStatus, seconds: number) => DoorAnswer;

export interface StandIn {
  /** The vendor's own API, with its door (credential, limits). Mounted under /<system>. */
  readonly api: Hono;
  /** What a person or a test does in the system, beside its API: an order comes in, a limit is set low. Mounted under /control/<system>. */
  readonly control: Hono;
  /** The records that a system has from the beginning. Called on an empty world. */
  seed(): void;
  /** In the vendor's shape, for faults that are planted. Without it a planted fault has its status and no body. */
  readonly doorWords?: DoorWords;
}

export type MakeStandIn = (world: StandInWorld) => StandIn;

export function memoryTable<T>(): Table<T> {
  const rows = new Map<string, T>();
  return {
    get: (id) => rows.get(id),
    put: (id, record) => void rows.set(id, record),
    delete: (id) => void rows.delete(id),
    all: () => [...rows.values()],
  };
}
