// Slack as a door to an approval: what is posted, who may press, what a press does. Slack is the connector tests' fake behind the real door to the network; the
// press comes in as Slack sends it, signed over its bytes.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deployment } from "../../../src/config.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import type { Context } from "../../../src/operations/context.ts";
import { receiveEvent } from "../../../src/operations/receive-event.ts";
import { sendNotices } from "../../../src/operations/send-notices.ts";
import { createFakeSlack, type FakeMessage, type FakeSlack } from "../connectors/fake-slack.ts";
import { type Console, openConsole } from "../http/console.ts";
import { MINUTE, SPEC, type Story, tell } from "../http/stories.ts";
import { mac } from "../ingress/sign.ts";

const SECRET = "signing-secret";
const CHANNEL = "C0APPROVALS";
const LINK = "https://interlock.example/approvals/";

let slack: FakeSlack;
let story: Story;
let open: Console;
let context: Context;
let enqueued: unknown[];
let background: Promise<unknown>[];
beforeEach(async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  slack = createFakeSlack({ token: "xoxb-1", channels: [CHANNEL] });
  vi.stubGlobal("fetch", slack.fetch);
  slack.people.set("UADA", { email: "Ada@Example.com" });
  slack.people.set("UMALLORY", { email: "mallory@example.com" });
  story = tell({ ending: "asked", ticket: 1, startedAt: Date.now() - 10 * MINUTE });
  enqueued = [];
  background = [];
  await begin([story]);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function begin(stories: readonly Story[], spec: GovernanceSpec = SPEC) {
  open = await openConsole(stories, {
    spec,
    grants: ["ada", "grace", "mallory"].flatMap((name) =>
      (["reviewer", "operator", "auditor"] as const).map((role) => ({ principal: `${name}@example.com`, role, workflow: "*" })),
    ),
    env: {
      SLACK_URL: "http://127.0.0.1",
      SLACK_TOKEN: "xoxb-1",
      SLACK_SIGNING_SECRET: SECRET,
      NOTICE_CHANNEL: CHANNEL,
      CONSOLE_URL: "https://interlock.example/",
      EVENTS: { send: async (message: unknown) => void enqueued.push(message) },
    } as unknown as Partial<Env>,
  });
  context = { env: open.env, deployment, waitUntil: (work) => void background.push(work) };
}

interface Button {
  readonly action_id: string;
  readonly value?: string;
  readonly url?: string;
}
const messages = (): FakeMessage[] => slack.channels.get(CHANNEL)?.messages ?? [];
const textOf = (message: FakeMessage | undefined): string => JSON.stringify(message?.blocks ?? message?.text ?? "");
const buttonsOf = (message: FakeMessage | undefined): Button[] =>
  ((message?.blocks ?? []) as { elements?: Button[] }[]).flatMap(({ elements }) => elements ?? []);
const approveButton = () => buttonsOf(messages()[0]).find(({ action_id }) => action_id === "interlock.approve") ?? expect.fail("no button");
const decided = () => open.asked.filter(({ what }) => what === "decide");

interface Pressed {
  readonly user?: string;
  readonly team?: string;
  readonly button?: Button;
  readonly secret?: string;
  readonly at?: number;
}
async function press({ user = "UADA", team = "T0", button = approveButton(), secret = SECRET, at = Date.now() }: Pressed = {}) {
  const payload = {
    type: "block_actions",
    user: { id: user, team_id: team, name: "whoever they say" },
    team: { id: team },
    trigger_id: "1.2.3",
    container: { type: "message", channel_id: CHANNEL, message_ts: messages()[0]?.ts },
    actions: [{ type: "button", ...button }],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(at / 1000));
  const response = await receiveEvent(
    context,
    "slack",
    new Request("https://interlock.example/hooks/slack", {
      method: "POST",
      body,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": `v0=${mac(secret, `v0:${timestamp}:`, body).toString("hex")}`,
      },
    }),
  );
  await Promise.all(background);
  return response;
}
/** What D1 holds once a run has answered. */
const sweep = () => sendNotices(context, Date.now());

