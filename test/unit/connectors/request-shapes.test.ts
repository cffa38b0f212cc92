// Every request that the actions send is one that the vendor describes: its own OpenAPI where the folder beside the project has one (Slack, Teams), its documented
// exchanges otherwise. An exchange is an example: it says which method has which path and how a body is wrapped, not which fields a record may have.
import { existsSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, it } from "vitest";
import type { AnyAction, ApplyContext } from "../../../src/connectors/define.ts";
import { registry } from "../../../src/connectors/registry.ts";
import type { FakeRequest } from "./faults.ts";
import type { ActionWorld } from "./worlds/action-world.ts";
import { WORLDS } from "./worlds/worlds.ts";

const FOLDER = "../shared/contracts";
const read = <T>(file: string): T => JSON.parse(readFileSync(`${FOLDER}/${file}`, { encoding: "utf8" })) as T;

/** What a run may ever ask of an action: to do it, to find it, to prove it, to take it back. */
async function everything(action: AnyAction, world: ActionWorld): Promise<void> {
  const { input, http } = world;
  if (action.effect === "read") return void (await action.run(input, http));
  const context = (key: string, version: string | null = null): ApplyContext => ({ http, key, version });
  const before = await action.look?.(input, http);
  const output = await action.apply(input, context("run-1/step", before?.version ?? null));
  await action.find?.(input, context("run-1/step"));
  await action.prove?.(input, output, http);
  const { undo } = action;
  if (undo.kind === "restore") await undo.restore(input, before?.fields ?? {}, context("run-1/step/undo"));
  if (undo.kind === "withdraw") {
    await undo.withdraw(input, output, context("run-1/step/undo"));
    await undo.gone(input, output, http);
  }
}

async function requestsOf(system: string): Promise<FakeRequest[]> {
  const requests: FakeRequest[] = [];
  for (const [key, action] of Object.entries(registry[system]?.actions ?? {})) {
    const world = WORLDS[`${system}.${key}`]?.() ?? expect.fail(`${system}.${key} has no line in WORLDS`);
    await everything(action, world);
    requests.push(...world.requests);
  }
  return requests;
}

const named = ({ method, url }: FakeRequest): string => `${method} ${url.pathname}`;

/** Requests by system, and how many of them the contract speaks of. */
const checked: string[] = [];
const report = (system: string, requests: readonly FakeRequest[], described: readonly FakeRequest[]): void => {
  const without = [
    ...new Set(requests.filter((request) => !described.includes(request)).map((request) => `${request.method} ${template(request.url)}`)),
  ];
  checked.push(
    `${system}: ${described.length} of ${requests.length} requests${without.length > 0 ? `; not described: ${without.join(", ")}` : ""}`,
  );
};
afterAll(() => console.log(checked.join("\n")));

// ---- OpenAPI ----

interface Parameter {
  readonly name: string;
  readonly in: "header" | "path" | "query" | "formData" | "body";
  readonly type?: string;
  readonly required?: boolean;
  readonly schema?: { readonly $ref: string };
}
interface Swagger {
  readonly basePath?: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly parameters: readonly Parameter[] }>>>>;
  readonly definitions: Readonly<Record<string, { readonly properties?: object; readonly type?: string }>>;
}

const SLACK = "slack/slack_web_openapi_v2.json";
/** Slack's description is older than these, which its pages have. */
const NEWER: Readonly<Record<string, readonly string[]>> = {
  "chat.postMessage": ["metadata"],
  "conversations.history": ["include_all_metadata"],
  "conversations.replies": ["include_all_metadata"],
};

describe.skipIf(!existsSync(`${FOLDER}/${SLACK}`))(`Slack, by ${FOLDER}/${SLACK}`, () => {
  it("describes every method that is called, with its verb and its arguments", async () => {
    const { paths } = read<Swagger>(SLACK);
    const requests = await requestsOf("slack");
    for (const request of requests) {
      const method = request.path.slice(1);
      const { parameters } = paths[request.path]?.[request.method.toLowerCase()] ?? expect.fail(`${named(request)} is no method of Slack`);
      const inform = parameters.filter(({ name }) => name !== "token");
      const given: Record<string, unknown> = request.method === "GET" ? Object.fromEntries(request.query) : (request.body ?? {});
      const known = [...inform.map(({ name }) => name), ...(NEWER[method] ?? [])];
      expect(known, `${method} has ${Object.keys(given)}`).toEqual(expect.arrayContaining(Object.keys(given)));
      for (const { name, required, type } of inform) {
        if (required) expect(given[name], `${method}: ${name}`).toBeDefined();
        // A query is text; blocks are JSON in a JSON body, where a form has them as text.
        if (request.method === "POST" && name in given && name !== "blocks") expect(typeof given[name], `${method}: ${name}`).toBe(type);
      }
      if (request.method === "POST") expect(request.headers.get("content-type")).toMatch(/^application\/json/);
    }
    expect(requests.length).toBeGreaterThan(4);
    report("slack", requests, requests);
  });
});

const TEAMS = "teams/botframework-ConnectorAPI.json";

