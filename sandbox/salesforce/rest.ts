// /services/data/v67.0: objects, records, queries, limits. The body is read first; from there to the answer nothing is awaited.
import { type Context, Hono } from "hono";
import type { Row } from "./directory.ts";
import { type DoorVariables, door, problem } from "./door.ts";
import { description, OBJECTS } from "./objects.ts";
import type { Org } from "./org.ts";
import { find, type Written, write } from "./records.ts";
import { parseSoql, runQuery, SoqlError } from "./soql.ts";

const BASE = "/services/data/v67.0";

const NOT_FOUND = problem("NOT_FOUND", "The requested resource does not exist");
const DELETED = problem("ENTITY_IS_DELETED", "entity is deleted");
type At = Context<DoorVariables>;

export function restRoutes(org: Org) {
  const shown = (object: string, row: Row, fields: readonly string[]) => ({
    attributes: { type: object, url: `${BASE}/sobjects/${object}/${row.Id}` },
    ...Object.fromEntries(fields.map((field) => [field, row[field] ?? null])),
  });

  const query = (c: At, deleted: boolean) => {
    try {
      const parsed = parseSoql(c.req.query("q") ?? "");
      const rows = org.table(parsed.from).all();
      const found = runQuery(parsed, deleted ? rows : rows.filter((row) => row.IsDeleted !== true));
      return c.json(page(found.map((row) => shown(parsed.from, row, parsed.select))));
    } catch (thrown) {
      if (!(thrown instanceof SoqlError)) throw thrown;
      return c.json(problem(thrown.errorCode, thrown.message), 400);
    }
  };

  /** Cursors live as long as the process does. */
  const cursors: object[][] = [];
  const page = (records: object[]) => {
    const size = org.settings.pageSize;
    const done = records.length <= size;
    if (done) return { totalSize: records.length, done, records };
    cursors.push(records.slice(size));
    return { totalSize: records.length, done, nextRecordsUrl: `${BASE}/query/01g${cursors.length}`, records: records.slice(0, size) };
  };

  const readOne = (c: At, object: string, row: Row | undefined) => {
    if (!row) return c.json(NOT_FOUND, 404);
    if (row.IsDeleted === true) return c.json(DELETED, 404);
    const fields = c.req.query("fields")?.split(",") ?? Object.keys(OBJECTS[object]?.fields ?? {});
    const unknown = fields.find((field) => !OBJECTS[object]?.fields[field] || org.settings.hidden.includes(`${object}.${field}`));
    if (unknown !== undefined) return c.json(problem("INVALID_FIELD", `No such column '${unknown}' on sobject of type ${object}`), 400);
    return c.json(shown(object, row, fields));
  };

  const answer = (c: At, written: Written, onOk: (row: Row) => Response) =>
    written.ok ? onOk(written.row) : c.json(written.body, written.status);

  const writeOf = (c: At, object: string, body: Record<string, unknown>, before?: Row) =>
    write(org, {
      object,
      body,
      actor: c.get("actor"),
      assigns: c.req.header("sforce-auto-assign") !== "false",
      ...(before ? { before } : {}),
    });

  /** Null where the precondition holds. */
  const stale = (c: At, row: Row): Response | null => {
    const seen = c.req.header("if-unmodified-since");
    if (seen === undefined) return null;
    if (Number.isNaN(Date.parse(seen))) return c.json(problem("INVALID_HEADER_VALUE", "If-Unmodified-Since is no date"), 400);
    return Date.parse(String(row.SystemModstamp).replace("+0000", "Z")) > Date.parse(seen) ? c.body(null, 412) : null;
  };

  const withKey = (object: string, field: string, value: string): Row[] =>
    org
      .table(object)
      .all()
      .filter((row) => row.IsDeleted !== true && String(row[field] ?? "").toLowerCase() === value.toLowerCase());

  const several = (c: At, object: string, rows: readonly Row[]) =>
    c.json(
      rows.map((row) => `${BASE}/sobjects/${object}/${row.Id}`),
      300,
    );

  const routes = new Hono<DoorVariables>()
    .use(door(org))
    .get("/", (c) => c.json({ sobjects: `${BASE}/sobjects`, query: `${BASE}/query`, limits: `${BASE}/limits` }))
    .get("/limits", (c) => {
      const { used, limit } = org.count();
      return c.json({ DailyApiRequests: { Max: limit, Remaining: limit - used } });
    })
    .get("/query", (c) => query(c, false))
    .get("/queryAll", (c) => query(c, true))
    .get("/query/:cursor", (c) => {
      const index = Number(c.req.param("cursor").replace("01g", "")) - 1;
      const rest = cursors[index];
      return rest ? c.json(page(rest)) : c.json(problem("INVALID_QUERY_LOCATOR", "invalid query locator"), 400);
    })
    .use("/sobjects/:object/*", async (c, next) => (OBJECTS[c.req.param("object")] ? next() : c.json(NOT_FOUND, 404)))
    .get("/sobjects/:object/describe", (c) => {
      const object = c.req.param("object");
      const spec = OBJECTS[object];
      if (!spec) return c.json(NOT_FOUND, 404);
      const fields = Object.fromEntries(Object.entries(spec.fields).filter(([name]) => !org.settings.hidden.includes(`${object}.${name}`)));
      return c.json(description(object, { ...spec, fields }));
    })
    .post("/sobjects/:object", async (c) => {
      const object = c.req.param("object");
      const body = await c.req.json<Record<string, unknown>>();
      if (!OBJECTS[object]) return c.json(NOT_FOUND, 404);
      return answer(c, writeOf(c, object, body), ({ Id }) => c.json({ id: Id, success: true, errors: [] }, 201));
    })
    .get("/sobjects/:object/:id", (c) => readOne(c, c.req.param("object"), find(org, c.req.param("object"), c.req.param("id"))))
    .patch("/sobjects/:object/:id", async (c) => {
      const object = c.req.param("object");
      const body = await c.req.json<Record<string, unknown>>();
      const row = find(org, object, c.req.param("id"));
      if (!row) return c.json(NOT_FOUND, 404);
      if (row.IsDeleted === true) return c.json(DELETED, 404);
      return stale(c, row) ?? answer(c, writeOf(c, object, body, row), () => c.body(null, 204));
    })
    .delete("/sobjects/:object/:id", (c) => {
      const object = c.req.param("object");
      const row = find(org, object, c.req.param("id"));
      if (!row) return c.json(NOT_FOUND, 404);
      if (row.IsDeleted === true) return c.json(DELETED, 404);
      const at = org.stampAfter(row);
      org.table(object).put(row.Id, { ...row, IsDeleted: true, SystemModstamp: at, LastModifiedById: c.get("actor") });
      org.world.applied(`${object} delete`);
      return c.body(null, 204);
    })
    .get("/sobjects/:object/:field/:value", (c) => {
      const { object, field, value } = c.req.param();
      const [first, second] = withKey(object, field, value);
      return first && second ? several(c, object, withKey(object, field, value)) : readOne(c, object, first);
    })
    .patch("/sobjects/:object/:field/:value", async (c) => {
      const { object, field, value } = c.req.param();
      const body = await c.req.json<Record<string, unknown>>();
      if (!OBJECTS[object]?.fields[field]?.externalId)
        return c.json(problem("NOT_FOUND", `Provided external ID field does not exist or is not accessible: ${field}`), 404);
      const [first, second] = withKey(object, field, value);
      if (first && second) return several(c, object, withKey(object, field, value));
      const refused = first ? stale(c, first) : null;
      if (refused) return refused;
      const written = writeOf(c, object, first ? body : { ...body, [field]: value }, first);
      return answer(c, written, ({ Id }) => c.json({ id: Id, success: true, errors: [], created: !first }, first ? 200 : 201));
    })
    .all("*", (c) => c.json(NOT_FOUND, 404));
  return routes;
}
