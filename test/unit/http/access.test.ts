// Who may do what, as the app answers it: every route, asked by nobody, by somebody without a role, and by each role for all workflows, for this one, and for
// another. The table is a file that is reviewed like code; a route that is new, or that answers somebody else than before, changes it or fails.
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GrantTo } from "../../../sandbox/grants.ts";
import { deployment } from "../../../src/config.ts";
import { EVERY_WORKFLOW, everywhere, type Grant, ROLES, type Role } from "../../../src/core/principal.ts";
import { createApp } from "../../../src/http/app.tsx";
import type { Console } from "./console.ts";
import { imageOf } from "./fake-d1.ts";
import { openStories, PUBLIC, SAMPLES, type Sample, SECRETS, WORKFLOW } from "./route-samples.ts";

const GOLDEN = "test/golden/access.md";
const RENEW = "UPDATE_GOLDEN=1 npx vitest run --project unit test/unit/http/access.test.ts";
const FOR = { all: EVERY_WORKFLOW, this: WORKFLOW, other: "another-workflow" } as const;
type For = keyof typeof FOR;

/** Middleware is no route: it is mounted for all methods under a pattern. */
const routes = [
  ...new Set(
    createApp(deployment)
      .routes.filter(({ method, path }) => method !== "ALL" || !path.includes("*"))
      .map(({ method, path }) => `${method} ${path}`),
  ),
];

interface Answer {
  readonly status: number;
  readonly refused: boolean;
  /** Whether anything reached a partition. */
  readonly asked: number;
  readonly secrets: readonly string[];
}

const BESIDES: readonly GrantTo[] = [
  { principal: "grace@example.com", role: "auditor", workflow: "*" },
  { principal: "alan@example.com", role: "admin", workflow: "*" },
];

let requests = 0;

/** Asks each route as one person. A console is thrown away once something was changed in it. */
async function askAll(grants: readonly Grant[], env: Partial<Env> = {}): Promise<Map<string, Answer>> {
  const options = { env, grants: [...grants.map((grant) => ({ principal: "ada@example.com", ...grant })), ...BESIDES] };
  let open: Console = await openStories(options);
  const image = imageOf(open.db);
  const begin = () => openStories({ ...options, image });
  const answers = new Map<string, Answer>();
  for (const [route, sample] of Object.entries(SAMPLES)) {
    const before = open.asked.length;
    const response = await send(open, route, sample);
    const text = await response.text();
    requests++;
    const refused = response.status === 403;
    const secrets = SECRETS.filter((secret) => text.includes(secret));
    answers.set(route, { status: response.status, refused, asked: open.asked.length - before, secrets });
    if (!refused && !route.startsWith("GET")) open = await begin();
  }
  return answers;
}

function send(open: Console, route: string, { path, json, form }: Sample): Promise<Response> {
  if (route.startsWith("PUT"))
    return open.get(path, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(json) });
  if (json !== undefined) return open.json(path, json);
  return form ? open.form(path, form) : open.get(path);
}

let nobody: Map<string, Answer>;
let nothing: Map<string, Answer>;
let both: Map<string, Answer>;
const held = new Map<Role, Record<For, Map<string, Answer>>>();

beforeAll(async () => {
  nobody = await askAll([], { ACCESS_TEAM_DOMAIN: "acme", ACCESS_AUD: "aud" });
  nothing = await askAll([]);
  for (const role of ROLES) {
    const as = (scope: For) => askAll([{ role, workflow: FOR[scope] }]);
    held.set(role, { all: await as("all"), this: await as("this"), other: await as("other") });
  }
  both = await askAll(everywhere(...ROLES));
}, 600_000);

const of = (role: Role, scope: For, route: string): Answer => held.get(role)?.[scope].get(route) as Answer;

