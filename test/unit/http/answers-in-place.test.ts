// A person in the models' place, through the pages: what they are shown, what their form takes, and how what was tried is told afterwards.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { Approval } from "../../../src/core/approval.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Entry, NewEntry } from "../../../src/engine/journal.ts";
import { entryWords } from "../../../src/http/pages/entry-words.ts";
import { editablesOf, editorForSchema, readEditor } from "../../../src/http/pages/field-editor.ts";
import { Triage } from "../../../src/workflows/ticket-triage/triage.ts";
import { type Console, openConsole } from "./console.ts";
import { MINUTE, NOW, SPEC, type Story, tell } from "./stories.ts";

const ADA = "ada@example.com";
const tried = [
  {
    model: "big",
    provider: "acme",
    host: "api.acme.example",
    code: "model.circuit_open",
    message: "acme has failed several times in a row",
  },
  {
    model: "small",
    provider: "acme",
    host: "api.acme.example",
    code: "model.invalid_output",
    message: "team: invalid_value",
    repaired: true,
  },
  { model: "small", provider: "acme", host: "api.acme.example", code: "model.invalid_output", message: "team: invalid_value" },
] as const;

const fieldsOf = (schema: z.ZodType): JsonObject => (z.toJSONSchema(schema) as { properties: JsonObject }).properties;

function waiting(): Story {
  const story = tell({ ending: "retrying", ticket: 9 });
  const approval: Approval = {
    id: "apr_in_place",
    step: "triage",
    action: "",
    target: "9",
    before: {},
    values: {},
    digest: "d".repeat(64),
    rule: "workflow",
    why: "No model could decide “triage”",
    also: ["acme, big: acme has failed several times in a row"],
    reviewers: SPEC.review.reviewers,
    requestedAt: NOW - MINUTE,
    expiresAt: NOW + 60 * MINUTE,
    question: "No model could decide “triage”: what is the answer?",
    answer: { decision: "triage", instruction: "Choose the team <b>that</b> can solve it.", fields: fieldsOf(Triage) },
  };
  const told: NewEntry[] = [
    { type: "question.asked", step: "triage", args: "a", tried },
    { type: "approval.requested", step: "triage", approval },
  ];
  const entries = [...story.entries.slice(0, 1), ...told.map((entry, index) => ({ ...entry, seq: index + 2, at: NOW }) as Entry)];
  const on = { kind: "approval", approvalId: approval.id, step: "triage", until: approval.expiresAt } as const;
  return { ...story, entries, state: { status: "waiting", on }, approvalId: approval.id };
}

let story: Story;
let open: Console;
beforeEach(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  story = waiting();
  open = await openConsole([story]);
});
afterEach(() => {
  vi.useRealTimers();
});

const address = "/approvals/apr_in_place";
const page = async () => (await open.get(address)).text();
const answer = (fields: Record<string, string>) => open.form(`${address}/decision`, { kind: "edited", digest: "d".repeat(64), ...fields });

describe("the page", () => {
  it("says what is to be decided, why no model could, and that the answer writes nothing by itself", async () => {
    const html = await page();
    expect(html).toContain("<h1>No model could decide “triage”: what is the answer?</h1>");
    expect(html).toContain("Choose the team &lt;b&gt;that&lt;/b&gt; can solve it.");
    expect(html).toContain("acme, big: acme has failed several times in a row.");
    expect(html).toContain("It writes nothing by itself");
  });

  it("has the decision's fields as a form with nothing chosen, and nothing to approve or reject", async () => {
    const html = await page();
    expect([...html.matchAll(/name="kind" value="(\w+)"/g)].map((match) => match[1])).toEqual([
      "edited",
      "insufficient",
      "ask",
      "reassign",
    ]);
    expect(html).toMatch(
      /<select id="field-0" name="value:team"[^>]*required=""[^>]*><option value="">Choose a value<\/option><option value="billing">/,
    );
    expect(html).toMatch(/<select id="field-1" name="value:priority"/);
    expect(html).not.toContain("Proposed:");
  });
});

