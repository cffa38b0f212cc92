// What a test may set of the account: its limits, the scopes of the token, how far the search index is behind. Kept as one row; what is not set has the default.
import * as z from "zod";
import type { StandInWorld, Table } from "../stand-in.ts";
import { ALL_SCOPES } from "./account.ts";

export const HubspotSettings = z.strictObject({
  /** Calls in ten seconds; 190 is what a Professional account has. */
  burst: z.int().min(1),
  /** Calls a day, and how many of them are spent already; those since the start come on top. */
  daily: z.int().min(1),
  spent: z.int().min(0),
  searchesPerSecond: z.int().min(1),
  scopes: z.array(z.string()),
  /** Milliseconds that the search is behind the records. */
  indexDelayMs: z.int().min(0),
  /** Milliseconds by which the account's clock (the Date header) is ahead of ours. */
  clockAheadMs: z.int(),
  /** Statuses with which the next calls are answered, whatever they ask: 423 and 477 have no other cause here. */
  next: z.array(z.union([z.literal(423), z.literal(477), z.literal(502)])),
});
export type HubspotSettings = z.infer<typeof HubspotSettings>;

const DEFAULTS: HubspotSettings = {
  burst: 190,
  daily: 650_000,
  spent: 0,
  searchesPerSecond: 5,
  scopes: [...ALL_SCOPES],
  indexDelayMs: 0,
  clockAheadMs: 0,
  next: [],
};

export class SettingsOf {
  readonly #table: Table<Partial<HubspotSettings>>;

  constructor(world: StandInWorld) {
    this.#table = world.table("settings");
  }

  get value(): HubspotSettings {
    return { ...DEFAULTS, ...this.#table.get("one") };
  }

  change(changes: Partial<HubspotSettings>): void {
    this.#table.put("one", { ...this.#table.get("one"), ...changes });
  }
}
