// The org behind the stand-in: its records by object, who is signed in, what is set. Every method is synchronous, so a check and the write that rests on it cannot be parted.
import type { StandInWorld, Table } from "../stand-in.ts";
import { API_USER, FIRST_TOKEN, idFor, RECORDS, REFRESH_TOKEN, type Row } from "./directory.ts";
import { OBJECTS } from "./objects.ts";

export interface OrgSettings {
  /** API calls that the org has in a day, and how many were made before the stand-in began to count. */
  limit: number;
  usedBefore: number;
  /** An assignment rule of the org gives every case and lead to this owner, unless the caller says not to. */
  assignTo: string | null;
  /** PEM of the public key that the app's certificate holds. */
  certificate: string | null;
  refreshToken: string;
  /** A refresh token is good for one use. */
  rotates: boolean;
  /** Records that another transaction holds, each for one write. */
  locked: string[];
  /** A field that field-level security hides from the integration user: "Case.Tier__c". */
  hidden: string[];
  /** Records in a query's page. */
  pageSize: number;
}

const DEFAULTS: OrgSettings = {
  // A Developer Edition.
  limit: 15_000,
  usedBefore: 0,
  assignTo: null,
  certificate: null,
  refreshToken: REFRESH_TOKEN,
  rotates: false,
  locked: [],
  hidden: [],
  pageSize: 2_000,
};

export class Org {
  readonly world: StandInWorld;
  readonly #settings: Table<OrgSettings>;
  readonly #tokens: Table<{ token: string; user: string }>;
  readonly #records: ReadonlyMap<string, Table<Row>>;
  /** In memory only: a restart forgives. */
  #calls = 0;
  #issued = 0;

  constructor(world: StandInWorld) {
    this.world = world;
    this.#settings = world.table("settings");
    this.#tokens = world.table("tokens");
    this.#records = new Map(Object.keys(OBJECTS).map((name) => [name, world.table<Row>(name)]));
  }

  seed(): void {
    this.#tokens.put(FIRST_TOKEN, { token: FIRST_TOKEN, user: API_USER });
    for (const [object, rows] of Object.entries(RECORDS)) for (const row of rows) this.table(object).put(row.Id, row);
  }

  get settings(): OrgSettings {
    return { ...DEFAULTS, ...this.#settings.get("org") };
  }

  set(changes: Partial<OrgSettings>): void {
    this.#settings.put("org", { ...this.settings, ...changes });
  }

  table(object: string): Table<Row> {
    const table = this.#records.get(object);
    if (!table) throw new Error(`The stand-in has no object ${object}`);
    return table;
  }

  /** Counted, and whether there was one left. */
  call(): { used: number; limit: number; allowed: boolean } {
    const { used, limit } = this.count();
    if (used >= limit) return { used, limit, allowed: false };
    this.#calls += 1;
    return { used: used + 1, limit, allowed: true };
  }

  count(): { used: number; limit: number } {
    const { limit, usedBefore } = this.settings;
    return { used: usedBefore + this.#calls, limit };
  }

  issue(user: string): string {
    this.#issued += 1;
    const token = `00D!${this.#issued}.${this.world.now()}`;
    this.#tokens.put(token, { token, user });
    return token;
  }

  holder(token: string): string | null {
    return this.#tokens.get(token)?.user ?? null;
  }

  /** The session policy ends all sessions. */
  expire(): void {
    for (const { token } of this.#tokens.all()) this.#tokens.delete(token);
  }

  nextId(object: string): string {
    return idFor(OBJECTS[object]?.prefix ?? "a00", this.table(object).all().length + 1);
  }

  /** Later than the last change, to the second, however slowly the clock goes. */
  stampAfter(row: Row | undefined): string {
    const last = row ? Date.parse(String(row.SystemModstamp).replace("+0000", "Z")) : 0;
    const at = Math.max(Math.floor(this.world.now() / 1000) * 1000, last + 1000);
    return new Date(at).toISOString().replace("Z", "+0000");
  }
}
