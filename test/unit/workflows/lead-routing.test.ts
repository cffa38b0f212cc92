// Lead routing, tested as its author would: who gets which lead, what is left to people, and that each thing is written once.
import { describe, expect, it } from "vitest";
import { GovernanceSpec } from "../../../src/governance/spec.ts";
import { leadRoutingSpec } from "../../../src/workflows/lead-routing/governance.ts";
import { SEGMENTS } from "../../../src/workflows/lead-routing/labels.ts";
import { companyDomain, decideAcquaintances } from "../../../src/workflows/lead-routing/lead.ts";
import { DESK, OWNERS, segmentOf } from "../../../src/workflows/lead-routing/owners.ts";
import { leadRouting } from "../../../src/workflows/lead-routing/workflow.ts";
import { crashEverywhere, expectEffects } from "../../harness/expectations.ts";
import { approve, edit, nobody, reject, type Scenario, testWorkflow } from "../../harness/workflow-harness.ts";

const properties = {
  email: "kim.doe@northwind.example",
  firstname: "Kim",
  lastname: "Doe",
  company: "Northwind",
  jobtitle: "Head of purchasing",
  country: "Germany",
  numemployees: "4000",
  message: "Kim Doe here. We need 300 seats by March; call +49 170 1234567.",
  hs_analytics_source: "ORGANIC_SEARCH",
  hubspot_owner_id: null,
};
const contact = (id: string, more: Partial<Record<keyof typeof properties, string>> = {}) => ({
  id,
  properties: { ...properties, ...more },
  createdAt: "",
  updatedAt: "",
});
const found = (...records: ReturnType<typeof contact>[]) => ({ total: records.length, records, after: null });

const sure: Scenario = {
  spec: leadRoutingSpec,
  event: { subject: "2001" },
  records: { "contacts/2001": { owner: null } },
  reads: {
    "hubspot.getRecord": contact("2001"),
    // The search finds the new contact itself, too.
    "hubspot.searchRecords": found(contact("2001"), contact("1001", { email: "li@northwind.example", firstname: "Li", lastname: "Chen" })),
  },
  decisions: { judgement: { value: { score: "high", segment: "enterprise" }, confidence: 0.9 } },
};
const unsure: Scenario = { ...sure, decisions: { judgement: { value: { score: "high", segment: "enterprise" }, confidence: 0.4 } } };
const doubled: Scenario = {
  ...sure,
  reads: { ...sure.reads, "hubspot.searchRecords": found(contact("2001"), contact("1002", { email: "kim.doe+fair@northwind.example" })) },
};

describe("a lead", () => {
  it("goes to the owner of its segment, with a note, and a task where it wants to buy", async () => {
    const run = testWorkflow(leadRouting, sure);
    expect(await run.toEnd()).toMatchObject({
      status: "completed",
      output: { routed: true, owner: OWNERS.enterprise, segment: "enterprise", score: "high" },
    });
    expectEffects(run, [
      { step: "assign owner", action: "hubspot.assignOwner", values: { owner: OWNERS.enterprise }, status: "applied" },
      {
        step: "explain route",
        target: "contacts/2001",
        values: {
          text: "Interlock gave this lead to ana@example.com: segment enterprise, score high (90 % sure). Known at the same company: contact 1001.",
          at: "2026-01-05T09:00:00.000Z",
        },
        status: "applied",
      },
      { step: "make a task", target: "contacts/2001", status: "applied" },
    ]);
    expect(run.effects[2]?.values).toMatchObject({ owner: OWNERS.enterprise, priority: "HIGH", dueAt: "2026-01-06T09:00:00.000Z" });
    expect(run.record("contacts/2001")).toEqual({ owner: OWNERS.enterprise });
  });

  it("is described to the model without name, number and address", async () => {
    const run = testWorkflow(leadRouting, sure);
    await run.toEnd();
    expect(run.asked[0]?.input).toMatchObject({
      "lead.message": "[PERSON_1] here. We need 300 seats by March; call [PHONE_1].",
      "lead.mailbox": "company",
      "lead.employees": "4000",
    });
    expect(JSON.stringify(run.asked[0]?.input)).not.toMatch(/kim|doe/i);
  });

  it("that does not want to buy yet makes no task", async () => {
    const run = testWorkflow(leadRouting, { ...sure, decisions: { judgement: { value: { score: "medium", segment: "business" } } } });
    expect(await run.toEnd()).toMatchObject({ output: { owner: OWNERS.business } });
    expectEffects(run, [
      { step: "assign owner", status: "applied" },
      { step: "explain route", status: "applied" },
    ]);
  });

  it("that has an owner stays theirs, and the model is not asked", async () => {
    const reads = { ...sure.reads, "hubspot.getRecord": contact("2001", { hubspot_owner_id: "4711" }) };
    const run = testWorkflow(leadRouting, { ...sure, reads });
    expect(await run.toEnd()).toMatchObject({ output: { routed: false, because: "has an owner" } });
    expectEffects(run, []);
    expect(run.asked).toHaveLength(0);
  });

  it("that somebody takes while it is judged stays theirs", async () => {
    const run = testWorkflow(leadRouting, { ...sure, records: { "contacts/2001": { owner: "eve@example.com" } } });
    expect(await run.toEnd()).toMatchObject({ output: { routed: false, because: "denied" } });
    expect(run.record("contacts/2001")).toEqual({ owner: "eve@example.com" });
  });
});

