// What arrives, in CloudEvents 1.0 attribute names (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md).
import * as z from "zod";
import type { Json } from "./json.ts";

/**
 * `id` is ours: a digest of connection and delivery key. `source` names connector and connection ("zendesk/support"), `type` is the connector's
 * trigger ("ticket.created"), `subject` the record it is about, `time` epoch milliseconds, `data` the sender's payload as parsed JSON.
 */
export const InterlockEvent = z.object({
  id: z.string().min(1),
  connection: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  subject: z.string().min(1),
  time: z.number().int(),
  data: z.custom<Json>((value) => value !== undefined),
});
export type InterlockEvent = z.infer<typeof InterlockEvent>;

/** What a run's journal says of its event. `time` is missing in journals of older releases. */
export type EventFacts = Pick<InterlockEvent, "id" | "type" | "subject" | "connection"> & { readonly time?: number };
