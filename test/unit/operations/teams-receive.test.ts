// Deliveries of Microsoft Teams on their whole way, as the stand-in posts them: proved with the keys that it publishes, read, stored or decided on, and answered in the
// words that each of its three senders needs.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { APP_ID, CLIENT_STATE, OUTGOING_TOKEN, TENANT } from "../../../sandbox/teams/directory.ts";
import { teamsStandIn } from "../../../sandbox/teams/stand-in.ts";
import { deployment as configured } from "../../../src/config.ts";
import { teams } from "../../../src/connectors/teams.ts";
import { ok } from "../../../src/core/errors.ts";
import { defineDeployment } from "../../../src/deployment.ts";
import type { Context } from "../../../src/operations/context.ts";
import { receiveEvent } from "../../../src/operations/receive-event.ts";
import { sendNotices } from "../../../src/operations/send-notices.ts";
import { type StandInHere, standInHere } from "../connectors/worlds/action-world.ts";
import { TEAMS_SECRET } from "../connectors/worlds/teams-worlds.ts";
import { openConsole } from "../http/console.ts";
import { SPEC, type Story, tell } from "../http/stories.ts";

const connection = {
  connector: teams,
  baseUrl: "TEAMS_URL",
  credential: "TEAMS_CREDENTIAL",
  webhookSecrets: [],
  settings: { appId: "TEAMS_APP_ID", tenantId: "TEAMS_TENANT_ID", openIdConfiguration: "TEAMS_OPENID" },
};
const deployment = defineDeployment({
  ...configured,
  connections: {
    ...configured.connections,
    teams: connection,
    "teams-mentions": { ...connection, webhook: "outgoing", webhookSecrets: ["TEAMS_OUTGOING"] },
    "teams-graph": { ...connection, webhook: "graph", webhookSecrets: ["TEAMS_CLIENT_STATE"] },
  },
  notices: { connection: "teams", channel: "NOTICE_CHANNEL", console: "CONSOLE_URL" },
});
const account = {
  token: async () => ok({ value: "stand-in-token", expiresAt: null }),
  lease: async (_: string, { units }: { units: number }) => ok({ kind: "leased", units }),
  note: async () => ok(null),
};

let here: StandInHere;
let story: Story;
let context: Context;
let enqueued: unknown[];
beforeEach(async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  here = standInHere(teams, teamsStandIn, { secret: TEAMS_SECRET, now: () => Date.now() });
  vi.stubGlobal("fetch", here.fetch);
  story = tell({ ending: "asked", ticket: 1, startedAt: Date.now() });
  enqueued = [];
  const open = await openConsole([story], {
    spec: SPEC,
    grants: [{ principal: "ada@example.com", role: "reviewer", workflow: "*" }],
    env: {
      TEAMS_URL: "http://127.0.0.1",
      TEAMS_CREDENTIAL: TEAMS_SECRET,
      TEAMS_APP_ID: APP_ID,
      TEAMS_TENANT_ID: TENANT,
      TEAMS_OPENID: "http://127.0.0.1/v1/.well-known/openidconfiguration",
      TEAMS_OUTGOING: OUTGOING_TOKEN,
      TEAMS_CLIENT_STATE: CLIENT_STATE,
      NOTICE_CHANNEL: "19:approvals@thread.tacv2",
      CONSOLE_URL: "https://interlock.example",
      CONNECTION: { getByName: () => account },
      EVENTS: {
        send: async (message: unknown) => void enqueued.push(message),
        sendBatch: async (messages: { body: unknown }[]) => void enqueued.push(...messages.map(({ body }) => body)),
      },
    } as unknown as Partial<Env>,
  });
  context = { env: open.env, deployment, waitUntil: () => undefined };
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function deliver(
  to: string,
  control: string,
  body: object,
  forged: { headers?: Record<string, string>; body?: (text: string) => string } = {},
) {
  here.posted.length = 0;
  await here.control(control, body);
  const posted = here.posted[0] ?? expect.fail("nothing was posted");
  const response = await receiveEvent(
    context,
    to,
    new Request(`https://interlock.example/hooks/${to}`, {
      method: "POST",
      body: forged.body?.(posted.body) ?? posted.body,
      headers: { ...posted.headers, ...forged.headers },
    }),
  );
  return { status: response.status, text: await response.text() };
}
const said = { conversation: "19:support@thread.tacv2;messageid=1600000000000", text: "status?" };
const decided = () => story.entries.filter(({ type }) => type === "approval.decided");

it("a message to the bot is stored under its thread; a token of nobody's is refused with 403, and so is another organisation's", async () => {
  expect((await deliver("teams", "/message", said)).status).toBe(202);
  expect(enqueued).toMatchObject([{ event: { type: "message", subject: said.conversation } }]);
  expect((await deliver("teams", "/message", said, { headers: { authorization: "Bearer e30.e30.x" } })).status).toBe(403);
  expect((await deliver("teams", "/message", said, { body: (text) => text.replaceAll(TENANT, "another") })).status).toBe(403);
  expect(enqueued).toHaveLength(1);
});

it("a press of an approval's button decides it, and is answered to the presser; with another token it decides nothing", async () => {
  await sendNotices(context, Date.now());
  const [notice] = (here.tables.get("activities")?.all() ?? []) as { id: string; conversation: string }[];
  const press = { conversation: notice?.conversation, activity: notice?.id, verb: "interlock.approve" };
  expect((await deliver("teams", "/press", press, { headers: { authorization: "Bearer e30.e30.x" } })).status).toBe(403);
  expect(decided()).toEqual([]);
  const { status, text } = await deliver("teams", "/press", press);
  expect([status, JSON.parse(text)]).toEqual([
    200,
    { statusCode: 200, type: "application/vnd.microsoft.activity.message", value: "Approved." },
  ]);
  expect(decided()).toHaveLength(1);
  expect(enqueued).toEqual([]);
});

it("a mention of an outgoing webhook is stored, and answered in the channel", async () => {
  expect(await deliver("teams-mentions", "/outgoing", said)).toEqual({ status: 200, text: '{"type":"message","text":"queued"}' });
  expect((await deliver("teams-mentions", "/outgoing", said, { body: (text) => `${text} ` })).status).toBe(401);
  expect(enqueued).toHaveLength(1);
});

it("Graph's changes are an event each; what does not know the word is answered with 202 and dropped", async () => {
  const change = { resource: "chats('c')/messages('1')", changeType: "created", count: 3 };
  expect((await deliver("teams-graph", "/change", change)).status).toBe(202);
  expect(enqueued).toHaveLength(3);
  expect((await deliver("teams-graph", "/change", change, { body: (text) => text.replaceAll(CLIENT_STATE, "no") })).status).toBe(202);
  expect(enqueued).toHaveLength(3);
  const handshake = await receiveEvent(
    context,
    "teams-graph",
    new Request("https://interlock.example/hooks/teams-graph?validationToken=a%3Cb", { method: "POST" }),
  );
  expect([handshake.status, await handshake.text(), handshake.headers.get("content-type")]).toEqual([200, "a<b", "text/plain"]);
});
