// The text that a data-protection officer approves: what changes it and what does not, what is said of a change; what recent decisions show; for how long contents are kept.
import { describe, expect, it } from "vitest";
import { type FlowDeclaration, type FlowRecipient, flowChanges, flowDigest, flowTextOf } from "../../../src/governance/flow-text.ts";
import { type ObservedDecision, observeFlow } from "../../../src/governance/observed-flow.ts";
import { keptFor, undoableFor } from "../../../src/governance/retention.ts";

const [subject, body] = ["ticket.subject", "ticket.body"].map((element) => ({
  element,
  class: "personal" as const,
  purpose: "routing",
  basis: "contract",
  redact: ["email" as const],
  retentionDays: 30,
}));
if (!subject || !body) throw new Error("two elements");
const workflow: FlowDeclaration = { name: "triage", purpose: "Route tickets", dataFlow: [subject, body] };
const acme: FlowRecipient = { model: "default", provider: "acme", host: "api.acme.example", local: false };
const text = flowTextOf(workflow, ["customers"], [acme]);

describe("the text of a data flow", () => {
  it("is the same for what means the same", () => {
    const again = flowTextOf({ ...workflow, dataFlow: [{ ...subject, treatment: "mask" }, body] }, ["customers"], [{ ...acme }]);
    expect(flowDigest(again)).toBe(flowDigest(text));
    expect(flowChanges(text, again)).toEqual([]);
  });

  it.each([
    ["an element is new", { dataFlow: [subject, body, { ...body, element: "ticket.iban" }] }, {}, ["ticket.iban is new"]],
    ["an element is gone", { dataFlow: [subject] }, {}, ["ticket.body is gone"]],
    [
      "an element is treated otherwise",
      { dataFlow: [{ ...subject, treatment: "send" as const }, body] },
      {},
      ["ticket.subject: treatment was mask and is send"],
    ],
    [
      "an element is kept longer, for another purpose",
      { dataFlow: [subject, { ...body, retentionDays: 90, purpose: "training" }] },
      {},
      ["ticket.body: purpose was routing and is training, retentionDays was 30 and is 90"],
    ],
    [
      "tokens become values again",
      { reinsert: { triage: ["reply"] } },
      {},
      ['where tokens become values again: triage was nothing and is ["reply"]'],
    ],
    [
      "another provider is asked",
      {},
      { recipients: [{ ...acme, provider: "other" }] },
      ["the model “default”: provider was acme and is other"],
    ],
    [
      "another host is asked",
      {},
      { recipients: [{ ...acme, host: "eu.acme.example" }] },
      ["the model “default”: host was api.acme.example and is eu.acme.example"],
    ],
    [
      "a gateway stands on the way",
      {},
      { recipients: [acme, { ...acme, provider: "cloudflare", host: "gateway.example", gateway: true as const }] },
      ["the gateway of the model “default” is new"],
    ],
    [
      "another model may be asked under the same name",
      {},
      { recipients: [acme, { ...acme, provider: "other" }] },
      ["the model “default” (2) is new"],
    ],
    ["it is about other people", {}, { subjects: ["patients"] }, ["whose data has changed"]],
    ["the workflow is for something else", { purpose: "Score customers" }, {}, ["the purpose has changed"]],
  ])(
    "is another when %s, and says so",
    (_, change: Partial<FlowDeclaration>, {
      recipients = [acme],
      subjects = ["customers"],
    }: { recipients?: FlowRecipient[]; subjects?: string[] }, said) => {
      const now = flowTextOf({ ...workflow, ...change }, subjects, recipients);
      expect(flowDigest(now)).not.toBe(flowDigest(text));
      expect(flowChanges(text, now)).toEqual(said);
    },
  );
});

describe("what decisions show", () => {
  const decision = (run: string, at: number, more: Partial<ObservedDecision> = {}): ObservedDecision => ({
    run,
    at,
    provider: "acme",
    sent: [],
    notSent: [],
    ...more,
  });

  it("is each undeclared field with the runs that read it, the most frequent first, and nothing that lies in a declared element", () => {
    const observed = observeFlow(
      [
        decision("r1", 10, { notSent: ["ticket.tags", "ticket.via", "ticket.iban", "ticket.custom.size"] }),
        decision("r1", 20, { notSent: ["ticket.tags"] }),
        decision("r2", 30, { notSent: ["ticket.via", "ticket.subjects"] }),
        decision("r3", 5, { notSent: ["ticket.via"] }),
      ],
      ["ticket.subject", "ticket.iban", "ticket.custom"],
    );
    expect(observed.runs).toBe(3);
    expect(observed.undeclared).toEqual([
      { path: "ticket.via", runs: 3, lastAt: 30 },
      { path: "ticket.subjects", runs: 1, lastAt: 30 },
      { path: "ticket.tags", runs: 1, lastAt: 20 },
    ]);
  });

  it("is how often each element went, what was taken out of it, and who answered", () => {
    const observed = observeFlow(
      [
        decision("r1", 1, { sent: [{ element: "a", treatment: "mask", removed: { email: 2, person: 1 } }] }),
        decision("r2", 2, {
          sent: [
            { element: "a", treatment: "mask", removed: { email: 1 } },
            { element: "b", treatment: "send" },
          ],
        }),
        decision("r3", 3, { provider: "other" }),
      ],
      ["a", "b"],
    );
    expect(observed.elements).toEqual({ a: { runs: 2, removed: { email: 3, person: 1 } }, b: { runs: 1, removed: {} } });
    expect(observed.providers).toEqual({ acme: 2, other: 1 });
  });
});

describe("contents are kept", () => {
  const element = (name: string, retentionDays: number) => ({ element: name, retentionDays });

  it("for the spec's days where no element asks for fewer", () => {
    expect(keptFor(30, [])).toEqual({ days: 30, because: null });
    expect(keptFor(30, [element("a", 30), element("b", 90)])).toEqual({ days: 30, because: null });
  });

  it("for the days of the element that may be kept shortest, which is named", () => {
    expect(keptFor(90, [element("a", 30), element("b", 7), element("c", 14)])).toEqual({ days: 7, because: "b" });
  });

  it("and no write can be undone after that, however long the rollback window is", () => {
    expect(undoableFor(30, { days: 7, because: "b" })).toBe(7);
    expect(undoableFor(5, { days: 7, because: "b" })).toBe(5);
  });
});