describe("a person's word", () => {
  it("is asked for when the model is unsure, and everything follows it", async () => {
    const run = testWorkflow(leadRouting, { ...unsure, answers: edit({ owner: OWNERS.business }) });
    expect(await run.until("approval")).toMatchObject({ step: "assign owner" });
    expect(run.calls("hubspot.assignOwner")).toHaveLength(0);
    expect(await run.toEnd()).toMatchObject({ output: { owner: OWNERS.business, segment: "business" } });
    expect(run.effects[1]?.values.text).toMatch(/^Interlock gave this lead to ben@example.com: segment business, .*decided by ada@/);
    expect(run.effects[2]?.values).toMatchObject({ owner: OWNERS.business, text: "Segment business, score high." });
  });

  it.each([
    ["rejected", reject("A competitor")],
    ["expired", nobody()],
  ])("that is %s leaves the lead with nobody", async (because, answers) => {
    const run = testWorkflow(leadRouting, { ...unsure, answers });
    expect(await run.toEnd()).toMatchObject({ status: "completed", output: { routed: false, because } });
    expectEffects(run, [{ step: "assign owner", status: `refused: ${because}` }]);
  });
});

describe("a lead that may be there twice", () => {
  it("is noted and left to the desk, and the model is not asked", async () => {
    const run = testWorkflow(leadRouting, doubled);
    expect(await run.toEnd()).toMatchObject({ output: { routed: false, because: "duplicate", duplicates: ["1002"] } });
    expectEffects(run, [
      { step: "note the duplicate", status: "applied" },
      { step: "ask to merge", status: "applied" },
    ]);
    expect(run.effects[1]?.values).toMatchObject({ owner: DESK, subject: "Merge a duplicate lead" });
    expect(run.asked).toHaveLength(0);
  });

  it("is looked for by name where the mailbox is a private one", async () => {
    const email = "kim.doe@gmail.com";
    const reads = {
      "hubspot.getRecord": contact("2001", { email }),
      "hubspot.searchRecords": found(contact("1003", { email: "kim.doe+2@gmail.com" }), contact("1004", { email: "other@gmail.com" })),
    };
    const run = testWorkflow(leadRouting, { ...sure, reads });
    expect(await run.toEnd()).toMatchObject({ output: { duplicates: ["1003"] } });
    expect(run.systems.calls.find(({ action }) => action === "hubspot.searchRecords")?.input).toMatchObject({
      filters: [{ property: "firstname" }, { property: "lastname" }],
    });
  });

  it("is whoever has the same mailbox, or the same full name at the same company", () => {
    const person = (id: string, email: string | null, firstName: string | null = "Kim", lastName: string | null = "Doe") => ({
      id,
      email,
      firstName,
      lastName,
    });
    const lead = person("1", "Kim@Northwind.example");
    const others = [
      lead,
      person("2", "kim+x@northwind.example", "K", "D"),
      person("3", "k.doe@northwind.example", "KIM", " doe"),
      person("4", "kim.doe@other.example"),
      person("5", "li@northwind.example", "Li", "Chen"),
      person("6", null),
    ];
    expect(decideAcquaintances(lead, others)).toEqual({ duplicates: ["2", "3"], colleagues: ["5"] });
    // Two people of one name with private mailboxes are two people.
    expect(decideAcquaintances(person("1", "a@gmail.com"), [person("2", "b@gmail.com")])).toEqual({ duplicates: [], colleagues: [] });
    expect(decideAcquaintances(person("1", null), [person("2", null)])).toEqual({ duplicates: [], colleagues: [] });
    expect([companyDomain("a@GMX.de"), companyDomain("a@x.example"), companyDomain("none"), companyDomain(null)]).toEqual([
      null,
      "x.example",
      null,
      null,
    ]);
  });
});

describe("whatever goes wrong", () => {
  it.each(["assign owner", "explain route", "make a task"])("%s is done once when its answer is lost", async (step) => {
    const run = testWorkflow(leadRouting, { ...sure, faults: { [step]: ["answer lost"] } });
    expect(await run.toEnd()).toMatchObject({ output: { routed: true } });
    expect(run.effects.map(({ status }) => status)).toEqual(["applied", "applied", "applied"]);
  });

  it.each(["note the duplicate", "ask to merge"])("%s is done once when its answer is lost", async (step) => {
    const run = testWorkflow(leadRouting, { ...doubled, faults: { [step]: ["answer lost"] } });
    expect(await run.toEnd()).toMatchObject({ output: { because: "duplicate" } });
    expect(run.effects.map(({ status }) => status)).toEqual(["applied", "applied"]);
  });

  it("takes the lead back from its owner when they cannot be told why they have it", async () => {
    const run = testWorkflow(leadRouting, { ...sure, faults: { "explain route": ["422 always"] } });
    expect(await run.toEnd()).toMatchObject({ status: "failed" });
    expect(run.record("contacts/2001")).toEqual({ owner: null });
  });

  it("ends the same wherever the process stops", async () => {
    expect(await crashEverywhere(leadRouting, { ...unsure, answers: approve() })).toBeGreaterThan(20);
  });
});

it("has a spec that can be meant, and a segment for each owner", () => {
  expect(GovernanceSpec.parse(leadRoutingSpec)).toEqual(leadRoutingSpec);
  expect(SEGMENTS.map((segment) => segmentOf(OWNERS[segment]))).toEqual([...SEGMENTS]);
});
