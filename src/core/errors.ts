// Errors that cross a boundary are data, matched by code: class identity is lost across RPC and storage.
// The table says for each code what a caller may do about it; nothing decides by message text.

/** `retry`: does a second try help? `after` waits for the time the answer named. `outcome`: for a write, can it have happened? */
interface ErrorFacts {
  readonly status: number;
  readonly retry: "never" | "backoff" | "after" | "signal" | "operator";
  readonly actor: "caller" | "author" | "tenant" | "operator" | "nobody";
  readonly outcome: "not_done" | "unknown";
  readonly title: string;
}

const row = (
  status: number,
  retry: ErrorFacts["retry"],
  actor: ErrorFacts["actor"],
  title: string,
  outcome: ErrorFacts["outcome"] = "not_done",
): ErrorFacts => ({ status, retry, actor, outcome, title });

export const ERRORS = {
  "webhook.connection_unknown": row(404, "never", "caller", "No connection has this address"),
  "webhook.unauthentic": row(401, "never", "caller", "The delivery is not authentic"),
  "webhook.misconfigured": row(401, "operator", "tenant", "This connection cannot verify deliveries as it is configured"),
  "webhook.too_large": row(413, "never", "caller", "The delivery is larger than this connection accepts"),
  "webhook.rate_limited": row(429, "after", "caller", "Too many deliveries on this connection"),
  "ingress.unavailable": row(503, "after", "nobody", "The event could not be stored"),

  "request.invalid": row(400, "never", "caller", "The request is not valid"),
  "request.not_found": row(404, "never", "caller", "There is nothing at this address"),
  "access.not_configured": row(403, "operator", "operator", "The console has no identity provider"),
  "access.denied": row(403, "never", "caller", "You are not signed in, or may not do this"),
  "access.no_grant": row(403, "never", "caller", "You are signed in, and nobody has granted you a role"),
  "access.cross_site": row(403, "never", "caller", "The form was not sent from this console"),

  "run.not_found": row(404, "never", "caller", "No such run"),
  "run.ended": row(409, "never", "caller", "The run has ended"),
  "run.cancelling": row(409, "never", "caller", "The run is being cancelled"),
  "run.not_ended": row(409, "after", "caller", "The run has not ended"),
  "run.not_failed": row(409, "never", "caller", "Only a run that has failed can go on from its failed step"),
  "run.taken_back": row(409, "never", "caller", "Writes of this run were taken back"),
  "run.unsettled": row(409, "operator", "operator", "It is not known what became of a write of this run"),
  "step.not_found": row(404, "never", "caller", "The run has no such step"),
  "run.journal_full": row(500, "never", "author", "The run's journal has reached its limit"),
  "run.erased": row(410, "never", "caller", "The run's contents were removed after the time that its governance spec sets"),
  "run.journal_missing": row(500, "operator", "operator", "D1 does not hold the run's whole journal as the partition wrote it"),
  "run.refused": row(409, "operator", "operator", "The run cannot be started"),
  "child.refused": row(409, "never", "author", "A run cannot be started by another run like this"),
  "partition.count_changed": row(409, "operator", "operator", "The number of partitions differs from the one this deployment began with"),
  "halt.partly_told": row(503, "after", "nobody", "The switch is turned, and a part of the deployment does not know it yet"),
  "approval.not_found": row(404, "never", "caller", "No such approval"),
  "approval.already_decided": row(409, "never", "caller", "This approval was already decided"),
  "approval.changed": row(409, "never", "caller", "What is to be approved has changed since the page was opened"),
  "approval.not_reviewer": row(403, "never", "caller", "The governance spec does not name you as a reviewer"),
  "approval.own_run": row(403, "never", "caller", "Whoever begins a run by hand decides nothing in it"),
  "approval.already_agreed": row(409, "never", "caller", "You have agreed to this already, and others must agree as well"),
  "approval.edit_refused": row(422, "never", "caller", "The governance spec does not allow the edited values"),
  "data_flow.changed": row(409, "never", "caller", "The data flow is another than the page showed"),
  "data_flow.approved": row(409, "never", "caller", "This data flow is approved already"),
  "data_flow.own_spec": row(403, "never", "caller", "Who wrote the governance spec does not approve its data flow"),
  "approval.claimed": row(409, "after", "caller", "Somebody else has taken this approval"),
  "approval.not_together": row(409, "never", "caller", "This is not decided together with others"),
  "contest.not_found": row(404, "never", "caller", "No such contest"),
  "contest.undecided": row(409, "never", "caller", "There is nothing decided that could be contested"),
  "contest.already_open": row(409, "never", "caller", "This person contests this change already"),
  "contest.already_closed": row(409, "never", "caller", "This contest is closed"),
  "contest.took_part": row(403, "never", "caller", "Whoever had a part in a decision does not judge a contest of it"),
  "effect.undecided": row(409, "operator", "operator", "A regulated write has no recorded decision of a person on exactly this change"),
  "limits.unavailable": row(503, "backoff", "nobody", "It could not be looked up how much this workflow has written or spent"),
  "effect.not_applied": row(409, "never", "caller", "Only an applied write can be undone"),
  "effect.irreversible": row(409, "never", "caller", "This write cannot be undone"),
  "effect.undo_running": row(409, "after", "caller", "This write is being undone already"),
  "effect.window_passed": row(409, "operator", "operator", "The time in which this write could be undone has passed"),
  "effect.taken_over": row(409, "never", "caller", "This write was made by an earlier run"),
  "effect.preview_moved": row(409, "never", "caller", "What an undo would do has changed since it was shown"),
  "effect.not_sampled": row(409, "never", "caller", "This write was not chosen to be looked at afterwards"),
  "effect.already_checked": row(409, "never", "caller", "Somebody has looked at this write already"),
  "effect.own_write": row(403, "never", "caller", "You took part in this run; somebody else has to look at its writes"),

  "spec.not_found": row(404, "never", "caller", "No such version of a governance spec"),
  "spec.invalid": row(422, "never", "caller", "The text is not a governance spec"),
  "spec.wrong_state": row(409, "never", "caller", "This version of the governance spec has moved on"),
  "spec.changed": row(409, "never", "caller", "The governance spec is not the text that was read"),
  "spec.not_yours": row(403, "never", "caller", "Somebody else has to do this to the governance spec"),

  "certificate.not_found": row(404, "never", "caller", "No such certificate"),
  "certificate.mixed": row(409, "never", "caller", "The records were not all answered in one way"),
  "certificate.not_proved": row(409, "never", "caller", "This validation proves no threshold"),
  "breaker.not_open": row(409, "never", "caller", "The breaker is not open, or was tripped anew"),
  "validation.not_found": row(404, "never", "caller", "No such validation"),
  "validation.data_unusable": row(422, "never", "caller", "The labelled records cannot be used as they are"),
  "validation.wrong_state": row(409, "never", "caller", "The validation has moved on"),
  "validation.report_moved": row(409, "never", "caller", "Another revision of the report was issued meanwhile"),
  "validation.not_declared": row(409, "never", "author", "The workflow does not say how a labelled record becomes its event"),

  "audit.key_unusable": row(500, "operator", "operator", "The key that signs checkpoints of the audit cannot be used"),
  "audit.checkpoint_missing": row(500, "operator", "operator", "A checkpoint of the audit is not where it was written"),
  "dead_letter.not_found": row(404, "never", "caller", "No such dead letter"),
  "dead_letter.replayed": row(409, "never", "caller", "This dead letter was replayed already"),

  "grant.to_oneself": row(403, "never", "caller", "Nobody grants a role to themselves"),
  "grant.separation": row(409, "never", "caller", "Who administers grants may neither approve nor decide"),
  "grant.not_found": row(404, "never", "caller", "There is no such grant in force"),

  "connector.rate_limited": row(503, "after", "nobody", "The business system asked to wait"),
  "connector.held_back": row(503, "after", "nobody", "The call was not sent: what this account may do for now is spent"),
  "connector.unavailable": row(503, "backoff", "nobody", "The business system failed", "unknown"),
  "connector.timeout": row(504, "backoff", "nobody", "The business system did not answer in time", "unknown"),
  "connector.unauthorised": row(502, "operator", "tenant", "The business system refused the credential"),
  "connector.conflict": row(409, "backoff", "nobody", "The record changed between the read and the write"),
  "connector.not_found": row(404, "never", "author", "The record does not exist in the business system"),
  "connector.rejected": row(422, "never", "author", "The business system refused the request"),
  "connector.answer_invalid": row(502, "never", "author", "The business system's answer has an unexpected shape", "unknown"),

  "model.unavailable": row(503, "backoff", "nobody", "The model provider failed"),
  "model.rate_limited": row(503, "after", "nobody", "The model provider asked to wait"),
  "model.invalid_output": row(502, "backoff", "author", "The model's answer does not fit the declared schema"),
  "model.refused": row(422, "never", "author", "The model declined to answer"),
  "model.unauthorised": row(502, "operator", "tenant", "The model provider does not accept this account's credential or its payment"),
  "model.rejected": row(422, "never", "author", "The model provider refused the request"),
  "model.no_agreement": row(
    409,
    "operator",
    "operator",
    "No data-processing agreement on record covers what would be sent to this provider",
  ),
  "model.forbidden_value": row(422, "never", "author", "The request to the model would have held a value that must not leave"),
  "model.budget": row(409, "never", "operator", "The governance spec's budget for model calls has no room for this one"),
  "model.circuit_open": row(503, "after", "nobody", "The model provider has failed too often of late and is not asked for a while"),
  "model.not_trained": row(409, "backoff", "nobody", "The built-in statistical model is not trained yet for this workflow"),

  "decision.unanswered": row(409, "never", "operator", "No model could decide, and no person has"),

  "workflow.undeclared": row(500, "never", "author", "The workflow did something that its manifest does not declare"),
  "model.unknown": row(404, "never", "caller", "No such version of the built-in model"),
  "model.training": row(409, "after", "caller", "The built-in model is being trained already"),
  "workflow.unknown": row(409, "operator", "operator", "No workflow of this name and version is deployed"),
  "workflow.diverged": row(409, "operator", "operator", "The workflow's code no longer follows the recorded journal"),
  "workflow.threw": row(500, "never", "author", "The workflow's own code failed"),
  "workflow.retry_invalid": row(500, "never", "author", "The step's retry policy is not valid"),
  "step.output_too_large": row(500, "never", "author", "The step's output is larger than a journal takes"),
  "step.output_invalid": row(500, "never", "author", "The step's output cannot be kept as JSON"),
  "step.exhausted": row(502, "never", "operator", "The step failed on every try that its policy allows"),
  "pass.stale": row(409, "never", "nobody", "A newer pass of this run has taken over"),
  internal: row(500, "backoff", "nobody", "Something went wrong"),
} as const satisfies Record<string, ErrorFacts>;