describe("the answer", () => {
  it("is the values that were chosen, under the person's name", async () => {
    const said = await answer({ "value:team": "returns", "value:priority": "low" });
    expect([said.status, said.headers.get("location")]).toEqual([303, `/runs/${story.id}?notice=answered`]);
    expect(story.entries.at(-1)).toMatchObject({
      type: "approval.decided",
      decision: { kind: "edited", by: ADA, values: { team: "returns", priority: "low" } },
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ["is no value of the field", { "value:team": "kitchen", "value:priority": "low" }, "choose one of the listed values"],
    ["lacks a field", { "value:team": "billing" }, "give a value for every field"],
    ["leaves a field open", { "value:team": "", "value:priority": "low" }, "choose one of the listed values"],
  ])("is refused beside its field when it %s, and what was entered stays", async (_, fields, why) => {
    const said = await answer(fields);
    const html = await said.text();
    expect(said.status).toBe(422);
    expect(html).toContain(why);
    expect(story.entries.at(-1)).toMatchObject({ type: "approval.requested" });
    if (fields["value:priority"]) expect(html).toMatch(/<option value="low" selected="">/);
  });

  it("of the API is held to the schema as well", async () => {
    const say = (values: JsonObject) => open.json(`/api${address}/decision`, { kind: "edited", digest: "d".repeat(64), values });
    const wrong = await say({ team: "kitchen", priority: "low" });
    expect([wrong.status, await wrong.json()]).toEqual([422, expect.objectContaining({ code: "approval.edit_refused", field: "team" })]);
    expect((await say({ team: "billing", priority: "low" })).status).toBe(200);
  });
});

describe("the fields of a decision in a form", () => {
  const schema = z.object({
    total: z.number(),
    due: z.string().nullable(),
    reply: z.string(),
    day: z.iso.date(),
    urgent: z.boolean(),
    grade: z.enum(["a", "b"]).nullable(),
    lines: z.array(z.string()),
  });
  const editor = (field: string) => editorForSchema(fieldsOf(schema)[field]);

  it("are entered as what they are", () => {
    const kinds = editablesOf({ answer: { decision: "d", instruction: "", fields: fieldsOf(schema) } }, {}, {}).map(
      ({ field, isOpen, editor: { kind } }) => [field, isOpen, kind],
    );
    expect(kinds).toEqual([
      ["total", true, "json"],
      ["due", true, "text"],
      ["reply", true, "text"],
      ["day", true, "text"],
      ["urgent", true, "choice"],
      ["grade", true, "choice"],
      ["lines", true, "json"],
    ]);
    expect([editor("reply"), editor("day")]).toMatchObject([{ long: true }, { long: false }]);
  });

  it.each<[string, string, unknown]>([
    ["total", "12.5", 12.5],
    ["due", "", null],
    ["due", "tomorrow", "tomorrow"],
    ["urgent", "true", true],
    ["grade", "null", null],
    ["lines", '["x"]', ["x"]],
  ])("are read as what they are: %s, %j", (field, text, value) => {
    expect(readEditor(editor(field), field, text, "")).toEqual({ ok: true, value });
  });
});

describe("the run's timeline", () => {
  const words = (type: string, body: object) => entryWords({ type, at: 0, body: body as never }).text;
  const decision = { value: { team: "billing" }, confidence: 0.875, source: "agreement", samples: 3 };

  it("tells what was tried, who answered, and how a score came about", () => {
    expect(words("question.asked", { args: "a", tried })).toBe(
      "No model could decide, so a person is asked: acme, big: acme has failed several times in a row; acme, small: team: invalid_value, and asked again; acme, small: team: invalid_value",
    );
    expect(words("decision.made", { decision, tried: tried.slice(0, 1) })).toBe(
      "The model answered team billing, 87.5 % sure, by how many of 3 answers agree (before: acme, big: acme has failed several times in a row)",
    );
    expect(words("decision.made", { decision: { ...decision, source: "person" }, by: ADA })).toBe(
      `${ADA} answered team billing, where no model could`,
    );
  });

  it("shows the prompt that a decision rests on, as text", async () => {
    const decided = tell({ ending: "asked", ticket: 10 });
    const made = decided.entries.find((entry) => entry.type === "decision.made");
    Object.assign(made ?? {}, { instruction: "Choose <i>one</i>." });
    open = await openConsole([decided]);
    expect(await (await open.get(`/runs/${decided.id}`)).text()).toMatch(/Prompt <code title="prompt">prompt<\/code>: Choose &lt;i&gt;one/);
    expect(await (await open.get(`/approvals/${decided.approvalId}`)).text()).toContain("Choose &lt;i&gt;one");
  });
});
