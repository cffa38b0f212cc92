// Teams as a door to an approval, over the sandbox's stand-in behind the real door to the network: what is posted, who may press, what the presser is answered. The
// press is the activity that the stand-in delivers; that its token is the Bot Framework's is held by test/unit/connectors/teams-webhook.test.ts.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { APP_ID, PEOPLE, TENANT } from "../../../sandbox/teams/directory.ts";
import { teamsStandIn } from "../../../sandbox/teams/stand-in.ts";
import { deployment as configured } from "../../../src/config.ts";
import { teams } from "../../../src/connectors/teams.ts";
import { ok } from "../../../src/core/errors.ts";
import { type Deployment, defineDeployment } from "../../../src/deployment.ts";
import { pressOn } from "../../../src/operations/answer-from-chat.ts";
import type { Context } from "../../../src/operations/context.ts";
import { sendNotices } from "../../../src/operations/send-notices.ts";
import { type StandInHere, standInHere } from "../connectors/worlds/action-world.ts";
import { TEAMS_SECRET } from "../connectors/worlds/teams-worlds.ts";
import { type Console, openConsole } from "../http/console.ts";
import { MINUTE, SPEC, type Story, tell } from "../http/stories.ts";

const CHANNEL = "19:approvals@thread.tacv2";
const [ADA, MAYA, GUEST] = PEOPLE.map(({ id }) => id) as [string, string, string];

let here: StandInHere;
let story: Story;
let open: Console;
let context: Context;
let background: Promise<unknown>[];

const deployment: Deployment = defineDeployment({
  ...configured,
  connections: {
    ...configured.connections,
    teams: {
      connector: teams,
      baseUrl: "TEAMS_URL",
      credential: "TEAMS_CREDENTIAL",
      webhookSecrets: [],
      settings: { appId: "TEAMS_APP_ID", tenantId: "TEAMS_TENANT_ID" },
    },
  },
  notices: { connection: "teams", channel: "NOTICE_CHANNEL", console: "CONSOLE_URL" },
});

/** The connection's object, as far as a caller sees it. */
const account = {
  token: async () => ok({ value: "stand-in-token", expiresAt: null }),
  lease: async (_: string, { units }: { units: number }) => ok({ kind: "leased", units }),
  note: async () => ok(null),
};

