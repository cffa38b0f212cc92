// Lead routing in Salesforce, tested as its author would: what differs from HubSpot's, which is that a lead is told of with every change, always has an owner, and that
// a task is given to a user's id. The decision and the words are those of lead-routing.test.ts.
import { describe, expect, it } from "vitest";
import { idFor } from "../../../sandbox/salesforce/directory.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { GovernanceSpec } from "../../../src/governance/spec.ts";
import { DESK, INBOX, OWNERS } from "../../../src/workflows/lead-routing/owners.ts";
import { salesforceLeadRouting } from "../../../src/workflows/lead-routing/salesforce.ts";
import { salesforceLeadRoutingSpec } from "../../../src/workflows/lead-routing/salesforce-governance.ts";
import { crashEverywhere, expectEffects } from "../../harness/expectations.ts";
import { approve, edit, reject, type Scenario, testWorkflow } from "../../harness/workflow-harness.ts";

const LEAD = idFor("00Q", 1);
const QUEUE = idFor("00G", 2);
const ANA = idFor("005", 4);
const BEN = idFor("005", 5);
const AT_DESK = idFor("005", 6);
const USERS: Readonly<Record<string, string>> = { [OWNERS.enterprise]: ANA, [OWNERS.business]: BEN, [DESK]: AT_DESK };

const fields = {
  Email: "kim.doe@northwind.example",
  FirstName: "Kim",
  LastName: "Doe",
  Company: "Northwind",
  Title: "Head of purchasing",
  Country: "Germany",
  NumberOfEmployees: 4000,
  Description: "Kim Doe here. We need 300 seats by March; call +49 170 1234567.",
  LeadSource: "Web",
  OwnerId: QUEUE,
  IsConverted: false,
};
const lead = (more: JsonObject = {}) => ({ id: LEAD, object: "Lead", version: "1", fields: { ...fields, ...more } });
const person = (Id: string, Email: string, FirstName = "Kim", LastName = "Doe") => ({ Id, Email, FirstName, LastName });

interface Query {
  readonly object: string;
  readonly where: readonly { readonly field: string; readonly value: string }[];
}
/** What the org finds: leads, users by their name, and the tasks that are there. */
const finds =
  (leads: readonly JsonObject[], tasks: readonly JsonObject[] = []) =>
  ({ object, where }: Query) => {
    if (object === "User") return { records: [{ Id: USERS[where[0]?.value ?? ""] ?? expect.fail("another user") }] };
    return { records: object === "Task" ? tasks : leads };
  };

const colleague = person("00Q-li", "li@northwind.example", "Li", "Chen");
const sure: Scenario = {
  spec: salesforceLeadRoutingSpec,
  event: { subject: LEAD },
  records: { [`lead/${LEAD}`]: { owner: INBOX } },
  reads: { "salesforce.getRecord": lead(), "salesforce.queryRecords": finds([person(LEAD, fields.Email), colleague]) },
  decisions: { judgement: { value: { score: "high", segment: "enterprise" }, confidence: 0.9 } },
};
const unsure: Scenario = { ...sure, decisions: { judgement: { value: { score: "high", segment: "enterprise" }, confidence: 0.4 } } };
const withReads = (reads: Scenario["reads"]): Scenario => ({ ...sure, reads: { ...sure.reads, ...reads } });
const twin = person("00Q-twin", "kim.doe+fair@northwind.example");
const doubled = withReads({ "salesforce.queryRecords": finds([person(LEAD, fields.Email), twin]) });

