// The account's records and what hangs on them, and the one way in which they change: every change gets a later time than the one before it, and is told to webhooks.
import type { StandInWorld, Table } from "../stand-in.ts";
import { APP_ID, PORTAL_ID, type RecordType, recordType, TYPES } from "./account.ts";
import { invalidProperty, notFound, Refused } from "./answer.ts";
import { type Definition, definitionsOf, stored } from "./properties.ts";

export interface CrmRecord {
  id: string;
  type: string;
  properties: Record<string, string | null>;
  createdAt: string;
  updatedAt: string;
  archived: boolean;
  archivedAt?: string;
}

export interface Owner {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  userId: number;
  archived: boolean;
}

/** A change that webhooks have not told of yet. */
export type PendingEvent = Record<string, unknown> & { eventId: number; attemptNumber: number };

/** Whoever makes a change: our own app, or a person in HubSpot. */
export type Actor = "app" | "person";

export class Store {
  readonly world: StandInWorld;
  readonly records: Table<CrmRecord>;
  readonly definitions: Table<Definition[]>;
  readonly owners: Table<Owner>;
  /** "from/id>to/id", both ways. */
  readonly links: Table<{ from: string; id: string; to: string; toId: string; typeId: number }>;
  readonly pending: Table<PendingEvent>;
  readonly #numbers: Table<number>;

  constructor(world: StandInWorld) {
    this.world = world;
    this.records = world.table("records");
    this.definitions = world.table("properties");
    this.owners = world.table("owners");
    this.links = world.table("associations");
    this.pending = world.table("pending");
    this.#numbers = world.table("numbers");
  }

  next(name: string, first: number): number {
    const number = (this.#numbers.get(name) ?? first - 1) + 1;
    this.#numbers.put(name, number);
    return number;
  }

  type(name: string): RecordType {
    const type = recordType(name);
    if (!type) throw new Refused(400, "VALIDATION_ERROR", `Unable to infer object type from: ${name}`);
    return type;
  }

  /** A list that is not there yet is the one that the type is sold with. */
  definitionsFor(type: string): Definition[] {
    return this.definitions.get(type) ?? definitionsOf(type);
  }

  list(type: string): CrmRecord[] {
    return this.records.all().filter((record) => record.type === type);
  }

  find(type: string, id: string, idProperty: string | undefined): CrmRecord | undefined {
    if (idProperty === undefined || idProperty === "hs_object_id") return this.records.get(`${type}/${id}`);
    const definition = this.definitionsFor(type).find(({ name }) => name === idProperty);
    if (!this.#isUnique(type, idProperty, definition)) throw new Refused(400, "VALIDATION_ERROR", `${idProperty} is not a unique property`);
    const wanted = idProperty === "email" ? id.toLowerCase() : id;
    return this.list(type).find((record) => !record.archived && record.properties[idProperty] === wanted);
  }

  get(type: string, id: string, idProperty?: string): CrmRecord {
    const record = this.find(type, id, idProperty);
    if (!record || record.archived) throw notFound();
    return record;
  }

  create(type: string, properties: Record<string, unknown>, actor: Actor): CrmRecord {
    const kept = this.#checked(type, properties, null);
    const at = this.#time(null);
    const id = String(this.next(`${type} id`, 1001));
    const record: CrmRecord = {
      id,
      type,
      properties: { createdate: at, ...kept, hs_object_id: id },
      createdAt: at,
      updatedAt: at,
      archived: false,
    };
    this.#keep(record);
    this.#tell(record, "creation", actor);
    for (const [name, value] of Object.entries(kept))
      this.#tell(record, "propertyChange", actor, { propertyName: name, propertyValue: value });
    return record;
  }

  update(record: CrmRecord, properties: Record<string, unknown>, actor: Actor): CrmRecord {
    const kept = this.#checked(record.type, properties, record.id);
    const changed = Object.entries(kept).filter(([name, value]) => (record.properties[name] ?? null) !== value);
    const next = { ...record, properties: { ...record.properties, ...kept }, updatedAt: this.#time(record) };
    this.#keep(next);
    for (const [name, value] of changed) this.#tell(next, "propertyChange", actor, { propertyName: name, propertyValue: value });
    return next;
  }

  archive(record: CrmRecord, actor: Actor): void {
    const at = this.#time(record);
    this.#keep({ ...record, archived: true, archivedAt: at, updatedAt: at });
    this.#tell(record, "deletion", actor);
  }

  link(from: CrmRecord, to: CrmRecord, typeId: number): void {
    for (const [a, b] of [
      [from, to],
      [to, from],
    ] as const)
      this.links.put(`${a.type}/${a.id}>${b.type}/${b.id}`, { from: a.type, id: a.id, to: b.type, toId: b.id, typeId });
  }

  linked(record: CrmRecord, to: string): { toId: string; typeId: number }[] {
    const own = this.links.all().filter((link) => link.from === record.type && link.id === record.id && link.to === to);
    return own.filter(({ toId }) => this.records.get(`${to}/${toId}`)?.archived === false);
  }

  #keep(record: CrmRecord): void {
    const properties: CrmRecord["properties"] = { ...record.properties, hs_lastmodifieddate: record.updatedAt };
    if (record.type === "contacts") properties.lastmodifieddate = record.updatedAt;
    this.records.put(`${record.type}/${record.id}`, { ...record, properties });
  }

  /** Later than what was there, also where the world's clock stands still. */
  #time(before: CrmRecord | null): string {
    const now = this.world.now();
    return new Date(before ? Math.max(now, Date.parse(before.updatedAt) + 1) : now).toISOString();
  }

  #isUnique(type: string, name: string, definition: Definition | undefined): boolean {
    return definition?.hasUniqueValue === true || (type === "contacts" && name === "email");
  }

  #checked(type: string, properties: Record<string, unknown>, own: string | null): Record<string, string | null> {
    const definitions = new Map(this.definitionsFor(type).map((definition) => [definition.name, definition]));
    const kept: Record<string, string | null> = {};
    for (const [name, value] of Object.entries(properties)) {
      kept[name] = stored(definitions.get(name), name, value);
      if (kept[name] === null || !this.#isUnique(type, name, definitions.get(name))) continue;
      const other = this.list(type).find((record) => !record.archived && record.id !== own && record.properties[name] === kept[name]);
      if (!other) continue;
      if (name === "email") throw new Refused(409, "CONFLICT", `Contact already exists. Existing ID: ${other.id}`);
      throw invalidProperty(name, "CONFLICTING_UNIQUE_VALUE", `${kept[name]} is already set on ${type} ${other.id}`);
    }
    return kept;
  }

  #tell(record: CrmRecord, change: string, actor: Actor, more: Record<string, unknown> = {}): void {
    const type = TYPES.find(({ name }) => name === record.type);
    if (!type || type.objectTypeId === "0-46" || type.objectTypeId === "0-27") return;
    const eventId = this.next("event", 100);
    this.pending.put(String(eventId), {
      eventId,
      subscriptionId: 778899,
      portalId: PORTAL_ID,
      appId: APP_ID,
      occurredAt: Date.parse(record.updatedAt),
      subscriptionType: `${type.word ?? "object"}.${change}`,
      attemptNumber: 0,
      objectId: Number(record.id),
      ...(type.word === null ? { objectTypeId: type.objectTypeId } : {}),
      ...more,
      changeSource: actor === "app" ? "INTEGRATION" : "CRM_UI",
      sourceId: actor === "app" ? String(APP_ID) : "userId:9",
    });
  }
}
