// Who is told of what, as a table that a workflow declares: severity and team lead to a channel, and every row has somewhere to go when that channel is gone. Pure.
// It sends nothing: a chat's postMessage takes the channel and its fallback, and says in the fallback for whom the message was.
import { errorFacts, failureOf } from "../core/errors.ts";

/** The field that a refusal names where the channel takes no message from us, and another one might. */
export const CHANNEL = "channel";

/** Only what was certainly not sent is sent elsewhere. */
export function isClosed(thrown: unknown): boolean {
  const { code, field } = failureOf(thrown);
  return field === CHANNEL && errorFacts(code).outcome === "not_done";
}

export interface EscalationRow {
  /** Left out: any. */
  readonly severity?: string;
  readonly team?: string;
  /** The chat's own id of a channel. */
  readonly channel: string;
}

export interface EscalationTable {
  /** The first row that fits counts. */
  readonly rows: readonly EscalationRow[];
  /** For what no row fits, and for what its channel does not take: a channel that is never archived. */
  readonly fallback: string;
}

export interface Route {
  readonly channel: string;
  readonly fallback: string;
}

export function routeOf({ rows, fallback }: EscalationTable, about: { readonly severity?: string; readonly team?: string }): Route {
  const fits = (row: EscalationRow): boolean =>
    (row.severity === undefined || row.severity === about.severity) && (row.team === undefined || row.team === about.team);
  return { channel: rows.find(fits)?.channel ?? fallback, fallback };
}

/** The first line of a message that did not get where it should. */
export const redirected = (channel: string, text: string): string =>
  `This was meant for ${channel}, which takes no message from this app; somebody should look at it.\n${text}`;