describe("a notice", () => {
  it("is posted once for an approval that waits, with its change, its reason, its deadline and its page", async () => {
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expect(slack.writes.get("chat.postMessage")).toBe(1);
    const text = textOf(messages()[0]);
    for (const part of ["zendesk.updateTicket on ticket/1", "group to billing, priority to high", "71.4 % sure", "Decide by 20"]) {
      expect(text).toContain(part);
    }
    expect(buttonsOf(messages()[0])).toMatchObject([
      { action_id: "interlock.approve", value: expect.stringContaining(story.approvalId) },
      { action_id: "interlock.open", url: `${LINK}${story.approvalId}` },
    ]);
  });

  it("shows nothing of the record: of a value that the spec does not list only the field, and then nothing can be pressed", async () => {
    await begin([tell({ ending: "asked", ticket: 1, startedAt: Date.now(), extra: { note: "Noor Haddad, 0170 555 12 12" } })]);
    await sweep();
    const text = textOf(messages()[0]);
    for (const secret of ["Noor", "555", "Charged twice", "headphones"]) expect(text).not.toContain(secret);
    expect(text).toContain("priority to high, note");
    expect(buttonsOf(messages()[0]).map(({ action_id }) => action_id)).toEqual(["interlock.open"]);
  });

  it("has no button for a regulated decision", async () => {
    await begin([story], { ...SPEC, regulated: "credit" });
    await sweep();
    expect(buttonsOf(messages()[0]).map(({ action_id }) => action_id)).toEqual(["interlock.open"]);
  });

  it("is posted again for each reminder and escalation that the run recorded after it, each once", async () => {
    await sweep();
    const record = (seq: number, type: string) =>
      open.db
        .prepare(
          "insert into audit (run, seq, at, type, step, actor, content_digest, hash) values (?, ?, ?, ?, 'route ticket', 'interlock', '', '')",
        )
        .bind(story.id, seq, Date.now() + seq, type)
        .run();
    await record(90, "approval.reminded");
    await record(91, "approval.escalated");
    await record(92, "approval.reminded");
    expect(await sweep()).toBe(3);
    expect(await sweep()).toBe(0);
    expect(messages().map((message) => message.text.split(":")[0])).toEqual([
      "Approval needed",
      "Still waiting",
      "Escalated",
      "Still waiting",
    ]);
  });

  it("does not repeat a reminder that came before anything could be posted", async () => {
    await open.db
      .prepare(
        "insert into audit (run, seq, at, type, step, actor, content_digest, hash) values (?, 90, ?, 'approval.reminded', 'route ticket', 'interlock', '', '')",
      )
      .bind(story.id, Date.now() - MINUTE)
      .run();
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
  });

  it("is tried again after a while when Slack did not take it, and by one sweep at a time", async () => {
    slack.answerNext("chat.postMessage", { ok: false, error: "channel_not_found" });
    await expect(sweep()).rejects.toThrow("channel_not_found");
    expect(await sweep()).toBe(0);
    expect(await sendNotices(context, Date.now() + 6 * MINUTE)).toBe(1);
    expect(messages()).toHaveLength(1);
    slack.channels.get(CHANNEL)?.messages.splice(0);
    await open.db.prepare("delete from approval_notice").run();
    await Promise.all([sweep(), sweep()]);
    expect(messages()).toHaveLength(1);
  });

  it("is told how it ended, once, and loses its buttons", async () => {
    await sweep();
    await open.json(`/api/approvals/${story.approvalId}/decision`, {
      kind: "rejected",
      digest: JSON.parse(approveButton().value ?? "").digest,
      reason: "no",
    });
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expect(textOf(messages()[0])).toContain("rejected by ada@example.com");
    expect(buttonsOf(messages()[0]).map(({ action_id }) => action_id)).toEqual(["interlock.open"]);
    expect(slack.writes.get("chat.update")).toBe(1);
  });

  it("is not asked for again when somebody has removed the message", async () => {
    await sweep();
    slack.channels.get(CHANNEL)?.messages.splice(0);
    const decision = {
      kind: "approved",
      digest: story.entries.flatMap((entry) => (entry.type === "approval.requested" ? [entry.approval.digest] : []))[0],
    };
    await open.json(`/api/approvals/${story.approvalId}/decision`, decision);
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
  });

  it.each(["NOTICE_CHANNEL", "CONSOLE_URL", "SLACK_TOKEN"])("is not posted while %s is empty", async (name) => {
    (open.env as unknown as Record<string, string>)[name] = "";
    expect(await sweep()).toBe(0);
    expect(slack.requests).toEqual([]);
  });
});

