// One journal entry in plain words. Pure, and tolerant: an entry of a kind that this page does not know is named by its type, and its JSON is shown beside it
// anyway. It adds nothing that the entry does not say; of an entry whose contents were erased only its type is left to be told.
import type { Json, JsonObject } from "../../core/json.ts";
import type { AuditRow } from "../../db/reads.ts";
import type { Tone } from "./status-words.ts";
import { changeInWords, listing, percent, settingText, span, utc, valueText } from "./words.ts";

export interface EntryWords {
  readonly text: string;
  readonly tone: Tone;
}

export function entryWords({ type, body, at }: Pick<AuditRow, "type" | "body" | "at">): EntryWords {
  const say = (text: string, tone: Tone = "neutral"): EntryWords => ({ text, tone });
  if (body === null) return say(named(type));
  const error = str(obj(body.error).message);
  switch (type) {
    case "run.started": {
      const event = obj(body.event);
      const origin = obj(body.origin);
      const from = `${str(event.type)} from ${str(event.connection)}, record ${str(event.subject)}`;
      if (origin.kind === "replayed") return say(`Begun anew by ${str(origin.by)}: ${from}`);
      if (origin.kind === "restarted") return say(`Begun again by ${str(origin.by)} from “${str(origin.step)}”: ${from}`);
      if (origin.kind === "child") return say(`Started by the run ${str(origin.parent)}, record ${str(event.subject)}`);
      if (origin.kind === "continued") return say(`Goes on from the run ${str(origin.from)}, record ${str(event.subject)}`);
      return say(`Started by ${from}`);
    }
    case "run.completed":
      return say(body.continuedAs === undefined ? "Completed" : `Completed: the run ${str(body.continuedAs)} goes on`, "good");
    case "run.failed":
      return say(`Failed: ${error}`, "bad");
    case "read.done":
      return say(`Read with ${str(body.action)} in ${num(body.ms)} ms`);
    case "decision.made":
      return say(decisionText(body));
    case "attempt.failed":
      return body.retryAt === null
        ? say(`Attempt ${num(body.attempt)} to ${DURING[str(body.during)] ?? "go on"} failed, and an operator has to act: ${error}`, "bad")
        : say(
            `Attempt ${num(body.attempt)} to ${DURING[str(body.during)] ?? "go on"} failed: ${error}. Next try ${inWords(num(body.retryAt) - at)}`,
            "warn",
          );
    case "step.failed":
      return say(`The step failed for good: ${error}`, "bad");
    case "effect.intended": {
      // What can be restored is a record's fields; anything else is named by its action.
      const before = body.undo === "restore" ? obj(body.values) : null;
      return say(
        `Intends to ${lower(changeInWords({ action: str(body.action), target: str(body.target), before, values: obj(body.values) }))}`,
      );
    }
    case "effect.looked":
      return say(
        `Before: ${listing(Object.entries(obj(body.before)).map(([field, value]) => `${field} ${valueText(value)}`)) || "nothing to read"}`,
      );
    case "effect.ruled":
      return ruled(obj(body.ruling), body.sampled === true);
    case "approval.requested": {
      const approval = obj(body.approval);
      const reviewers = listing(strings(approval.reviewers));
      const by = utc(num(approval.expiresAt));
      return typeof approval.question === "string"
        ? say(`Asked ${reviewers} “${approval.question}”, to be answered by ${by}`, "warn")
        : say(`Asked ${reviewers} to decide by ${by}`, "warn");
    }
    case "approval.decided":
      return decided(obj(body.decision));
    case "approval.endorsed":
      return say(`${seat(body)} agrees${because(body)}; others must agree as well`, "good");
    case "approval.amended":
      return say(
        `${seat(body)} changes the values (${settingText(obj(body.values))}) and agrees to them${because(body)}; the others are asked again`,
        "warn",
      );
    case "approval.reassigned":
      return say(`${seat(body)} hands the decision to ${str(body.to)}`);
    case "approval.information_asked":
      return say(`${seat(body)} asks for information: ${str(body.question)}`, "warn");
    case "approval.information_given":
      return say(`${str(body.by)} gives information: ${str(body.text)}`);
    case "approval.reminded":
      return say(`A reminder is due to those who may decide, ${span(num(body.minutes) * 60_000)} after they were asked`, "warn");
    case "approval.escalated":
      return say(`${listing(strings(body.to))} may decide as well (level ${num(body.level)}), until ${utc(num(body.until))}`, "warn");
    case "approval.voided":
      return say(`The approval was voided: ${str(body.because)}`, "warn");
    case "effect.sending":
      return say(`Sends the change, attempt ${num(body.attempt)}`);
    case "effect.applied":
      return say(
        `${body.found === true ? "Found the change already written, after an answer was lost" : "Written"}${strings(body.omitted).length > 0 ? "; the answer was too large to be kept whole" : ""}`,
        "good",
      );
    case "effect.proved":
      return body.matches === true
        ? say("Read back: the record holds what was written", "good")
        : say("Read back: the record does not hold what was written", "bad");
    case "effect.refused":
      return say(`Not written (${str(body.because)}): ${str(body.reason)}`);
    case "effect.unknown":
      return say(`It is not known whether this was written: ${error}`, "bad");
    case "undo.requested":
      return say(`Undo asked for by ${str(body.by)}`);
    case "undo.sending":
      return say(Object.keys(obj(body.restore)).length > 0 ? `Sends the old values: ${settingText(obj(body.restore))}` : "Sends the undo");
    case "undo.attempt_failed":
      return say(`Attempt ${num(body.attempt)} to undo failed: ${error}. Next try ${inWords(num(body.retryAt) - at)}`, "warn");
    case "undo.done":
      return undone(body);
    case "undo.failed":
      return say(`The undo failed for good: ${error}`, "bad");
    case "step.done":
      return say("Computed");
    case "timer.set":
      return say(`Pauses until ${utc(num(body.until))}`);
    case "timer.fired":
      return say("The pause is over");
    case "signal.awaited":
      return say(`Waits for the signal “${str(body.signal)}” until ${utc(num(body.until))}`);
    case "signal.arrived":
      return say(`The signal “${str(body.signal)}” came from ${str(body.by)}`);
    case "signal.received":
      return say("Took the signal", "good");
    case "signal.refused":
      return say(`The signal's data does not fit: ${str(body.reason)}`, "warn");
    case "signal.expired":
      return say("No signal came in time", "warn");
    case "question.asked":
      return body.tried === undefined
        ? say("Has a question to people")
        : say(`No model could decide, so a person is asked: ${triedText(body.tried)}`, "warn");
    case "child.started":
      return say(`Started the run ${str(body.child)} of ${str(body.workflow)}`);
    case "child.ended":
      return say(
        `The run that it started has ended: ${str(obj(body.state).status)}`,
        obj(body.state).status === "completed" ? "good" : "warn",
      );
    case "run.event_replaced":
      return say("A later change of the same record took its event's place");
    case "run.journal_warned":
      return say(`The journal has ${num(body.entries)} of at most ${num(body.limit)} entries`, "warn");
    case "run.paused":
      return say(`Paused by ${str(body.by)}`, "warn");
    case "run.resumed":
      return say(`Let go on by ${str(body.by)}`);
    case "run.cancel_requested":
      return say(
        `${str(body.by)} cancels the run${body.compensate === true ? " and takes its writes back" : ""}${body.reason === "" ? "" : `: ${str(body.reason)}`}`,
        "warn",
      );
    case "run.cancelled":
      return say("Cancelled", "warn");
    case "run.reopened":
      return say(`${str(body.by)} lets it go on from the step that failed`);
    case "operator.resolved":
      return say(`${str(body.by)}: ${CHOICES[str(body.choice)] ?? str(body.choice)}`);
    default:
      return say(named(type));
  }
}

