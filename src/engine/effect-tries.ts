// What a failed try inside an effect means: try again, settle first, ask a person, or tell the author. It sends nothing and looks nothing up.
import { type ErrorCode, errorFacts, type Failure, failureOf } from "../core/errors.ts";
import { wasLeftOpen } from "./effect-decision.ts";
import { isPassControl, type Pass } from "./pass.ts";
import { attemptsOf, ENGINE_PATIENCE, exhaustion, foldTries, type Patience } from "./retry.ts";
import type { BoundWrite } from "./shadow.ts";

/** What is being tried. */
export type During = "look" | "count" | "send" | "settle" | "prove";

/** What a foreign error means: code that broke over an answer has shown nothing about the write, and is as good as an answer that cannot be read. */
const FOREIGN = {
  look: "workflow.threw",
  count: "limits.unavailable",
  send: "connector.answer_invalid",
  settle: "connector.answer_invalid",
  prove: "connector.answer_invalid",
} as const satisfies Record<During, ErrorCode>;

interface FailedTry {
  readonly pass: Pass;
  readonly step: string;
  readonly args: string;
  readonly during: During;
  readonly action: BoundWrite;
  readonly patience: Patience;
  readonly tryBegan: number;
}

/**
 * A failed try inside an effect. Once a write has left, no error may be taken for a no: while its outcome is unknown the step is settled, not failed; and when
 * settling itself cannot tell (now or ever), a person must find out.
 */
export function failTry({ pass, step, args, during, action, patience, tryBegan }: FailedTry, thrown: unknown): never {
  if (isPassControl(thrown)) throw thrown;
  const error = failureOf(thrown, FOREIGN[during]);
  const { outcome, retry } = errorFacts(error.code);
  const unanswered = during === "send" && outcome === "unknown";
  if (unanswered && action.idempotency === "none") return askPerson(pass, step, error);
  if (during === "settle" && retry === "never") return askPerson(pass, step, error);
  // A no to a repeat under the key is none to the send before it, which was never answered.
  const isRepeat = during === "send" && action.idempotency === "key" && wasLeftOpen(pass.entries(step));
  if (isRepeat && !unanswered && retry === "never") return askPerson(pass, step, error);
  // The write is done; that it could not be read back is shown, and fails nothing.
  if (during === "prove" && retry === "never") {
    pass.record(step, { type: "effect.proved", after: {}, matches: false });
    return pass.wait({ kind: "timer", step, until: pass.ports.now() });
  }
  const entries = pass.entries(step);
  // How often to write is the author's to say; what became of a write is found out with the engine's own patience.
  const isWriting = during === "look" || during === "send";
  const tries = foldTries(entries, isWriting ? ["look", "send"] : [during]);
  const attempt = (patience.given ? tries.failed : attemptsOf(entries)) + 1;
  return pass.failAttempt(
    step,
    args,
    during,
    attempt,
    { failure: error },
    {
      patience: isWriting ? patience : ENGINE_PATIENCE,
      began: tries.began ?? tryBegan,
      tryBegan,
      // Looked up and not given up, with the usual pauses and the usual end: a system that says yes and does nothing must not be asked for ever.
      repeats: unanswered,
      exhausted: (last) => {
        if (!unanswered) return tellExhausted(pass, step, args, action, attempt, last);
        // What became of it comes first; see "settle".
        pass.record(step, {
          type: "attempt.failed",
          args,
          during,
          attempt,
          error: last,
          retryAt: pass.ports.now(),
          began: tryBegan,
          final: true,
        });
        return pass.wait({ kind: "timer", step, until: pass.ports.now() });
      },
    },
  );
}

function askPerson(pass: Pass, step: string, error: Failure): never {
  pass.record(step, { type: "effect.unknown", error });
  return pass.wait({ kind: "operator", step, error });
}

/** The author is told only of a write that certainly was not made. Under a key a repeat is no question to the system whether the first one arrived. */
export function tellExhausted(pass: Pass, step: string, args: string, action: BoundWrite, tries: number, error: Failure): never {
  if (action.idempotency === "key" && wasLeftOpen(pass.entries(step))) return askPerson(pass, step, error);
  return pass.failStep(step, args, exhaustion(step, tries, error));
}
