// Order exceptions, tested as their author would: what is held, recorded, told and refunded, and that each happens once.
import { describe, expect, it } from "vitest";
import { GovernanceSpec } from "../../../src/governance/spec.ts";
import { CHANNELS } from "../../../src/workflows/order-exception/channels.ts";
import { decideRefund } from "../../../src/workflows/order-exception/decide-refund.ts";
import { orderExceptionSpec } from "../../../src/workflows/order-exception/governance.ts";
import { orderException } from "../../../src/workflows/order-exception/workflow.ts";
import { crashEverywhere, expectEffects } from "../../harness/expectations.ts";
import { approve, edit, nobody, reject, type Scenario, testWorkflow } from "../../harness/workflow-harness.ts";

const HOLD = "88";
const TS = "1767603600.000100";

const order = {
  id: "450789469",
  name: "#1001",
  createdAt: "2026-01-05T08:59:00Z",
  updatedAt: "2026-01-05T08:59:00Z",
  cancelled: null,
  test: false,
  source: "web",
  email: "kim@example.com",
  financialStatus: "PAID",
  fulfillmentStatus: "UNFULFILLED",
  total: { amount: "66.5", currency: "EUR" },
  refunded: { amount: "0.0", currency: "EUR" },
  note: "House number is missing, call Kim Doe at +49 170 1234567",
  tags: [],
  attributes: { gift: "yes" },
  customer: { id: "7", name: "Kim Doe", tags: [], orders: 3 },
  risk: { recommendation: "ACCEPT", level: "LOW", facts: ["NEUTRAL: The address has no number"] },
  lines: [{ id: "1", name: "Canvas bag", sku: "BAG-L", quantity: 1, refundable: 1 }],
  moreLines: false,
  fulfillmentOrders: [
    { id: "11", status: "OPEN", holds: [] },
    { id: "12", status: "CLOSED", holds: [] },
  ],
  refunds: [],
};

type Answer = { exception: string; handling: string };
const judged = (value: Answer, confidence = 0.95) => ({ judgement: { value, confidence } });

const address: Scenario = {
  spec: orderExceptionSpec,
  event: { subject: order.id, data: { id: 450789469, customer: { id: 7 } } },
  records: {
    [`order/${order.id}`]: { "attributes.exception": null, "attributes.handling": null, tags: [] },
    "fulfillment/11": { released: null },
  },
  reads: { "shopify.getOrder": order },
  outputs: { "shopify.holdFulfillment": { hold: HOLD }, "slack.postMessage": ({ channel }) => ({ channel, ts: TS }) },
  decisions: judged({ exception: "address", handling: "hold" }),
};
const unsure: Scenario = { ...address, decisions: judged({ exception: "address", handling: "hold" }, 0.4) };
const refunding: Scenario = { ...address, decisions: judged({ exception: "duplicate", handling: "refund" }) };
const paying = (amount: string, more: object = {}): Scenario => ({
  ...refunding,
  reads: { "shopify.getOrder": { ...order, total: { amount, currency: "EUR" }, ...more } },
});

