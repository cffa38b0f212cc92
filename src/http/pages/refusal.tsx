// A refusal on the page where it happened: what was refused, why, and what to do next. The words to act on come from the error's code, never from its text.
import type { Child } from "hono/jsx";
import { errorFacts, type Failure } from "../../core/errors.ts";
import { sentence } from "./words.ts";

export const Refusal = ({ failure, children }: { failure: Failure; children?: Child }) => (
  <div class="banner bad" role="alert">
    <h2>{errorFacts(failure.code).title}</h2>
    <p>{sentence(failure.message)}</p>
    {children ?? <p>{nextStep(failure)}</p>}
  </div>
);

/** What the reader can do, where the page itself has nothing better to say. */
export function nextStep({ code, field }: Failure): string {
  switch (code) {
    case "approval.edit_refused":
    case "request.invalid":
      return field === undefined
        ? "Change what you entered and send it again."
        : `Change “${field}” below and send it again; the rest of what you entered is still there.`;
    case "access.denied":
      return "Ask somebody with that role, or ask an admin of this deployment to grant it to you.";
    case "access.no_grant":
      return "Load this page again once it is granted.";
    case "access.cross_site":
      return "Open the page in this console and send the form from there.";
    case "data_flow.changed":
      return "Read what is here now, and approve that.";
    case "data_flow.own_spec":
      return "Ask another data-protection officer.";
    case "effect.undo_running":
      return "Load this page again in a moment to see how it ended.";
    case "approval.claimed":
      return "Nothing was decided. Speak to them, or take it over on its page.";
    case "approval.not_together":
      return "Open the approval, and decide it there.";
    case "contest.took_part":
    case "contest.already_closed":
    case "contest.already_open":
    case "contest.undecided":
      return "Nothing was recorded.";
    case "run.erased":
    case "halt.partly_told":
      return "You need not do anything: whatever was not reached is told again until it knows.";
    case "spec.wrong_state":
    case "spec.changed":
      return "Nothing was changed. This page shows the version as it is now.";
    case "effect.preview_moved":
      return "Nothing was asked. The preview below is new: look at it, and ask again.";
    case "validation.report_moved":
      return "Nothing was changed. This page shows the newest revision now: look at it, and decide again.";
    case "effect.window_passed":
      return "Nothing was changed. The spec's procedure says who takes it back, and how.";
    case "run.not_ended":
      return "Cancel the run, or load this page again when it has ended.";
    case "run.ended":
    case "run.cancelling":
    case "run.not_failed":
    case "run.taken_back":
    case "dead_letter.replayed":
    case "grant.separation":
    case "grant.to_oneself":
    case "grant.not_found":
    case "data_flow.approved":
    case "spec.not_yours":
    case "effect.not_applied":
    case "effect.irreversible":
    case "effect.taken_over":
    case "effect.not_sampled":
    case "effect.already_checked":
    case "effect.own_write":
      return "Nothing was changed.";
    default: {
      const { retry, actor } = errorFacts(code);
      if (retry === "backoff" || retry === "after") return "Nothing is lost. Try again in a moment.";
      if (actor === "operator" || actor === "tenant") return "An operator of this deployment has to act first.";
      return "Check the address, or start from the console’s first page.";
    }
  }
}

export const Notice = ({ children }: { children: Child }) => (
  <div class="banner good" role="status">
    <p>{children}</p>
  </div>
);
