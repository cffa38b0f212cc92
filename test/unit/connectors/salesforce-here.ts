// The stand-in org with the connector's door to it, for the tests of one part each.
import { expect } from "vitest";
import type { Row } from "../../../sandbox/salesforce/directory.ts";
import { salesforceStandIn } from "../../../sandbox/salesforce/stand-in.ts";
import type { ApplyContext } from "../../../src/connectors/define.ts";
import { salesforce } from "../../../src/connectors/salesforce.ts";
import { type Failure, failureOf } from "../../../src/core/errors.ts";
import { standInHere } from "./worlds/action-world.ts";
import { SECRET } from "./worlds/salesforce-worlds.ts";

export const NOW = Date.parse("2026-01-05T08:00:00Z");
export const API = "/services/data/v67.0";

export function setUp(options: { settings?: Record<string, string>; now?: () => number } = {}) {
  const here = standInHere(salesforce, salesforceStandIn, { secret: SECRET, ...options });
  const context = (key = "run-1/step", version: string | null = null): ApplyContext => ({ http: here.http, key, version });
  const rows = (object: string) => (here.tables.get(object)?.all() ?? []) as Row[];
  return {
    ...here,
    context,
    rows,
    row: (object: string, id: string) => rows(object).find((row) => row.Id === id) ?? expect.fail(`no ${object}/${id}`),
    set: async (changes: object) => expect((await here.control("/settings", changes)).status).toBe(200),
    add: async (object: string, set: object): Promise<Row> => (await here.control("/records", { object, set })).json(),
    change: async (object: string, id: string, set: object) =>
      expect((await here.control("/records/change", { object, id, set })).status).toBe(200),
    sent: (method: string, path: RegExp) => here.requests.filter((request) => request.method === method && path.test(request.path)),
  };
}

export const failureFrom = async (work: Promise<unknown> | undefined): Promise<Failure> =>
  (work ?? Promise.resolve()).then(
    () => expect.fail("it did not throw"),
    (thrown) => failureOf(thrown),
  );