describe("a lead in the queue", () => {
  it("goes to the owner of its segment, with a post, and a task for that owner's user where it wants to buy", async () => {
    const run = testWorkflow(salesforceLeadRouting, sure);
    expect(await run.toEnd()).toMatchObject({
      status: "completed",
      output: { routed: true, owner: OWNERS.enterprise, segment: "enterprise", score: "high" },
    });
    expectEffects(run, [
      { step: "assign owner", action: "salesforce.assignRecord", values: { owner: OWNERS.enterprise }, status: "applied" },
      {
        step: "explain route",
        values: {
          body: "Interlock gave this lead to ana@example.com: segment enterprise, score high (90 % sure). Known at the same company: lead 00Q-li.",
        },
        status: "applied",
      },
      { step: "make a task", target: `tasks/${LEAD}`, status: "applied" },
    ]);
    expect(run.effects[2]?.values).toMatchObject({ owner: ANA, priority: "High", due: "2026-01-06" });
    expect(run.record(`lead/${LEAD}`)).toEqual({ owner: OWNERS.enterprise });
  });

  it("is described to the model without name, number and address", async () => {
    const run = testWorkflow(salesforceLeadRouting, sure);
    await run.toEnd();
    expect(run.asked[0]?.input).toMatchObject({
      "lead.message": "[PERSON_1] here. We need 300 seats by March; call [PHONE_1].",
      "lead.mailbox": "company",
      "lead.employees": "4000",
    });
    expect(JSON.stringify(run.asked[0]?.input)).not.toMatch(/kim|doe/i);
  });

  it("goes where a person says when the model is unsure, and the task to that person's choice", async () => {
    const run = testWorkflow(salesforceLeadRouting, { ...unsure, answers: edit({ owner: OWNERS.business }) });
    expect(await run.until("approval")).toMatchObject({ step: "assign owner" });
    expect(run.calls("salesforce.assignRecord")).toHaveLength(0);
    expect(await run.toEnd()).toMatchObject({ output: { owner: OWNERS.business, segment: "business" } });
    expect(run.effects[2]?.values).toMatchObject({ owner: BEN });
  });

  it("stays there when its route is rejected", async () => {
    const run = testWorkflow(salesforceLeadRouting, { ...unsure, answers: reject("A competitor") });
    expect(await run.toEnd()).toMatchObject({ status: "completed", output: { routed: false, because: "rejected" } });
    expect(run.record(`lead/${LEAD}`)).toEqual({ owner: INBOX });
  });

  it("that somebody takes while it is judged stays theirs", async () => {
    const run = testWorkflow(salesforceLeadRouting, { ...sure, records: { [`lead/${LEAD}`]: { owner: "eve@example.com" } } });
    expect(await run.toEnd()).toMatchObject({ output: { routed: false, because: "denied" } });
    expect(run.record(`lead/${LEAD}`)).toEqual({ owner: "eve@example.com" });
  });
});

describe("a change of a lead", () => {
  it.each<[string, JsonObject, string]>([
    ["that a person has", { OwnerId: ANA }, "has an owner"],
    ["that is converted", { IsConverted: true }, "converted"],
  ])("%s is left alone, and the model is not asked", async (_, more, because) => {
    const run = testWorkflow(salesforceLeadRouting, withReads({ "salesforce.getRecord": lead(more) }));
    expect(await run.toEnd()).toMatchObject({ output: { routed: false, because } });
    expectEffects(run, []);
    expect(run.asked).toHaveLength(0);
  });
});

describe("a lead that may be there twice", () => {
  it("is noted and left to the desk, and the model is not asked", async () => {
    const run = testWorkflow(salesforceLeadRouting, doubled);
    expect(await run.toEnd()).toMatchObject({ output: { routed: false, because: "duplicate", duplicates: ["00Q-twin"] } });
    expectEffects(run, [
      { step: "note the duplicate", status: "applied" },
      { step: "ask to merge", status: "applied" },
    ]);
    expect(run.effects[1]?.values).toMatchObject({ owner: AT_DESK, subject: "Merge a duplicate lead" });
    expect(run.asked).toHaveLength(0);
  });

  it("is not given to the desk again with its next change", async () => {
    const run = testWorkflow(salesforceLeadRouting, withReads({ "salesforce.queryRecords": finds([twin], [{ Id: "00T-1" }]) }));
    expect(await run.toEnd()).toMatchObject({ output: { routed: false, because: "duplicate, the desk was asked before" } });
    expectEffects(run, []);
  });
});

describe("whatever goes wrong", () => {
  it.each(["assign owner", "explain route", "make a task"])("%s is done once when its answer is lost", async (step) => {
    const run = testWorkflow(salesforceLeadRouting, { ...sure, faults: { [step]: ["answer lost"] } });
    expect(await run.toEnd()).toMatchObject({ output: { routed: true } });
    expect(run.effects.map(({ status }) => status)).toEqual(["applied", "applied", "applied"]);
  });

  it("takes the lead back into the queue when it cannot be told why somebody has it", async () => {
    const run = testWorkflow(salesforceLeadRouting, { ...sure, faults: { "explain route": ["422 always"] } });
    expect(await run.toEnd()).toMatchObject({ status: "failed" });
    expect(run.record(`lead/${LEAD}`)).toEqual({ owner: INBOX });
  });

  it("ends the same wherever the process stops", async () => {
    expect(await crashEverywhere(salesforceLeadRouting, { ...unsure, answers: approve() })).toBeGreaterThan(20);
  });
});

it("has a spec that can be meant", () => {
  expect(GovernanceSpec.parse(salesforceLeadRoutingSpec)).toEqual(salesforceLeadRoutingSpec);
});
