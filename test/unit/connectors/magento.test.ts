// Magento's quirks, against the sandbox's stand-in and, where it is there, Adobe's own description of its API.
import { describe, expect, it } from "vitest";
import type { ApplyContext } from "../../../src/connectors/define.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { magento } from "../../../src/connectors/magento.ts";
import { refusalOf, substituted } from "../../../src/connectors/magento-api.ts";
import { magentoPolls, nextPosition, PAGE } from "../../../src/connectors/magento-polls.ts";
import { failureOf } from "../../../src/core/errors.ts";
import { answerFaults, exchange, hasMagentoContract, requestFaults, sourceItemFaults } from "./magento-contract.ts";
import { magentoHere, magentoWorlds } from "./worlds/magento-worlds.ts";

const NOW = Date.parse("2026-01-05T08:00:00Z");
const { actions } = magento;
type Here = ReturnType<typeof magentoHere>;

const contextOf = ({ http }: Here, version: string | null = null, key = "run-1/step"): ApplyContext => ({ http, key, version });
const failing = (work: Promise<unknown>) => work.then(() => expect.fail("it went through")).catch((thrown) => failureOf(thrown));
const writesOf = ({ requests }: Here) => requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);

describe("an order", () => {
  it("is read with its lines, its payment and where it goes, and without names, streets or telephone numbers", async () => {
    const here = magentoHere();
    const order = await actions.getOrder.run({ id: "12" }, here.http);
    expect(order).toMatchObject({
      id: "12",
      number: "000000012",
      onHold: false,
      customer: { id: "7" },
      createdAt: "2026-01-04T10:00:00.000Z",
      items: [{ sku: "BAG-1", ordered: 2 }],
      payment: { method: "checkmo", paid: 0 },
      billing: { country: "CH", city: "Zürich" },
      shipping: { city: "Winterthur" },
    });
    const { query } = here.requests[0] ?? expect.fail("nothing was asked");
    for (const personal of ["customer_email", "firstname", "street", "telephone", "remote_ip", "cc_last4"])
      expect(query.get("fields")).not.toContain(personal);
  });

  it("is found by the number that its customer knows", async () => {
    const here = magentoHere();
    expect((await actions.findOrder.run({ number: "000000013" }, here.http)).id).toBe("13");
    expect(await failing(actions.findOrder.run({ number: "999" }, here.http))).toMatchObject({ code: "connector.not_found" });
  });

  it("counts a configurable product once", async () => {
    const here = magentoHere();
    const line = { order_id: 12, name: "Shirt", qty_ordered: 1, price: 30, row_total: 30 };
    await here.control("/change", {
      id: "12",
      fields: {
        items: [
          { ...line, item_id: 1, sku: "SHIRT-M", product_type: "configurable" },
          { ...line, item_id: 2, sku: "SHIRT-M", product_type: "simple", parent_item_id: 1, price: 0, row_total: 0 },
        ],
      },
    });
    expect((await actions.getOrder.run({ id: "12" }, here.http)).items).toMatchObject([{ id: "1", price: 30 }]);
  });
});

describe("a comment", () => {
  const input = { id: "12", comment: "Checked", visible: false, notify: false };

  it("carries a mark that the reviewer's text does not show, and two effects have two", async () => {
    const here = magentoHere();
    const first = await actions.addOrderComment.apply(input, contextOf(here));
    const second = await actions.addOrderComment.apply(input, contextOf(here, null, "run-2/step"));
    expect(first.mark).toMatch(/^\[interlock-[0-9a-f]{24}\]$/);
    expect(second.mark).not.toBe(first.mark);
    expect(await actions.addOrderComment.prove?.(input, first, here.http)).toEqual({ comment: "Checked", visible: false, notify: false });
  });

  it("with a status of another state is refused in Magento's words, with the value filled in", async () => {
    const here = magentoHere();
    const failure = await failing(actions.addOrderComment.apply({ ...input, status: "complete" }, contextOf(here)));
    expect(failure).toMatchObject({ code: "connector.rejected" });
    expect(failure.message).toContain('The status "complete" is not part of the order status history');
    expect(failure.message).not.toContain("Bootstrap.php");
    expect(here.writes()).toBe(0);
  });

  it("takes no tags, which an e-mail would lose", () => {
    expect(actions.addOrderComment.input.safeParse({ ...input, comment: "<b>Checked</b>" }).success).toBe(false);
    expect(actions.addOrderComment.input.safeParse({ ...input, comment: "3 < 4" }).success).toBe(true);
  });
});