describe("a press", () => {
  beforeEach(async () => void (await sweep()));

  it("decides exactly what was shown, in the name of the address that Slack vouches for, and the message says so", async () => {
    const { digest } = JSON.parse(approveButton().value ?? "");
    const response = await press();
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(decided().map(({ args }) => args)).toEqual([[story.approvalId, { kind: "approved", digest }, "ada@example.com"]]);
    expect(textOf(messages()[0])).toContain("Approved by ada@example.com");
    expect(enqueued).toEqual([]);
  });

  it("is worth nothing without the signature, too late, or signed with another secret", async () => {
    expect((await press({ secret: "another" })).status).toBe(401);
    expect((await press({ at: Date.now() - 6 * MINUTE })).status).toBe(401);
    expect(decided()).toEqual([]);
    expect(slack.requests.map(({ path }) => path)).toEqual(["/chat.postMessage"]);
  });

  it("that is repeated decides nothing more, and the presser alone is told", async () => {
    const button = approveButton();
    await press({ button });
    await press({ button });
    expect(open.asked.filter(({ what }) => what === "decide")).toHaveLength(2);
    expect(story.entries.filter(({ type }) => type === "approval.decided")).toHaveLength(1);
    expect(slack.whispers).toEqual([
      { channel: CHANNEL, user: "UADA", text: expect.stringContaining("It was decided before you pressed.") },
    ]);
  });

  it("of a button about another change is refused", async () => {
    const button = { ...approveButton(), value: JSON.stringify({ approval: story.approvalId, digest: "another" }) };
    await press({ button });
    expect(story.entries.filter(({ type }) => type === "approval.decided")).toEqual([]);
    expect(slack.whispers[0]?.text).toContain("has changed since this message");
  });

  it("of somebody whom the spec does not name is refused by the same check as on the page", async () => {
    await press({ user: "UMALLORY" });
    expect(decided().map(({ args }) => args[2])).toEqual(["mallory@example.com"]);
    expect(story.entries.filter(({ type }) => type === "approval.decided")).toEqual([]);
    expect(slack.whispers).toMatchObject([{ user: "UMALLORY", text: expect.stringContaining("not among those who may decide") }]);
    expect(textOf(messages()[0])).toContain("Approval needed");
  });

  it("of somebody who was granted nothing is refused before the run is asked", async () => {
    slack.people.set("UEVE", { email: "eve@example.com" });
    await press({ user: "UEVE" });
    expect(decided()).toEqual([]);
    expect(slack.whispers).toMatchObject([{ user: "UEVE", text: expect.stringContaining("does not have the role reviewer") }]);
  });

  it("on what somebody else has taken is refused", async () => {
    (open.env as { DEV_IDENTITY: string }).DEV_IDENTITY = "Grace <grace@example.com>";
    expect((await open.json(`/api/approvals/${story.approvalId}/claim`, {})).status).toBe(200);
    await press();
    expect(decided()).toEqual([]);
    expect(slack.whispers[0]?.text).toContain("grace@example.com has taken it");
  });

  it.each([
    ["a member of another workspace", { email: "ada@example.com", team_id: "T9" }, "T0", "own workspace"],
    ["a press from another workspace", { email: "ada@example.com" }, "T9", "own workspace"],
    ["a guest", { email: "ada@example.com", is_restricted: true }, "T0", "guests"],
    ["an account that was closed", { email: "ada@example.com", deleted: true }, "T0", "not an active person"],
    ["an address that was never confirmed", { email: "ada@example.com", is_email_confirmed: false }, "T0", "does not vouch"],
    ["an account without an address", { email: "" }, "T0", "does not vouch"],
  ])("of %s is not counted", async (_, person, team, why) => {
    slack.people.set("UX", person);
    await press({ user: "UX", team });
    expect(decided()).toEqual([]);
    expect(slack.whispers).toMatchObject([{ user: "UX", text: expect.stringContaining(why) }]);
  });

  it("whose presser Slack cannot name decides nothing, and may be made again", async () => {
    slack.forbidden.add("users.info");
    await press();
    expect(decided()).toEqual([]);
    expect(slack.whispers).toHaveLength(1);
    slack.forbidden.clear();
    await press();
    expect(decided()).toHaveLength(1);
  });

  it("counts although the message could not be rewritten", async () => {
    slack.answerNext("chat.update", { ok: false, error: "fatal_error" });
    await press();
    expect(story.entries.filter(({ type }) => type === "approval.decided")).toHaveLength(1);
    expect(slack.whispers).toEqual([]);
  });

  it("leaves the button where several people must agree", async () => {
    await begin([story], { ...SPEC, review: { ...SPEC.review, approvals: 2 } });
    await sweep();
    await press();
    expect(textOf(messages()[0])).toContain("2 people must agree");
    expect(approveButton().value).toContain(story.approvalId);
  });

  it("of the link, or of a button with nothing in it, does nothing", async () => {
    await press({ button: { action_id: "interlock.open", url: LINK } });
    await press({ button: { action_id: "interlock.approve", value: "{}" } });
    expect([decided(), slack.whispers, enqueued]).toEqual([[], [], []]);
  });

  it("of a workflow's own button is an event as before, and so is every press where no notices are configured", async () => {
    expect((await press({ button: { action_id: "their.own", value: "1" } })).status).toBe(202);
    const button = approveButton();
    (open.env as unknown as Record<string, string>).NOTICE_CHANNEL = "";
    expect((await press({ button })).status).toBe(202);
    expect(enqueued).toHaveLength(2);
    expect(decided()).toEqual([]);
  });
});