export type ErrorCode = keyof typeof ERRORS;

/** An error as data: what is stored in journals, sent over RPC and shown to people. `retryAfterMs` only where the other side named a time. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly field?: string;
  readonly retryAfterMs?: number;
  /** The error behind this one. */
  readonly cause?: { readonly code: ErrorCode; readonly message: string };
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (code: ErrorCode, message: string, more: Omit<Failure, "code" | "message"> = {}): { ok: false; error: Failure } => ({
  ok: false,
  error: { code, message, ...more },
});

export const errorFacts = (code: ErrorCode): ErrorFacts => ERRORS[code] ?? ERRORS.internal;

/** The one class that is thrown inside a layer; it carries a Failure and nothing else. */
export class InterlockError extends Error {
  readonly failure: Failure;
  constructor(code: ErrorCode, message: string, more: Omit<Failure, "code" | "message"> = {}) {
    super(message);
    this.name = "InterlockError";
    this.failure = { code, message, ...more };
  }
}

/** Turns whatever was thrown into data. A foreign error is `fallback`, with its message and never its stack. */
export function failureOf(thrown: unknown, fallback: ErrorCode = "internal"): Failure {
  return carriedFailure(thrown) ?? { code: fallback, message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** What an InterlockError carries, whichever copy of the class it is of; null for a foreign error. */
export function carriedFailure(thrown: unknown): Failure | null {
  const carried = (thrown as { failure?: unknown } | null)?.failure;
  return carried && typeof carried === "object" && Object.hasOwn(ERRORS, (carried as Failure).code) ? (carried as Failure) : null;
}

/** RFC 9457 problem+json body. */
export const problemOf = (
  failure: Failure,
): { type: string; title: string; status: number; detail: string; code: string; field?: string } => ({
  type: `urn:interlock:error:${failure.code}`,
  title: errorFacts(failure.code).title,
  status: errorFacts(failure.code).status,
  detail: failure.message,
  code: failure.code,
  ...(failure.field ? { field: failure.field } : {}),
});