describe("a hold", () => {
  it("of an order that is on hold already is not asked for, and its undo releases nobody else's", async () => {
    const here = magentoHere();
    await here.control("/change", { id: "12", fields: { state: "holded", status: "holded" } });
    const input = { id: "12", onHold: true };
    const before = await actions.setOrderHold.look?.(input, here.http);
    await actions.setOrderHold.apply(input, contextOf(here, before?.version ?? null));
    expect(before?.fields).toEqual({ onHold: true });
    const { undo } = actions.setOrderHold;
    if (undo.kind === "restore") await undo.restore(input, before?.fields ?? {}, contextOf(here));
    expect(writesOf(here)).toEqual([]);
  });

  it("is a conflict when somebody changed the order since it was looked at", async () => {
    const here = magentoHere();
    const before = await actions.setOrderHold.look?.({ id: "12", onHold: true }, here.http);
    await here.control("/change", { id: "12", fields: { status: "fraud" } });
    const failure = await failing(actions.setOrderHold.apply({ id: "12", onHold: true }, contextOf(here, before?.version ?? null)));
    expect(failure.code).toBe("connector.conflict");
    expect(writesOf(here)).toEqual([]);
  });

  it("is released to the state that the order had", async () => {
    const here = magentoHere();
    await actions.setOrderHold.apply({ id: "13", onHold: true }, contextOf(here));
    await actions.setOrderHold.apply({ id: "13", onHold: false }, contextOf(here));
    expect(await actions.getOrder.run({ id: "13" }, here.http)).toMatchObject({ state: "new", status: "pending" });
  });

  it("that Magento refuses is said in its words", async () => {
    const here = magentoHere();
    await here.control("/change", { id: "12", fields: { state: "complete", status: "complete" } });
    const failure = await failing(actions.setOrderHold.apply({ id: "12", onHold: true }, contextOf(here)));
    expect(failure).toMatchObject({ code: "connector.rejected" });
    expect(failure.message).toContain("A hold action is not available.");
  });
});

describe("a cancellation", () => {
  it("that Magento answers with false has not happened, and is no success", async () => {
    const here = magentoHere();
    await here.control("/change", { id: "12", fields: { total_paid: 99.5 } });
    const failure = await failing(actions.cancelOrder.apply({ id: "12", state: "canceled" }, contextOf(here)));
    expect(failure).toMatchObject({ code: "connector.rejected" });
    expect(failure.message).toContain("cannot be cancelled in the state processing");
    expect(here.writes()).toBe(0);
  });
});

describe("a product", () => {
  it("is written with what is set and nothing else, and an empty text is taken out", async () => {
    const here = magentoHere();
    await actions.updateProduct.apply({ sku: "BAG-1", set: { enabled: false, description: null } }, contextOf(here));
    const put = here.requests.find(({ method }) => method === "PUT");
    expect(put?.body).toEqual({ product: { sku: "BAG-1", status: 2, custom_attributes: [{ attribute_code: "description", value: "" }] } });
    expect(await actions.getProduct.run({ sku: "BAG-1" }, here.http)).toMatchObject({
      name: "Bag",
      price: 45,
      enabled: false,
      attributes: {},
    });
  });

  it("is a conflict when it was changed since it was looked at, and is not written when it is so already", async () => {
    const here = magentoHere();
    expect(
      await failing(actions.updateProduct.apply({ sku: "BAG-1", set: { price: 1 } }, contextOf(here, "another version"))),
    ).toMatchObject({
      code: "connector.conflict",
    });
    await actions.updateProduct.apply({ sku: "BAG-1", set: { price: 45 } }, contextOf(here, "another version"));
    expect(writesOf(here)).toEqual([]);
  });

  it("may have attributes that are lists, which are no texts", async () => {
    const here = magentoHere();
    const categories = { attribute_code: "category_ids", value: ["2"] };
    await here.http.send({
      method: "PUT",
      path: "/V1/products/BAG-1",
      body: { product: { sku: "BAG-1", custom_attributes: [categories] } },
    });
    expect((await actions.getProduct.run({ sku: "BAG-1" }, here.http)).attributes).toEqual({ description: "A bag" });
  });

  it("has its SKU as one segment of the path, whatever is in it", async () => {
    const here = magentoHere();
    await failing(actions.getProduct.run({ sku: "A/B C?D" }, here.http));
    expect(here.requests[0]?.path).toBe("/V1/products/A%2FB%20C%3FD");
    expect(actions.getProduct.input.safeParse({ sku: "../orders" }).success).toBe(false);
  });
});