describe.skipIf(!existsSync(`${FOLDER}/${TEAMS}`))(`Microsoft Teams, by ${FOLDER}/${TEAMS}`, () => {
  it("describes every request: its path, its query, and a body without invented fields", async () => {
    const { paths, definitions } = read<Swagger>(TEAMS);
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    // Its schemas are open, and would let an invented field pass; a card and a channel's own data are open on purpose.
    const closed = Object.fromEntries(
      Object.entries(definitions).map(([name, schema]) => [name, schema.properties ? { ...schema, additionalProperties: false } : schema]),
    );
    ajv.addSchema({ $id: "teams", definitions: closed });
    const patterns = Object.entries(paths).map(([path, operations]) => ({
      operations,
      pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, "[^/]+")}$`),
    }));
    const requests = await requestsOf("teams");
    for (const request of requests) {
      const verb = request.method.toLowerCase();
      const found = patterns.find(({ pattern, operations }) => pattern.test(request.url.pathname) && operations[verb]);
      const { parameters } = found?.operations[verb] ?? expect.fail(`${named(request)} is not described`);
      const queries = parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name);
      expect(queries).toEqual(expect.arrayContaining([...request.query.keys()]));
      const schema = parameters.find((parameter) => parameter.in === "body")?.schema;
      if (!schema) expect(request.body, named(request)).toBeNull();
      else {
        const validate = ajv.compile({ $ref: `teams${schema.$ref}` });
        expect(validate(request.body), `${named(request)}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      }
    }
    expect(requests.length).toBeGreaterThan(4);
    report("teams", requests, requests);
  });
});

// ---- exchanges ----

interface Exchange {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

/** Where a path names a record, a type of records or an external id, any of them may stand. An address may have the system's name before its paths. */
function template({ pathname }: URL): string {
  return pathname
    .replace(/\.json$/, "")
    .replace(/^\/zendesk(?=\/)/, "")
    .replace(/\/objects\/[^/]+/, "/objects/{type}")
    .replace(/\/sobjects\/[^/]+\/[A-Za-z0-9_]+__c\/[^/]+$/, "/sobjects/{type}/{field}/{value}")
    .replace(/\/sobjects\/[^/]+/, "/sobjects/{type}")
    .replace(/\/(?:\d+|(?=[a-z]*\d)[A-Za-z0-9]{15,19})(?=\/|$)/g, "/{id}");
}

/** Maps whose keys are the account's own fields. */
const OPEN = ["properties", "ticket", "variables", "metadata"];

/** Of GraphQL over HTTP (https://graphql.github.io/graphql-over-http/), which the examples leave out. */
const BESIDE = ["operationName"];

function keepsShape(example: unknown, body: unknown, at: string): void {
  if (example === null || body === null || typeof example !== "object") {
    expect(typeof body, at).toBe(typeof example);
    return;
  }
  expect(Array.isArray(body), at).toBe(Array.isArray(example));
  if (Array.isArray(example)) {
    for (const item of body as unknown[]) if (example.length > 0) keepsShape(example[0], item, `${at}[]`);
    return;
  }
  for (const [key, value] of Object.entries(body as object)) {
    if (BESIDE.includes(key)) continue;
    const open = OPEN.includes(key);
    expect(Object.keys(example), `${at} has ${key}`).toContain(key);
    if (open) expect(typeof value, at).toBe("object");
    else keepsShape((example as Record<string, unknown>)[key], value, `${at}.${key}`);
  }
}

/** Which header holds the credential, and what it looks like. */
const CREDENTIAL: Readonly<Record<string, readonly [header: string, looks: RegExp]>> = {
  zendesk: ["authorization", /^Bearer \S+$/],
  hubspot: ["authorization", /^Bearer \S+$/],
  salesforce: ["authorization", /^Bearer \S+$/],
  shopify: ["x-shopify-access-token", /^\S+$/],
  freshdesk: ["authorization", /^Basic [A-Za-z0-9+/]+=*$/],
};

/** A ticket of Freshdesk is its fields, without anything around them: those that an example has are of the example's kind, and the account's own lie under one of them. */
function keepsKinds(example: Readonly<Record<string, unknown>>, body: Readonly<Record<string, unknown>>, at: string): void {
  for (const [name, value] of Object.entries(body)) {
    expect(name, `${at}: a field of the account belongs under custom_fields`).not.toMatch(/^cf_/);
    if (name in example && value !== null) expect(typeof value, `${at}.${name}`).toBe(typeof example[name]);
  }
}

describe.each(["zendesk", "hubspot", "salesforce", "shopify", "freshdesk"])("%s, by its documented exchanges", (system) => {
  const file = `${system}/exchanges.derived.json`;
  it.skipIf(!existsSync(`${FOLDER}/${file}`))("sends requests with a path, a credential and a body wrapped as in them", async () => {
    const exchanges = read<Exchange[]>(file).map(({ request }) => ({
      ...request,
      template: template(new URL(request.path, "https://vendor.example")),
    }));
    const requests = await requestsOf(system);
    const described: FakeRequest[] = [];
    for (const request of requests) {
      const examples = exchanges.filter(({ method, template: path }) => method === request.method && path === template(request.url));
      if (examples.length === 0) continue;
      described.push(request);
      const [header, looks] = CREDENTIAL[system] ?? expect.fail(`${system} has no credential in CREDENTIAL`);
      expect(request.headers.get(header), named(request)).toMatch(looks);
      const bodies = examples
        .map(({ body }) => body)
        .filter((body) => typeof body === "object" && body !== null && Object.keys(body).length > 0);
      if (request.body === null) continue;
      expect(request.headers.get("content-type")).toMatch(/^application\/json/);
      // A record of Salesforce is its fields, without anything around them.
      if (system === "salesforce")
        for (const value of Object.values(request.body)) expect(typeof value === "object" && value !== null).toBe(false);
      else if (system === "freshdesk" && request.method === "PUT") keepsKinds(Object.assign({}, ...bodies), request.body, named(request));
      else if (bodies.length > 0) keepsShape(Object.assign({}, ...bodies), request.body, named(request));
    }
    expect(described.length).toBeGreaterThan(2);
    report(system, requests, described);
  });
});
