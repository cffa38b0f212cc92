// /crm/v3/objects: one record, a list, batches, the search. Archived records are gone for everybody who does not ask for them.
import { type Context, Hono } from "hono";
import * as z from "zod";
import { ASSOCIATION_TYPES, scopeFor } from "./account.ts";
import { invalid, notFound } from "./answer.ts";
import { requireScope } from "./door.ts";
import { SearchBody, search } from "./search.ts";
import type { SettingsOf } from "./settings.ts";
import type { CrmRecord, Store } from "./store.ts";

const Values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const Create = z.object({
  properties: Values,
  associations: z
    .array(
      z.object({
        to: z.object({ id: z.coerce.string() }),
        types: z.array(z.object({ associationCategory: z.string(), associationTypeId: z.number() })).min(1),
      }),
    )
    .default([]),
});

const Batch = z.object({
  inputs: z.array(z.object({ id: z.coerce.string() })).max(100),
  properties: z.array(z.string()).default([]),
  idProperty: z.string().optional(),
});

const Upserts = z.object({
  inputs: z
    .array(z.object({ id: z.coerce.string(), idProperty: z.string(), properties: Values, objectWriteTraceId: z.string().optional() }))
    .max(100),
});

async function read<S extends z.ZodType>(c: Context, schema: S): Promise<z.infer<S>> {
  const parsed = schema.safeParse(await c.req.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  throw invalid(`Invalid input JSON: ${z.prettifyError(parsed.error)}`);
}

const ALWAYS = ["hs_object_id", "createdate", "hs_lastmodifieddate", "lastmodifieddate"];

/** What was asked for, and what is always there. */
function shown({ id, properties, createdAt, updatedAt, archived, archivedAt }: CrmRecord, names: readonly string[]) {
  const kept = [...new Set([...ALWAYS, ...names])].flatMap((name) => {
    const value = properties[name];
    if (value !== undefined) return [[name, value]];
    return names.includes(name) ? [[name, null]] : [];
  });
  return { id, properties: Object.fromEntries(kept), createdAt, updatedAt, archived, ...(archivedAt ? { archivedAt } : {}) };
}

const namesIn = (c: Context): string[] => (c.req.query("properties") ?? "").split(",").filter(Boolean);

export function objectRoutes(store: Store, settings: SettingsOf): Hono {
  const typeOf = (c: Context, writes: boolean): string => {
    const type = store.type(c.req.param("type") ?? "");
    requireScope(settings, scopeFor(type, writes));
    return type.name;
  };
  const applied = (what: string) => store.world.applied(what);

  return new Hono()
    .post("/:type/search", async (c) => {
      const type = typeOf(c, false);
      const body = await read(c, SearchBody);
      const indexed = new Date(store.world.now() - settings.value.indexDelayMs).toISOString();
      const { indexDelayMs } = settings.value;
      const page = search(
        store.list(type).filter(({ updatedAt }) => indexDelayMs === 0 || updatedAt <= indexed),
        body,
      );
      return c.json({ ...page, results: page.results.map((record) => shown(record, body.properties)) });
    })
    .post("/:type/batch/read", async (c) => {
      const type = typeOf(c, false);
      const { inputs, properties, idProperty } = await read(c, Batch);
      const found = inputs.map(({ id }) => ({ id, record: store.find(type, id, idProperty) }));
      const missing = found.filter(({ record }) => !record || record.archived).map(({ id }) => id);
      const results = found.flatMap(({ record }) => (record && !record.archived ? [shown(record, properties)] : []));
      if (missing.length === 0) return c.json({ status: "COMPLETE", results });
      const error = { status: "error", category: "OBJECT_NOT_FOUND", message: "Could not get some objects", context: { ids: missing } };
      return c.json({ status: "COMPLETE", results, numErrors: 1, errors: [error] }, 207);
    })
    .post("/:type/batch/upsert", async (c) => {
      const type = typeOf(c, true);
      const { inputs } = await read(c, Upserts);
      const results: object[] = [];
      const errors: object[] = [];
      for (const { id, idProperty, properties, objectWriteTraceId } of inputs) {
        try {
          const before = store.find(type, id, idProperty);
          const after = before ? store.update(before, properties, "app") : store.create(type, { ...properties, [idProperty]: id }, "app");
          applied(`${type} upsert`);
          results.push({ ...shown(after, Object.keys(properties)), new: !before, objectWriteTraceId });
        } catch (thrown) {
          const { message } = thrown as Error;
          const context = { objectWriteTraceId: [objectWriteTraceId ?? ""] };
          errors.push({ status: "error", category: "VALIDATION_ERROR", message, context });
        }
      }
      return errors.length === 0
        ? c.json({ status: "COMPLETE", results })
        : c.json({ status: "COMPLETE", results, numErrors: errors.length, errors }, 207);
    })
    .get("/:type", (c) => {
      const type = typeOf(c, false);
      const limit = Number(c.req.query("limit") ?? 10);
      if (limit < 1 || limit > 100) throw invalid("limit must be between 1 and 100");
      const archived = c.req.query("archived") === "true";
      const all = store.list(type).filter((record) => record.archived === archived);
      const start = Number(c.req.query("after") ?? 0);
      const results = all.slice(start, start + limit).map((record) => shown(record, namesIn(c)));
      return c.json({ results, ...(start + limit < all.length ? { paging: { next: { after: String(start + limit) } } } : {}) });
    })
    .post("/:type", async (c) => {
      const type = typeOf(c, true);
      const { properties, associations } = await read(c, Create);
      const targets = associations.flatMap(({ to, types }) => types.map((one) => linkTarget(store, type, to.id, one.associationTypeId)));
      if ((type === "notes" || type === "tasks") && !properties.hs_timestamp)
        throw invalid("Required properties were not set: [hs_timestamp]");
      const record = store.create(type, properties, "app");
      for (const { target, typeId } of targets) store.link(record, target, typeId);
      applied(`${type} create`);
      return c.json(shown(record, Object.keys(properties)), 201);
    })
    .get("/:type/:id", (c) => {
      const type = typeOf(c, false);
      const record = store.find(type, c.req.param("id"), c.req.query("idProperty"));
      if (!record || record.archived !== (c.req.query("archived") === "true")) throw notFound();
      return c.json(shown(record, namesIn(c)));
    })
    .patch("/:type/:id", async (c) => {
      const type = typeOf(c, true);
      const { properties } = await read(c, z.object({ properties: Values }));
      const record = store.update(store.get(type, c.req.param("id"), c.req.query("idProperty")), properties, "app");
      applied(`${type} update`);
      return c.json(shown(record, Object.keys(properties)));
    })
    .delete("/:type/:id", (c) => {
      const type = typeOf(c, true);
      const record = store.find(type, c.req.param("id"), undefined);
      if (record && !record.archived) {
        store.archive(record, "app");
        applied(`${type} archive`);
      }
      return c.body(null, 204);
    });
}

function linkTarget(store: Store, from: string, id: string, typeId: number): { target: CrmRecord; typeId: number } {
  const to = ASSOCIATION_TYPES.find(([one, , number]) => one === from && number === typeId)?.[1];
  const target = to === undefined ? undefined : store.find(to, id, undefined);
  if (!target || target.archived) throw invalid(`One or more associations are not valid: ${from} to ${id} (type ${typeId})`);
  return { target, typeId };
}