describe("an order with an exception", () => {
  it("is held, recorded, tagged and told of", async () => {
    const run = testWorkflow(orderException, address);
    expect(await run.toEnd()).toMatchObject({
      status: "completed",
      output: { handled: true, exception: "address", handling: "hold", held: 1, told: true },
    });
    expectEffects(run, [
      {
        step: "hold",
        target: "fulfillment/11",
        values: { reason: "INCORRECT_ADDRESS", notes: "Interlock: address (95 % sure)", notifyMerchant: false },
        status: "applied",
      },
      { step: "record decision", values: { "attributes.exception": "address", "attributes.handling": "hold" }, status: "applied" },
      { step: "tag order", values: { tags: ["exception-address"] }, status: "applied" },
      { step: "tell the team", target: `channel/${CHANNELS.address}`, status: "applied" },
    ]);
  });

  it("is described to the model without the customer's name, number and e-mail address", async () => {
    const run = testWorkflow(orderException, address);
    await run.toEnd();
    expect(run.asked[0]?.input["order.note"]).toBe("House number is missing, call [PERSON_1] at [PHONE_1]");
    expect(Object.keys(run.asked[0]?.input ?? {})).not.toContain("order.customer");
    expect(JSON.stringify(run.asked[0]?.input)).not.toContain("kim@example.com");
  });

  it("is on hold before a person is asked what it is", async () => {
    const run = testWorkflow(orderException, unsure);
    expect(await run.until("approval")).toMatchObject({ step: "record decision" });
    expectEffects(run, [
      { step: "hold", status: "applied" },
      { step: "record decision", status: "asked" },
    ]);
  });

  it("is what the reviewer says, and not the model", async () => {
    const run = testWorkflow(orderException, {
      ...unsure,
      answers: edit({ "attributes.exception": "stock", "attributes.handling": "ask" }),
    });
    expect(await run.toEnd()).toMatchObject({ output: { exception: "stock", handling: "ask" } });
    expectEffects(run, [
      { step: "hold", status: "applied" },
      { step: "record decision", values: { "attributes.exception": "stock", "attributes.handling": "ask" }, status: "applied" },
      { step: "tag order", values: { tags: ["exception-stock"] }, status: "applied" },
      { step: "tell the team", target: `channel/${CHANNELS.stock}`, status: "applied" },
    ]);
  });

  it("is released again when the reviewer finds nothing wrong", async () => {
    const run = testWorkflow(orderException, {
      ...unsure,
      answers: edit({ "attributes.exception": "none", "attributes.handling": "release" }),
    });
    expect(await run.toEnd()).toMatchObject({ output: { handling: "release", held: 0 } });
    expectEffects(run, [
      { step: "hold", status: "applied" },
      { step: "record decision", status: "applied" },
      { step: "release", values: { released: HOLD }, status: "applied" },
    ]);
  });

  it("is held after all when the reviewer stops what the model would have let go", async () => {
    const run = testWorkflow(orderException, {
      ...address,
      decisions: judged({ exception: "none", handling: "release" }, 0.4),
      answers: edit({ "attributes.exception": "address", "attributes.handling": "hold" }),
    });
    expect(await run.toEnd()).toMatchObject({ output: { exception: "address", held: 1 } });
    expectEffects(run, [
      { step: "record decision", status: "applied" },
      { step: "hold", target: "fulfillment/11", status: "applied" },
      { step: "tag order", status: "applied" },
      { step: "tell the team", target: `channel/${CHANNELS.address}`, status: "applied" },
    ]);
  });

  it("is not said to be on hold when nothing could be held any more", async () => {
    const fulfillmentOrders = [{ id: "11", status: "IN_PROGRESS", holds: [] }];
    const run = testWorkflow(orderException, { ...address, reads: { "shopify.getOrder": { ...order, fulfillmentOrders } } });
    expect(await run.toEnd()).toMatchObject({ output: { held: 0 } });
    expect(run.effects.at(-1)?.values.text).toContain("could not put it on hold");
  });

  it.each([
    ["rejected", reject("Not enough to go by")],
    ["expired", nobody()],
  ])("stays on hold after an answer that is %s, and the team is told", async (because, answers) => {
    const run = testWorkflow(orderException, { ...unsure, answers });
    expect(await run.toEnd()).toMatchObject({ status: "completed", output: { handled: false, because, held: 1 } });
    expectEffects(run, [
      { step: "hold", status: "applied" },
      { step: "record decision", status: `refused: ${because}` },
      { step: "tell that nothing is decided", target: `channel/${CHANNELS.none}`, status: "applied" },
    ]);
  });

  it.each<[string, Answer]>([
    ["is called a fraud", { exception: "fraud", handling: "hold" }],
    ["is released with an exception", { exception: "price", handling: "release" }],
    ["is stopped without one", { exception: "none", handling: "hold" }],
  ])("is asked about when it %s, however sure the model is", async (_, value) => {
    const run = testWorkflow(orderException, { ...address, decisions: judged(value, 1) });
    expect(await run.until("approval")).toMatchObject({ step: "record decision" });
  });
});

describe("an ordinary order", () => {
  it("is recorded as one, and nothing else happens to it", async () => {
    const run = testWorkflow(orderException, { ...address, decisions: judged({ exception: "none", handling: "release" }) });
    expect(await run.toEnd()).toMatchObject({ output: { exception: "none", handling: "release" } });
    expectEffects(run, [{ step: "record decision", status: "applied" }]);
  });

  it.each([
    ["a test order", { test: true }],
    ["cancelled already", { cancelled: { at: "2026-01-05T08:59:30Z", reason: "CUSTOMER" } }],
    ["sent already", { fulfillmentStatus: "FULFILLED" }],
  ])("is left alone, and the model not asked, when it is %s", async (because, change) => {
    const run = testWorkflow(orderException, { ...address, reads: { "shopify.getOrder": { ...order, ...change } } });
    expect(await run.toEnd()).toMatchObject({ output: { handled: false, because } });
    expectEffects(run, []);
    expect(run.asked).toHaveLength(0);
  });
});