const named = (type: string): string => type.replace(".", ": ").replaceAll("_", " ");

const DURING: Readonly<Record<string, string>> = {
  read: "read",
  decide: "ask the model",
  compute: "compute",
  start: "start the run",
  look: "read the record before the change",
  count: "look up how much the workflow has written",
  send: "write",
  settle: "find out what became of the write",
  prove: "read the change back",
};

const CHOICES: Readonly<Record<string, string>> = {
  retry: "try again",
  applied: "it was written",
  not_applied: "it was not written",
  abandon: "give this write up",
};

function decisionText({ decision: made, by, tried }: JsonObject): string {
  const decision = obj(made);
  const value = obj(decision.value);
  const answer =
    listing(Object.entries(value).map(([field, chosen]) => `${field} ${valueText(chosen)}`)) || valueText(decision.value ?? null);
  const after = Array.isArray(tried) && tried.length > 0 ? ` (before: ${triedText(tried)})` : "";
  if (typeof by === "string") return `${by} answered ${answer}, where no model could${after}`;
  const samples = typeof decision.samples === "number" ? `, by how many of ${decision.samples} answers agree` : "";
  const sure = decision.source === "none" ? "with no measure of how sure it is" : `${percent(num(decision.confidence))} sure`;
  return `The model answered ${answer}, ${sure}${samples}${after}`;
}