/** yes: for all workflows or this one. list: also for another, of which it then shows. all: only a grant for all workflows. */
function cell(role: Role, route: string): string {
  const [all, own, other] = (["all", "this", "other"] as const).map((scope) => !of(role, scope, route).refused);
  if (all && own) return other ? "list" : "yes";
  if (all && !own && !other) return "all";
  return all || own || other ? "?" : "";
}

const table = () => {
  const rows = Object.keys(SAMPLES).map((route) => [
    route,
    ...[nobody, nothing].map((answers) => (answers.get(route)?.refused ? "" : "yes")),
    ...ROLES.map((role) => cell(role, route)),
  ]);
  const cells = [["route", "no identity", "no role", ...ROLES], ...rows];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) => `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  return `# Who may do what

Made by test/unit/http/access.test.ts from the app's routes and what they answered. Do not edit it: \`${RENEW}\`.

- **yes**: with the role for the workflow in question, or for all; 403 with the role for another workflow
- **list**: with the role for any workflow; what is shown or done is limited to the workflows of the grants
- **all**: with the role for all workflows only, because it is a matter of the whole deployment
- empty: 403

Without an identity: ${PUBLIC.map((route) => `\`${route}\``).join(", ")} (a delivery's signature is its proof).

${line(head)}
${line(widths.map((width) => "-".repeat(width)))}
${body.map(line).join("\n")}
`;
};

describe("the access table", () => {
  it("has every route of the app, and no other", () => {
    expect([...Object.keys(SAMPLES), ...PUBLIC].sort()).toEqual([...routes].sort());
  });

  it("is the one that was reviewed", () => {
    const now = table();
    if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, now);
    expect(now, `Who may do what has changed. If that is meant, renew the table: ${RENEW}`).toBe(readFileSync(GOLDEN, "utf8"));
  });

  it("has somebody for each route who may, and for them it is done", () => {
    for (const [route, { otherwise }] of Object.entries(SAMPLES)) {
      const done = ROLES.map((role) => of(role, "all", route)).filter(({ refused }) => !refused);
      expect(done.length, route).toBeGreaterThan(0);
      for (const { status } of done)
        expect(otherwise === undefined ? status < 400 : status === otherwise, `${route}: ${status}`).toBe(true);
    }
  });
});

describe("a refusal", () => {
  const everyAnswer = () => [nobody, nothing, both, ...[...held.values()].flatMap((scopes) => Object.values(scopes))];

  it("asks nothing of a partition, and shows nothing to whoever may not read either", () => {
    for (const answers of everyAnswer()) {
      const reader = answers.get("GET /runs/:id")?.refused === false;
      for (const [route, { refused, asked, secrets }] of answers)
        if (refused) expect({ route, asked, secrets: reader ? [] : secrets }).toEqual({ route, asked: 0, secrets: [] });
    }
  });

  it("is the answer to everything without an identity, and without a role", () => {
    for (const answers of [nobody, nothing]) for (const [route, { status }] of answers) expect(status, route).toBe(403);
  });

  it("is the answer to whoever has a role for another workflow, and lists show them nothing", () => {
    for (const role of ROLES)
      for (const [route, { thing }] of Object.entries(SAMPLES)) {
        const { refused, asked, secrets } = of(role, "other", route);
        if (thing) expect(refused, `${role}: ${route}`).toBe(true);
        expect({ route, asked, secrets }, role).toEqual({ route, asked: 0, secrets: [] });
      }
  });

  it("is the answer to an admin who would decide, whatever else they were granted", () => {
    const deciding = Object.entries(SAMPLES).filter(([, { decides }]) => decides);
    expect(deciding.length).toBeGreaterThan(0);
    for (const [route] of deciding) {
      for (const scope of Object.keys(FOR) as For[]) expect(of("admin", scope, route).status, route).toBe(403);
      expect(both.get(route)?.status, route).toBe(403);
    }
  });
});

afterAll(() => {
  console.log(`access table: ${routes.length} routes, ${requests} requests as ${requests / Object.keys(SAMPLES).length} kinds of people`);
});
