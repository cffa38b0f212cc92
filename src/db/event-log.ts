// One row of the event log, as both of its writers write it: a second copy of an event is no second row.
import type { InterlockEvent } from "../core/event.ts";

const INSERT = `into event_log (id, connection, type, subject, time, received_at, data)
  select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->6 from json_each(?) where true`;

/** For an event that nothing runs for: one whose data was erased stays erased, however often it is sent. */
export const INSERT_EVENTS = `insert or ignore ${INSERT}`;

/** For the event of a run: a run that is begun after the data of earlier ones was erased needs its own again. */
export const KEEP_EVENTS = `insert ${INSERT} on conflict (id) do update set data = excluded.data where event_log.data is null`;

/** Values for both, in their order. */
export const eventRow = (event: InterlockEvent, receivedAt: number): unknown[] => [
  event.id,
  event.connection,
  event.type,
  event.subject,
  event.time,
  receivedAt,
  event.data,
];