describe("a refund", () => {
  it("is paid once a reviewer agrees, and told of in the same thread", async () => {
    const run = testWorkflow(orderException, { ...refunding, answers: approve() });
    expect(await run.until("approval")).toMatchObject({ step: "refund" });
    expect(await run.toEnd()).toMatchObject({ output: { handling: "refund", refunded: "66.50 EUR" } });
    expectEffects(run, [
      { step: "hold", status: "applied" },
      { step: "record decision", status: "applied" },
      { step: "tag order", status: "applied" },
      { step: "tell the team", target: `channel/${CHANNELS.duplicate}`, status: "applied" },
      { step: "refund", status: "applied" },
      {
        step: "tell of the refund",
        target: `thread/${CHANNELS.duplicate}/${TS}`,
        values: { text: "Refunded: 66.50 EUR." },
        status: "applied",
      },
    ]);
  });

  it("up to 200 is any reviewer's to approve, above that the head of orders'", async () => {
    const small = testWorkflow(orderException, paying("200.00"));
    await small.until("approval");
    expect(small.approval).toMatchObject({ rule: "action_always_asks" });
    const large = testWorkflow(orderException, paying("200.01"));
    await large.until("approval");
    expect(large.approval).toMatchObject({ rule: "large_refund" });
  });

  it("above the range of the spec is denied whoever agrees, and the team is told", async () => {
    const run = testWorkflow(orderException, paying("1000.01"));
    expect(await run.toEnd()).toMatchObject({ output: { handling: "refund", refunded: null } });
    expect(run.effects.slice(-2)).toMatchObject([
      { step: "refund", status: "refused: denied" },
      { step: "tell of the refund", status: "applied" },
    ]);
  });

  it("that is rejected is not paid, and the order stays on hold", async () => {
    const run = testWorkflow(orderException, { ...refunding, answers: reject("They want the bag after all") });
    expect(await run.toEnd()).toMatchObject({ output: { refunded: null, held: 1 } });
    expect(run.effects.slice(-2)).toMatchObject([
      { step: "refund", status: "refused: rejected" },
      { step: "tell of the refund", status: "applied" },
    ]);
  });

  it("of an order that is not simply paid is left to people", async () => {
    const run = testWorkflow(orderException, paying("66.5", { financialStatus: "PARTIALLY_PAID" }));
    expect(await run.toEnd()).toMatchObject({ output: { refunded: null } });
    expect(run.effects.map(({ step }) => step)).not.toContain("refund");
    expect(run.effects.at(-1)).toMatchObject({
      step: "tell of the refund",
      values: { text: "Not refunded: it is not simply paid. Please look at it." },
    });
  });

  it("is all that was paid, where nothing was refunded yet", () => {
    const paid = { total: { amount: "20.0", currency: "EUR" }, refunded: { amount: "0.0" }, financialStatus: "PAID" };
    expect(decideRefund(paid)).toEqual({ kind: "refund", amount: "20.00", currency: "EUR", alreadyRefunded: "0.00" });
    expect(decideRefund({ ...paid, total: { amount: "1.234", currency: "KWD" } })).toMatchObject({ amount: "1.234" });
    expect(decideRefund({ ...paid, refunded: { amount: "5.0" } })).toMatchObject({ kind: "none" });
    expect(decideRefund({ ...paid, total: { amount: "0.00", currency: "EUR" } })).toMatchObject({ kind: "none" });
  });
});

describe("whatever goes wrong", () => {
  it.each(["hold", "record decision", "tag order", "tell the team", "refund", "tell of the refund"])(
    "%s is done once when its answer is lost",
    async (step) => {
      const run = testWorkflow(orderException, { ...refunding, answers: approve(), faults: { [step]: ["answer lost"] } });
      expect(await run.toEnd()).toMatchObject({ status: "completed", output: { refunded: "66.50 EUR" } });
      expect(run.effects.map(({ status }) => status)).toEqual(Array(6).fill("applied"));
    },
  );

  it("keeps the hold when the run fails: to release what nobody has looked at is worse", async () => {
    const run = testWorkflow(orderException, { ...address, faults: { "tell the team": ["422 always"] } });
    expect(await run.toEnd()).toMatchObject({ status: "failed" });
    expect(run.effects[0]).toMatchObject({ step: "hold", status: "applied" });
  });

  it.each([
    ["refunds", { ...refunding, answers: approve() }],
    ["is released by a reviewer", { ...unsure, answers: edit({ "attributes.exception": "none", "attributes.handling": "release" }) }],
  ] as const)("ends the same wherever the process stops, when it %s", async (_, scenario) => {
    expect(await crashEverywhere(orderException, scenario)).toBeGreaterThan(20);
  });
});

describe("the declaration", () => {
  it("keeps one customer's orders in one lane, and lets others pass", () => {
    const lane = (subject: string, data: object | null) =>
      orderException.lane({ event: { ...testWorkflow(orderException, address).event, subject, data: data as never } });
    expect(lane("1", { customer: { id: 7 } })).toBe(lane("2", { customer: { id: 7 } }));
    expect(lane("1", { customer: { id: 7 } })).not.toBe(lane("3", { customer: { id: 8 } }));
    expect(lane("4", { customer: null })).toBe("order/4");
    expect(lane("5", null)).toBe("order/5");
  });

  it("has a governance spec that can be meant", () => {
    expect(GovernanceSpec.parse(orderExceptionSpec)).toEqual(orderExceptionSpec);
  });
});