beforeEach(async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  here = standInHere(teams, teamsStandIn, { secret: TEAMS_SECRET, now: () => Date.now() });
  vi.stubGlobal("fetch", here.fetch);
  story = tell({ ending: "asked", ticket: 1, startedAt: Date.now() - 10 * MINUTE });
  background = [];
  open = await openConsole([story], {
    spec: SPEC,
    grants: ["ada", "maya.brandt", "gilda"].map((name) => ({ principal: `${name}@example.com`, role: "reviewer" as const, workflow: "*" })),
    env: {
      TEAMS_URL: "http://127.0.0.1",
      TEAMS_CREDENTIAL: TEAMS_SECRET,
      TEAMS_APP_ID: APP_ID,
      TEAMS_TENANT_ID: TENANT,
      NOTICE_CHANNEL: CHANNEL,
      CONSOLE_URL: "https://interlock.example/",
      CONNECTION: { getByName: () => account },
    } as unknown as Partial<Env>,
  });
  context = { env: open.env, deployment, waitUntil: (work) => void background.push(work) };
  await sendNotices(context, Date.now());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

interface Kept {
  readonly id: string;
  readonly conversation: string;
  readonly body: { readonly text?: string; readonly attachments?: { content: { actions: Record<string, unknown>[] } }[] };
}
const sent = (): Kept[] => (here.tables.get("activities")?.all() ?? []) as Kept[];
const notice = (): Kept => sent()[0] ?? expect.fail("nothing was posted");
const buttons = () => (notice().body.attachments?.[0]?.content.actions ?? []).map(({ title }) => title);
const decided = () => open.asked.filter(({ what }) => what === "decide");
const whispers = () => sent().filter(({ conversation }) => conversation.startsWith("a:"));

interface Pressed {
  readonly user?: string;
  readonly aadObjectId?: string;
  readonly tenant?: string;
  readonly change?: (activity: string) => string;
}
/** What the stand-in posts for it. */
async function delivered(by: Pressed = {}) {
  const { change = (text) => text, ...who } = by;
  here.posted.length = 0;
  const { id: activity, conversation } = notice();
  const response = await here.control("/press", { conversation, activity, verb: "interlock.approve", user: ADA, ...who });
  expect(response.status).toBe(200);
  const body = here.posted[0]?.body ?? expect.fail("no press was delivered");
  return JSON.parse(change(body));
}
/** Given to whoever reads verified deliveries. */
const press = async (by?: Pressed) => pressOn(context, "teams", await delivered(by))?.(Date.now());
const saidTo = async (answer: Response | undefined): Promise<string> => {
  expect(answer?.status).toBe(200);
  const { statusCode, type, value } = JSON.parse((await answer?.text()) ?? "{}");
  expect([statusCode, type]).toEqual([200, "application/vnd.microsoft.activity.message"]);
  return value;
};

describe("a notice in Teams", () => {
  it("is a card with the change, its reason and its page, posted once", async () => {
    expect(await sendNotices(context, Date.now())).toBe(0);
    expect(sent()).toHaveLength(1);
    expect(notice().conversation).toBe(`${CHANNEL};messageid=${notice().id}`);
    const card = JSON.stringify(notice().body);
    for (const part of ["Approval needed", "group to billing, priority to high", "71.4 % sure", `approvals/${story.approvalId}`]) {
      expect(card).toContain(part);
    }
    expect(card).not.toContain('"TextBlock"');
    expect(buttons()).toEqual(["Approve", "Open"]);
  });
});

describe("a press in Teams", () => {
  it("decides exactly what was shown, in the name of the address that Teams gives, and says so in its answer and in the message", async () => {
    expect(await saidTo(await press())).toBe("Approved.");
    expect(decided().map(({ args }) => args)).toEqual([
      [story.approvalId, { kind: "approved", digest: expect.any(String) }, "ada@example.com"],
    ]);
    expect(JSON.stringify(notice().body)).toContain("Approved by ada@example.com");
    expect(buttons()).toEqual(["Open"]);
    expect(whispers()).toEqual([]);
  });

  it("that is repeated decides nothing more, and the presser alone is told", async () => {
    const twice = await delivered();
    await pressOn(context, "teams", twice)?.(Date.now());
    expect(await saidTo(await pressOn(context, "teams", twice)?.(Date.now()))).toContain("It was decided before you pressed.");
    expect(story.entries.filter(({ type }) => type === "approval.decided")).toHaveLength(1);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ["a guest", { user: GUEST }, "guests cannot decide"],
    ["somebody of another organisation", { tenant: "11111111-0000-4000-8000-000000000009" }, "own organisation"],
    ["an account that is not the member's", { user: MAYA, aadObjectId: PEOPLE[0]?.aadObjectId ?? "" }, "does not know you by the account"],
    ["somebody who is not in the conversation", { user: "29:nobody", aadObjectId: PEOPLE[0]?.aadObjectId ?? "" }, "Member not found"],
    ["somebody whom the spec does not name", { user: MAYA }, "not among those who may decide"],
  ])("of %s is not counted", async (_, who, why) => {
    expect(await saidTo(await press(who))).toContain(why);
    expect(story.entries.filter(({ type }) => type === "approval.decided")).toEqual([]);
    expect(JSON.stringify(notice().body)).toContain("Approval needed");
  });

  it.each([
    [
      "a guest by the name to sign in with alone",
      { userRole: "", userPrincipalName: "ada_elsewhere#EXT#@example.com" },
      "guests cannot decide",
    ],
    ["a member without a role and a name to sign in with", { userRole: "", userPrincipalName: "" }, "guests cannot decide"],
    ["a member of another organisation, whatever the press says", { tenantId: "11111111-0000-4000-8000-000000000009" }, "own organisation"],
    ["a member without an address", { email: "" }, "no e-mail address"],
  ])("of %s is not counted", async (_, more, why) => {
    here.tables.get("people")?.put(ADA, { ...PEOPLE[0], ...more });
    expect(await saidTo(await press())).toContain(why);
    expect(decided()).toEqual([]);
  });

  it("is not believed about a name, nor about an address that it brings itself", async () => {
    const lie = (body: string) =>
      body.replace(/"name":"Maya Brandt"/, '"name":"Ada Reviewer","email":"ada@example.com","userPrincipalName":"ada@example.com"');
    expect(await saidTo(await press({ user: MAYA, change: lie }))).toContain("not among those who may decide");
    expect(decided().map(({ args }) => args[2])).toEqual(["maya.brandt@example.com"]);
  });

  it("of a button about another change is refused", async () => {
    const change = (body: string) => body.replace(/"digest":"[^"]+"/, '"digest":"another"');
    expect(await saidTo(await press({ change }))).toContain("has changed since this message");
    expect(story.entries.filter(({ type }) => type === "approval.decided")).toEqual([]);
  });

  it("that takes longer than Teams waits is answered in time, and a refusal follows in the bot's chat with the presser", async () => {
    const slow = Promise.withResolvers<void>();
    const quick = here.fetch;
    vi.stubGlobal("fetch", (async (input: string, init?: RequestInit) => {
      if (String(input).includes("/members/")) await slow.promise;
      return quick(input, init);
    }) as typeof fetch);
    const pressed = await delivered({ user: MAYA });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const answer = pressOn(context, "teams", pressed)?.(Date.now());
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await saidTo(await answer)).toContain("Still being decided");
    expect(whispers()).toEqual([]);
    slow.resolve();
    await Promise.all(background);
    expect(whispers().map(({ body }) => body.text)).toEqual([expect.stringContaining("not among those who may decide")]);
  });

  it("without an approval in it decides nothing, and is answered all the same", async () => {
    const change = (body: string) => body.replace(/"approval":"[^"]+"/, '"approval":""');
    expect(await saidTo(await press({ change }))).toBe("This button decides nothing.");
    expect(decided()).toEqual([]);
  });

  it("of a workflow's own button, and a message, are events like any other", () => {
    const activity = { type: "invoke", name: "adaptiveCard/action", value: { action: { verb: "their.own", data: {} } } };
    expect(pressOn(context, "teams", activity)).toBeNull();
    expect(pressOn(context, "teams", { type: "message", text: "approve" })).toBeNull();
    expect(pressOn(context, "slack", activity)).toBeNull();
  });
});
