// Customers: who somebody is and since when. No addresses, no date of birth, no gender, no tax number.
import * as z from "zod";
import { readAction } from "./define.ts";
import { promised } from "./http.ts";
import { DOCS, EntityId, recordPath, rfc3339 } from "./magento-api.ts";

const CustomerJson = z.object({
  id: z.number(),
  email: z.string(),
  firstname: z.string(),
  lastname: z.string(),
  group_id: z.number(),
  website_id: z.number().nullish(),
  created_at: z.string(),
  updated_at: z.string(),
});

const FIELDS = Object.keys(CustomerJson.shape).join(",");

export const getCustomer = readAction({
  summary: "Read a customer's name, e-mail address, group and age of account",
  docs: `${DOCS}/use-rest/`,
  input: z.strictObject({ id: EntityId }),
  output: z.object({
    id: z.string(),
    email: z.string(),
    firstName: z.string(),
    lastName: z.string(),
    group: z.string(),
    website: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
  run: async ({ id }, http) => {
    const { json } = await http.send({ method: "GET", path: `${recordPath("customers", id)}?fields=${FIELDS}` });
    const customer = promised(CustomerJson, json, "a customer");
    return {
      id: String(customer.id),
      email: customer.email,
      firstName: customer.firstname,
      lastName: customer.lastname,
      group: String(customer.group_id),
      website: customer.website_id == null ? null : String(customer.website_id),
      createdAt: rfc3339(customer.created_at),
      updatedAt: rfc3339(customer.updated_at),
    };
  },
});
