// Orders that changed, for shops without events: searched by the time of their change, which Magento has in UTC and to the second.
// Pages go by what was read last and not by their number: an order that changes while pages are read moves to the end, and all behind it would move up by one.
// Where more orders than a page holds changed within one second, that second is gone through by their numbers.
import * as z from "zod";
import type { Http } from "./define.ts";
import { promised } from "./http.ts";
import { DOCS, readTime, searchQuery, timeText } from "./magento-api.ts";
import type { Poll, PollPage } from "./poll.ts";

/** Below 300, the most that a shop with limits allows. */
export const PAGE = 100;
const EVERY_MS = 60_000;
/** Orders are saved in transactions that may end later than one that began after them. */
const OVERLAP_MS = 5 * 60_000;
const SECOND_MS = 1_000;

const ChangedJson = z.object({
  entity_id: z.number(),
  increment_id: z.string(),
  state: z.string(),
  status: z.string(),
  updated_at: z.string(),
});
const FIELDS = `items[${Object.keys(ChangedJson.shape).join(",")}],total_count`;

const Position = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("time"), from: z.int() }),
  z.strictObject({ by: z.literal("number"), at: z.int(), above: z.int() }),
]);
type Position = z.infer<typeof Position>;

/** Pure: where to go on after a page; null at the end. `last` is the time and the number of its last order. */
export function nextPosition(
  position: Position,
  full: boolean,
  last: { readonly at: number; readonly id: number } | null,
): Position | null {
  if (position.by === "number") {
    if (full && last) return { ...position, above: last.id };
    return { by: "time", from: position.at + SECOND_MS };
  }
  if (!full || last === null) return null;
  return last.at > position.from ? { by: "time", from: last.at } : { by: "number", at: position.from, above: 0 };
}

async function changedOrders(since: number, at: string | null, http: Http): Promise<PollPage> {
  const begin: Position = { by: "time", from: Math.floor(since / SECOND_MS) * SECOND_MS };
  const position = at === null ? begin : Position.parse(JSON.parse(at));
  const query = searchQuery({
    where:
      position.by === "time"
        ? [["updated_at", "gteq", timeText(position.from)]]
        : [
            ["updated_at", "eq", timeText(position.at)],
            ["entity_id", "gt", String(position.above)],
          ],
    sort: position.by === "time" ? ["updated_at", "entity_id"] : ["entity_id"],
    pageSize: PAGE,
    fields: FIELDS,
  });
  const { json } = await http.send({ method: "GET", path: `/V1/orders?${query}` });
  const orders = promised(z.object({ items: z.array(ChangedJson).nullish() }), json, "a list of orders").items ?? [];
  const changes = orders.map(({ entity_id, increment_id, state, status, updated_at }) => {
    const time = readTime(updated_at);
    const id = String(entity_id);
    // Two changes within a second have one time; the status tells most of them apart.
    const version = `${updated_at} ${state} ${status}`;
    const data = { entity_id: id, increment_id, state, status, updated_at };
    return { id, version, changedAt: time, event: { signedId: `order:${id}:${version}`, type: "order.changed", subject: id, time, data } };
  });
  const last = orders.at(-1);
  const next = nextPosition(position, orders.length >= PAGE, last ? { at: readTime(last.updated_at), id: last.entity_id } : null);
  return { changes, next: next && JSON.stringify(next) };
}

export const magentoPolls = {
  orders: {
    summary: "Orders that were made or changed",
    docs: `${DOCS}/use-rest/performing-searches/`,
    types: ["order.changed"],
    everyMs: EVERY_MS,
    overlapMs: OVERLAP_MS,
    page: ({ since, position }, http) => changedOrders(since, position, http),
  },
} as const satisfies Record<string, Poll>;
