// Stores one event durably before the sender is told so. The queue is the way; when it fails or hangs, the event goes straight to its partition.
// An ambiguous send is harmless: the second copy finds the run that exists. Nothing here reads a clock: `timer` is given.
import { type Failure, failureOf } from "../core/errors.ts";

export interface Storing {
  /** Resolves when the queue has the event. */
  readonly send: () => Promise<void>;
  /** Resolves when the partition's journal has the event. */
  readonly admit: () => Promise<void>;
  /** How long either may take. Slack waits 3 s and Zendesk 12 s for an answer. */
  readonly timeoutMs: number;
  readonly timer: (ms: number) => Timer;
}

/** `expired` resolves when the time is over; cancelled when nobody waits for it any more, so that a busy ingress holds no thousands of timers. */
export interface Timer {
  readonly expired: Promise<void>;
  readonly cancel: () => void;
}

export type Stored =
  | { readonly kind: "queued" }
  | { readonly kind: "admitted"; readonly because: "send_failed" | "send_hung" }
  | { readonly kind: "unavailable"; readonly errors: readonly Failure[] };

type Outcome = { readonly kind: "done" } | { readonly kind: "failed"; readonly error: Failure } | { readonly kind: "hung" };

/** Never rejects, so that an attempt that is no longer waited for cannot become an unhandled rejection. */
async function attempt(act: () => Promise<void>): Promise<Outcome> {
  try {
    await act();
    return { kind: "done" };
  } catch (thrown) {
    return { kind: "failed", error: failureOf(thrown, "ingress.unavailable") };
  }
}

const hung = (): Outcome => ({ kind: "hung" });

const errorOf = (outcome: Outcome, what: string, timeoutMs: number): Failure =>
  outcome.kind === "failed" ? outcome.error : { code: "ingress.unavailable", message: `${what} did not answer in ${timeoutMs} ms` };

export async function storeEvent({ send, admit, timeoutMs, timer }: Storing): Promise<Stored> {
  const within = async (work: Promise<Outcome>): Promise<Outcome> => {
    const { expired, cancel } = timer(timeoutMs);
    const outcome = await Promise.race([work, expired.then(hung, hung)]);
    cancel();
    return outcome;
  };

  const sending = attempt(send);
  const sent = await within(sending);
  if (sent.kind === "done") return { kind: "queued" };

  const admitted = await within(attempt(admit));
  if (admitted.kind === "done") return { kind: "admitted", because: sent.kind === "failed" ? "send_failed" : "send_hung" };

  // The hanging send may have arrived meanwhile; then the event is stored after all.
  const late = await Promise.race([sending, Promise.resolve(hung())]);
  if (late.kind === "done") return { kind: "queued" };
  return { kind: "unavailable", errors: [errorOf(late, "The queue", timeoutMs), errorOf(admitted, "The partition", timeoutMs)] };
}