describe("what only looks", () => {
  it("never decides: no GET or HEAD of any route, with or without a decision in its address", async () => {
    const { createApp } = await import("../../../src/http/app.tsx");
    const paths = new Set(
      createApp(deployment)
        .routes.filter(({ method }) => ["GET", "ALL", "POST"].includes(method))
        .map(({ path }) => path),
    );
    expect(paths.size).toBeGreaterThan(60);
    const digest = JSON.parse((await sweep().then(() => approveButton().value)) ?? "{}").digest;
    const words = new URLSearchParams({ kind: "approved", decision: "approved", digest, payload: "{}", ids: story.approvalId });
    for (const path of paths) {
      const address = path
        .replace("/approvals/:id", `/approvals/${story.approvalId}`)
        .replace("/runs/:id", `/runs/${story.id}`)
        .replace(":connection", "slack")
        .replace(/:\w+(\{[^}]*\})?/g, "x")
        .replaceAll("*", "x");
      for (const method of ["GET", "HEAD"]) {
        const response = await open.get(`${address}?${words}`, { method, headers: { "user-agent": "Slackbot-LinkExpanding 1.0" } });
        expect(response.status, `${method} ${address}`).not.toBe(500);
      }
    }
    expect(open.asked).toEqual([]);
    expect(story.entries.some(({ type }) => type === "approval.decided")).toBe(false);
    expect(await open.db.prepare("select status from approval where id = ?").bind(story.approvalId).first()).toEqual({ status: "pending" });
    expect((await open.db.prepare("select * from approval_claim").all()).results).toEqual([]);
  });
});