describe("stock", () => {
  it("is saved whole, with what is not set as it was", async () => {
    const here = magentoHere();
    await actions.updateStock.apply({ sku: "BAG-1", source: "default", set: { quantity: 5 } }, contextOf(here));
    expect(await actions.getStock.run({ sku: "BAG-1" }, here.http)).toEqual({
      sku: "BAG-1",
      sources: [{ source: "default", quantity: 5, inStock: true }],
    });
  });

  it("that was sold from since the look is a conflict", async () => {
    const here = magentoHere();
    const input = { sku: "BAG-1", source: "default", set: { quantity: 5 } };
    const before = await actions.updateStock.look?.(input, here.http);
    here.tables.get("source-items")?.put("BAG-1@default", { sku: "BAG-1", source_code: "default", quantity: 19, status: 1 });
    expect(await failing(actions.updateStock.apply(input, contextOf(here, before?.version ?? null)))).toMatchObject({
      code: "connector.conflict",
    });
  });

  it("of a source that does not have the product is not made", async () => {
    const here = magentoHere();
    const failure = await failing(actions.updateStock.apply({ sku: "BAG-1", source: "berlin", set: { quantity: 5 } }, contextOf(here)));
    expect(failure).toMatchObject({ code: "connector.not_found" });
    expect(writesOf(here)).toEqual([]);
  });
});

it("reads a customer without addresses and date of birth", async () => {
  const here = magentoHere();
  expect(await actions.getCustomer.run({ id: "7" }, here.http)).toMatchObject({
    email: "li.chen@example.com",
    createdAt: "2026-01-04T10:00:00.000Z",
  });
  expect(here.requests[0]?.query.get("fields")).not.toMatch(/dob|addresses|taxvat|gender/);
  const failure = await failing(actions.getCustomer.run({ id: "8" }, here.http));
  expect(failure.message).toContain("No such entity with customerId = 8");
});

describe("an error", () => {
  it("has its placeholders filled, by number and by name", () => {
    expect(substituted("%1 is not %2", ["a", 3])).toBe("a is not 3");
    expect(substituted("No such entity with %fieldName = %fieldValue", { fieldName: "sku", fieldValue: "x" })).toBe(
      "No such entity with sku = x",
    );
    expect(substituted("100 %1 and %missing", { other: "x" })).toBe("100 %1 and %missing");
    expect(substituted("%toString", {})).toBe("%toString");
  });

  it("names its parts and its field, and never shows a trace", () => {
    const json = {
      message: "Invalid: %1",
      parameters: ["body"],
      errors: [{ message: '"%fieldName" is required.', parameters: { fieldName: "comment" } }],
      trace: "#0 /var/www/html",
    };
    const answer = { status: 400, headers: new Headers(), json, text: JSON.stringify(json) };
    expect(refusalOf(answer)).toEqual({ message: 'Invalid: body; "comment" is required.', field: "comment" });
    expect(refusalOf({ ...answer, status: 200 })).toBeNull();
  });

  it.each([
    [429, "connector.rate_limited"],
    [502, "connector.unavailable"],
    [503, "connector.unavailable"],
    [504, "connector.unavailable"],
  ] as const)("of status %i is %s, from PHP or from the web server before it", async (status, code) => {
    const here = magentoHere();
    await here.control("/settings", { next: [status] });
    expect(await failing(actions.getOrder.run({ id: "12" }, here.http))).toMatchObject({ code });
    expect((await actions.getOrder.run({ id: "12" }, here.http)).id).toBe("12");
  });
});

describe("the poll of orders", () => {
  const page = (here: Here, since: string, position: string | null = null) =>
    magentoPolls.orders.page({ since: Date.parse(since), position }, here.http);

  it("asks for what changed at or after a time, in UTC, and says each once by its time and status", async () => {
    const here = magentoHere();
    await here.control("/change", { id: "12", fields: { status: "fraud" } });
    const { changes, next } = await page(here, "2026-01-04T10:00:01.500Z");
    expect(here.requests[0]?.query.get("searchCriteria[filter_groups][0][filters][0][value]")).toBe("2026-01-04 10:00:01");
    expect(changes).toMatchObject([
      { id: "12", changedAt: NOW, event: { type: "order.changed", subject: "12", data: { status: "fraud" } } },
    ]);
    expect(next).toBeNull();
  });

  it("reads each of many orders once, though one changes while pages are read and many changed in one second", async () => {
    const here = magentoHere();
    for (let id = 100; id < 100 + 2 * PAGE + 7; id++) await here.control("/orders", { id, fields: { updated_at: "2026-01-05 07:00:00" } });
    for (let id = 900; id < 903; id++) await here.control("/orders", { id, fields: { updated_at: "2026-01-05 07:00:01" } });
    const seen = new Set<string>();
    let position: string | null = null;
    let pages = 0;
    do {
      const read = await page(here, "2026-01-05T07:00:00Z", position);
      for (const { id } of read.changes) seen.add(id);
      position = read.next;
      pages += 1;
      if (pages === 1) await here.control("/change", { id: "100", fields: {} });
    } while (position !== null && pages < 20);
    expect(seen.size).toBe(2 * PAGE + 7 + 3);
    expect(pages).toBeLessThan(6);
  });

  it("goes on from the last time seen, or through one second by numbers", () => {
    const from = NOW;
    expect(nextPosition({ by: "time", from }, false, { at: from, id: 3 })).toBeNull();
    expect(nextPosition({ by: "time", from }, true, { at: from + 1_000, id: 3 })).toEqual({ by: "time", from: from + 1_000 });
    expect(nextPosition({ by: "time", from }, true, { at: from, id: 3 })).toEqual({ by: "number", at: from, above: 0 });
    expect(nextPosition({ by: "number", at: from, above: 0 }, true, { at: from, id: 9 })).toEqual({ by: "number", at: from, above: 9 });
    expect(nextPosition({ by: "number", at: from, above: 9 }, false, null)).toEqual({ by: "time", from: from + 1_000 });
  });
});

