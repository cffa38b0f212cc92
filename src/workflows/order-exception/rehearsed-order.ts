// A labelled order of a validation as Shopify would have given it: the declared elements from the file, nothing else. What a model is sent as JSON (attributes, the
// risk's facts, total, lines) stands in the file as that JSON; a plain text is taken for one fact, and what is no such JSON is refused with the element's name.
import * as z from "zod";
import { InterlockError } from "../../core/errors.ts";

interface Labelled {
  readonly number: number;
  readonly input: Readonly<Record<`order.${"note" | "attributes" | "risk.facts" | "risk.recommendation" | "total" | "lines"}`, string>>;
}

const Attributes = z.record(z.string(), z.string());
const Total = z.object({ amount: z.string(), currency: z.string() });
const Line = z.object({
  id: z.string().default("0"),
  name: z.string(),
  sku: z.string().nullable().default(null),
  quantity: z.number().default(1),
  refundable: z.number().default(0),
});

function read<T>(element: keyof Labelled["input"], { number, input }: Labelled, schema: z.ZodType<T>, absent: T): T {
  const text = input[element].trim();
  if (text === "") return absent;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new InterlockError("request.invalid", `Record ${number} of the file: ${element} is not the JSON that a run would send`, {
      field: element,
    });
  }
}

const factsIn = (text: string): string[] => (text.trim() === "" ? [] : [text]);

export const rehearsedOrder = (record: Labelled) => ({
  id: String(record.number),
  name: `#${record.number}`,
  createdAt: "",
  updatedAt: "",
  cancelled: null,
  test: false,
  source: null,
  email: null,
  financialStatus: "PAID",
  fulfillmentStatus: "UNFULFILLED",
  total: read("order.total", record, Total, { amount: "0.00", currency: "EUR" }),
  refunded: { amount: "0.00", currency: "EUR" },
  note: record.input["order.note"],
  tags: [],
  attributes: read("order.attributes", record, Attributes, {}),
  customer: null,
  risk: {
    recommendation: record.input["order.risk.recommendation"],
    level: null,
    facts: record.input["order.risk.facts"].trimStart().startsWith("[")
      ? read("order.risk.facts", record, z.array(z.string()), [])
      : factsIn(record.input["order.risk.facts"]),
  },
  lines: read("order.lines", record, z.array(Line), []),
  moreLines: false,
  fulfillmentOrders: [],
  refunds: [],
});
