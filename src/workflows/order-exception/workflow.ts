// Stop a new order that cannot simply be sent: read it, decide what is wrong and what to do, put it on hold at once, record the decision on the order, tag it, tell
// the team in one thread, and give the money back where that was decided. What may be written without asking is in governance.ts.
// The hold comes before anybody is asked: an order that is packed while a person thinks about it cannot be stopped, and one that was held for nothing is released.
import * as z from "zod";
import { digitsAt } from "../../connectors/payload.ts";
import { shopify } from "../../connectors/shopify.ts";
import { slack } from "../../connectors/slack.ts";
import { defineWorkflow, model } from "../../engine/define.ts";
import { CHANNELS } from "./channels.ts";
import { decideRefund } from "./decide-refund.ts";
import { EXCEPTIONS, type Exception, HANDLINGS, type Handling, HOLD_REASONS, type HoldReason } from "./labels.ts";
import { rehearsedOrder } from "./rehearsed-order.ts";

export const Judgement = z.object({ exception: z.enum(EXCEPTIONS), handling: z.enum(HANDLINGS) });

/** Fulfillment orders of which nothing has left the shelf. Those that are on hold already need no second one. */
const CAN_BE_HELD = new Set(["OPEN", "SCHEDULED"]);

export const orderException = defineWorkflow(
  {
    name: "order-exception",
    version: 1,
    purpose: "Stop a new order that cannot simply be sent, and bring it to the people who can solve it",
    trigger: shopify.on("orders.create"),
    // One customer's orders one after another; an order without a customer is alone.
    lane: ({ event }) => {
      const customer = digitsAt(event.data, "customer", "id");
      return customer === null ? `order/${event.subject}` : `customer/${customer}`;
    },
    uses: {
      shop: shopify.only("getOrder", "holdFulfillment", "releaseHold", "updateOrder", "addTags", "refund"),
      chat: slack.only("postMessage"),
      model: model("default"),
    },
    dataFlow: [
      {
        element: "order.note",
        class: "personal",
        to: "model",
        purpose: "order-exceptions",
        basis: "contract",
        treatment: "mask",
        redact: ["email", "phone", "card", "iban", "national-id", "birth-date"],
        retentionDays: 30,
      },
      {
        element: "order.attributes",
        class: "personal",
        to: "model",
        purpose: "order-exceptions",
        basis: "contract",
        treatment: "mask",
        redact: ["email", "phone", "card", "iban", "national-id", "birth-date"],
        retentionDays: 30,
      },
      {
        element: "order.risk.facts",
        class: "personal",
        to: "model",
        purpose: "order-exceptions",
        basis: "legitimate-interest",
        treatment: "mask",
        redact: ["email", "phone", "card", "iban"],
        retentionDays: 30,
      },
      {
        element: "order.risk.recommendation",
        class: "none",
        to: "model",
        purpose: "order-exceptions",
        basis: "legitimate-interest",
        retentionDays: 30,
      },
      { element: "order.total", class: "none", to: "model", purpose: "order-exceptions", basis: "contract", retentionDays: 30 },
      { element: "order.lines", class: "none", to: "model", purpose: "order-exceptions", basis: "contract", retentionDays: 30 },
    ],
    decisions: { judgement: Judgement },
    // A labelled order of a validation: what the run would have been told and would have read.
    rehearsal: {
      decision: "judgement",
      text: "order.note",
      label: "exception",
      event: ({ number }) => ({ subject: String(number), data: null }),
      answers: {
        shop: {
          getOrder: rehearsedOrder,
          updateOrder: () => ({ "attributes.exception": null, "attributes.handling": null }),
          addTags: () => ({ tags: [] }),
        },
      },
    },
  },
  async ({ event, shop, chat, model }) => {
    const order = await shop.getOrder("load order", { id: event.subject });

    // What needs no judgement.
    if (order.test) return { order: order.id, handled: false, because: "a test order" };
    if (order.cancelled) return { order: order.id, handled: false, because: "cancelled already" };
    if (order.fulfillmentStatus === "FULFILLED") return { order: order.id, handled: false, because: "sent already" };

    const judgement = await model.decide("judgement", {
      instruction:
        "What keeps this new order from being sent, if anything, and what is to be done? release: let it go. hold: stop it until the team has looked. refund: give the money back. ask: only a person can say.",
      record: { order },
      known: { person: order.customer ? [order.customer.name] : [], email: order.email ? [order.email] : [] },
    });
    const how = judgement.decidedBy ? `decided by ${judgement.decidedBy}` : `${Math.round(judgement.confidence * 100)} % sure`;

    const holds: { fulfillmentOrder: string; hold: string; reason: HoldReason; notes: string }[] = [];
    const hold = async (exception: Exception) => {
      const reason = HOLD_REASONS[exception];
      const notes = `Interlock: ${exception} (${how})`;
      for (const { id, status } of order.fulfillmentOrders) {
        if (!CAN_BE_HELD.has(status)) continue;
        const held = await shop.holdFulfillment(
          "hold",
          { fulfillmentOrder: id, reason, notes, notifyMerchant: false },
          { basedOn: judgement },
        );
        if (held.status === "applied") holds.push({ fulfillmentOrder: id, hold: held.output.hold, reason, notes });
      }
    };
    // Stop it first; think afterwards.
    if (judgement.value.handling !== "release") await hold(judgement.value.exception);

    const recorded = await shop.updateOrder(
      "record decision",
      { id: order.id, set: { attributes: { exception: judgement.value.exception, handling: judgement.value.handling } } },
      { basedOn: judgement },
    );
    if (recorded.status === "refused") {
      const where = holds.length > 0 ? "is on hold" : "was not put on hold";
      await chat.postMessage(
        "tell that nothing is decided",
        { channel: CHANNELS.none, text: `Order ${order.name} ${where}, and what is to be done is not decided (${recorded.because})` },
        { basedOn: judgement },
      );
      return { order: order.id, handled: false, because: recorded.because, reason: recorded.reason, held: holds.length };
    }

    // A reviewer may have decided otherwise: everything below follows what was written, not what the model said.
    const exception = recorded.values["attributes.exception"] as Exception;
    const handling = recorded.values["attributes.handling"] as Handling;

    if (handling === "release") {
      for (const placed of holds) await shop.releaseHold("release", placed, { basedOn: judgement });
      return { order: order.id, handled: true, exception, handling, held: 0 };
    }

    // The model would have let it go, and a reviewer stops it.
    if (judgement.value.handling === "release") await hold(exception);

    await shop.addTags("tag order", { record: "order", id: order.id, tags: [`exception-${exception}`] }, { basedOn: judgement });

    const state = holds.length > 0 ? "It is on hold." : "Interlock could not put it on hold: see whether it is on its way.";
    const told = await chat.postMessage(
      "tell the team",
      { channel: CHANNELS[exception], text: `Order ${order.name}: ${exception}. ${state} ${NEXT[handling]}` },
      { basedOn: judgement },
    );

    let refunded: string | null = null;
    if (handling === "refund") {
      const plan = decideRefund(order);
      let result = plan.kind === "none" ? `Not refunded: ${plan.why}. Please look at it.` : "";
      if (plan.kind === "refund") {
        const { amount, currency, alreadyRefunded } = plan;
        const paid = await shop.refund(
          "refund",
          { order: order.id, amount, currency, alreadyRefunded, note: `Order exception: ${exception}`, notifyCustomer: true, lines: [] },
          { basedOn: judgement },
        );
        // A reviewer may have changed the amount, too.
        if (paid.status === "applied") refunded = `${paid.values.amount} ${paid.values.currency}`;
        result =
          paid.status === "applied" ? `Refunded: ${refunded}.` : `Not refunded (${paid.because}): ${paid.reason}. Please look at it.`;
      }
      if (told.status === "applied") {
        const { channel, ts } = told.output;
        await chat.postMessage("tell of the refund", { channel, threadTs: ts, text: result }, { basedOn: judgement });
      }
    }

    return { order: order.id, handled: true, exception, handling, held: holds.length, refunded, told: told.status === "applied" };
  },
);

/** What the team reads beside the exception. */
const NEXT: Readonly<Record<Exclude<Handling, "release">, string>> = {
  hold: "Please solve it, and release it then.",
  refund: "It is to be refunded; what came of that follows here.",
  ask: "Please say what is to be done.",
};