describe.skipIf(!hasMagentoContract)("by Adobe's own description (skipped where ../shared/contracts/magento is absent)", () => {
  const described = Object.entries(magentoWorlds).filter(
    ([name]) =>
      name !== "magento.updateStock" && magento.actions[name.slice("magento.".length) as "getOrder"].effect !== ("read" as string),
  );

  it.each(described)("%s sends what the API takes", async (name, world) => {
    const { input } = world();
    const here = magentoHere();
    const action = actions[name.slice("magento.".length) as "addOrderComment"];
    await action.apply(input as never, contextOf(here));
    const sent = here.requests.filter(({ method }) => method !== "GET");
    expect(sent).toHaveLength(1);
    for (const { method, path, body } of sent) expect(requestFaults(method, path, body)).toEqual([]);
  });

  it("stock is saved with all that a source item has", async () => {
    const here = magentoHere();
    await actions.updateStock.apply({ sku: "BAG-1", source: "default", set: { inStock: false } }, contextOf(here));
    const sent = here.requests.at(-1)?.body ?? {};
    expect((sent.sourceItems as unknown[]).map(sourceItemFaults)).toEqual([[]]);
  });

  it.each(["/V1/orders/12", "/V1/orders?searchCriteria[pageSize]=1", "/V1/orders/12/comments", "/V1/products/BAG-1", "/V1/customers/7"])(
    "the stand-in answers %s as the API does, as far as it answers",
    async (path) => {
      const here = magentoHere();
      await actions.addOrderComment.apply({ id: "12", comment: "Checked", visible: false, notify: false }, contextOf(here));
      const { json } = await here.http.send({ method: "GET", path });
      expect(answerFaults("GET", path.split("?")[0] ?? path, json)).toEqual([]);
    },
  );

  it("polls, comments and holds as the exchanges do", async () => {
    const here = magentoHere();
    await magentoPolls.orders.page({ since: Date.parse("2026-11-20T10:00:00Z"), position: null }, here.http);
    const polled = new URL(exchange("orders-poll").request.path, "http://127.0.0.1").searchParams;
    const asked = here.requests[0]?.query;
    for (const [name, value] of polled) if (!/pageSize/.test(name)) expect([name, asked?.get(name)]).toEqual([name, value]);

    await actions.addOrderComment.apply(
      { id: "12", comment: "checked", visible: false, notify: false, status: "processing" },
      contextOf(here),
    );
    const comment = exchange("comment").request.body as { statusHistory: object };
    const sent = here.requests.at(-1)?.body as { statusHistory: { comment: string } };
    expect({ ...sent.statusHistory, comment: "checked" }).toEqual(comment.statusHistory);
    await actions.setOrderHold.apply({ id: "12", onHold: true }, contextOf(here));
    expect(exchange("hold").request.path).toBe(`/rest/default${here.requests.at(-1)?.path}`);
  });

  it.each([
    ["not-found", "connector.not_found", "doesn't exist"],
    ["error-with-parameters", "connector.not_found", "No such entity with sku = nope"],
    ["unauthorized", "connector.unauthorised", "Magento_Sales::actions_view"],
    ["backpressure", "connector.rate_limited", "Too Many Requests"],
  ])("the error %s is %s", async (name, code, said) => {
    const { response } = exchange(name);
    const http = createHttp({
      baseUrl: "http://127.0.0.1",
      authorization: null,
      system: "Magento",
      now: () => NOW,
      refusal: refusalOf,
      fetch: async () => new Response(JSON.stringify(response.body), { status: response.status, headers: response.headers }),
    });
    const failure = await failing(http.send({ method: "GET", path: "/V1/orders/12" }));
    expect(failure).toMatchObject({ code });
    expect(failure.message).toContain(said);
  });
});