/** Each model that was asked in vain, and why. */
const triedText = (tried: Json): string =>
  (Array.isArray(tried) ? tried : [])
    .map(obj)
    .map(
      ({ provider, model, message, repaired }) =>
        `${str(provider)}, ${str(model)}: ${str(message)}${repaired === true ? ", and asked again" : ""}`,
    )
    .join("; ");

function ruled(ruling: JsonObject, isSampled: boolean): EntryWords {
  const why = `${str(ruling.reason)} (rule ${str(ruling.rule)})`;
  switch (ruling.outcome) {
    case "allow":
      return { text: `Allowed: ${why}${isSampled ? "; chosen to be looked at afterwards" : ""}`, tone: "good" };
    case "deny":
      return { text: `Denied: ${why}`, tone: "bad" };
    default:
      return { text: `A person has to approve: ${why}`, tone: "warn" };
  }
}

function decided(decision: JsonObject): EntryWords {
  switch (decision.kind) {
    case "approved":
      return { text: `Approved by ${seat(decision)}${together(decision)}${because(decision)}`, tone: "good" };
    case "edited":
      return {
        text: `Approved by ${seat(decision)}${together(decision)} with other values: ${settingText(obj(decision.values))}${because(decision)}`,
        tone: "good",
      };
    case "rejected":
      return { text: `Rejected by ${seat(decision)}: ${str(decision.reason)}`, tone: "bad" };
    case "insufficient":
      return { text: `Not enough information, says ${seat(decision)}: ${str(decision.missing)}`, tone: "warn" };
    default:
      return { text: "Nobody decided in time", tone: "warn" };
  }
}

const seat = ({ by, inPlaceOf }: JsonObject): string =>
  inPlaceOf === undefined ? str(by) : `${str(by)} in the place of ${str(inPlaceOf)}`;
const because = ({ reason }: JsonObject): string => (reason === undefined ? "" : `: ${str(reason)}`);

function together({ agreed }: JsonObject): string {
  return Array.isArray(agreed) && agreed.length > 0 ? `, as ${listing(agreed.map((one) => seat(obj(one))))} had` : "";
}

function undone(body: JsonObject): EntryWords {
  const conflicts = Array.isArray(body.conflicts) ? body.conflicts.map((conflict) => str(obj(conflict).field)) : [];
  if (conflicts.length > 0) return { text: `Undone but for ${listing(conflicts)}, which somebody has changed since`, tone: "warn" };
  return body.matches === true
    ? { text: "Undone, and read back", tone: "good" }
    : { text: "Undone, but the record does not show it", tone: "bad" };
}

const inWords = (ms: number): string => (ms < 60_000 ? `after ${Math.max(0, Math.round(ms / 1000))} s` : `after ${span(ms)}`);

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const str = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const num = (value: Json | undefined): number => (typeof value === "number" ? value : 0);
const obj = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
const strings = (value: Json | undefined): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === "string") : []);
