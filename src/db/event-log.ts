// One row of the event log, as both of its writers write it: a second copy of an event is no second row.
import type { InterlockEvent } from "../core/event.ts";

export const INSERT_EVENTS = `insert or ignore into event_log (id, connection, type, subject, time, received_at, data)
  select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->6 from json_each(?) where true`;

/** Values for INSERT_EVENTS, in its order. */
export const eventRow = (event: InterlockEvent, receivedAt: number): unknown[] => [
  event.id,
  event.connection,
  event.type,
  event.subject,
  event.time,
  receivedAt,
  event.data,
];
