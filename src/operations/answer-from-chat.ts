// A button of ours that was pressed in a chat: another door to deciding an approval, with the same checks behind it. It believes the chat's signature for the press
// and the chat's API for the presser; it adds nobody to those who may decide. A press that is repeated or kept finds the approval decided, or changed, and is refused.
// Sequence: (the webhook verified the delivery and is answered at once) -> who pressed -> decideApproval with the button's digest -> the message says so, or the
// presser alone is told why not.
import { type ErrorCode, type Failure, failureOf } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Press } from "../core/notice.ts";
import type { Identity } from "../core/principal.ts";
import { noticeOf, settledNotice } from "../governance/notice.ts";
import type { Context } from "./context.ts";
import { decideApproval } from "./govern-run.ts";
import { principalOf } from "./grants.ts";
import { type NoticePlace, noticePlace } from "./notice-place.ts";
import { factsOf } from "./send-notices.ts";

/**
 * Null where the delivery is no press of ours, and so an event like any other. Otherwise the work that it asks for, to be done after the chat was answered: it waits
 * three seconds at most.
 */
export function pressOn(context: Context, connection: string, data: Json): ((now: number) => Promise<void>) | null {
  const place = noticePlace(context);
  if (place?.connection !== connection) return null;
  const pressed = place.chat.pressIn(data);
  if (!pressed) return null;
  return pressed.kind === "nothing" ? async () => undefined : (now) => answerPress(context, place, pressed.press, now);
}

async function answerPress(context: Context, place: NoticePlace, press: Press, now: number): Promise<void> {
  const { chat, http } = place;
  try {
    const refused = await decide(context, place, press, now);
    if (refused) await chat.whisper(press, refusalText(refused, place.linkTo(press.value.approval)), http);
  } catch (thrown) {
    // Whether it was decided is in the run: a second press is refused if it was.
    const failure = failureOf(thrown);
    console.error(JSON.stringify({ message: "press not answered", approval: press.value.approval, error: failure.message }));
    await chat.whisper(press, refusalText(failure, place.linkTo(press.value.approval)), http).catch(() => undefined);
  }
}

async function decide(context: Context, place: NoticePlace, press: Press, now: number): Promise<Failure | null> {
  const { approval, digest } = press.value;
  const person = await place.chat.addressOf(press, place.http);
  if (!person.known) return { code: "access.denied", message: `This press was not counted: ${person.why}` };
  const decided = await decideApproval(
    context,
    await principalOf(context.env, personAt(person.address)),
    approval,
    { kind: "approved", digest },
    now,
  );
  if (!decided.ok) return decided.error;
  const facts = (await factsOf(context, place, [approval])).get(approval);
  if (!facts) return null;
  const { approvals = 1 } = facts.spec?.review ?? {};
  const said = `Approved by ${person.address}`;
  // Others have to press as well: the button stays until the sweep finds it settled.
  const waiting = noticeOf("asked", facts);
  const notice =
    approvals > 1
      ? { ...waiting, lines: [...waiting.lines, `${said}; ${approvals} people must agree`] }
      : settledNotice(facts, "Approved", person.address);
  await place.chat.rewrite(press.message, notice, place.http).catch((thrown) => {
    // It is decided all the same, and the sweep writes how it ended.
    console.warn(JSON.stringify({ message: "notice not rewritten", approval, error: failureOf(thrown).message }));
  });
  return null;
}

/** With whatever they were granted, as in the console. */
const personAt = (address: string): Identity => ({ kind: "person", id: address, name: address });

const OWN_WORDS: Partial<Record<ErrorCode, string>> = {
  "approval.already_decided": "It was decided before you pressed.",
  "approval.changed": "What is to be approved has changed since this message.",
  "approval.not_reviewer": "You are not among those who may decide this.",
};

function refusalText({ code, message }: Failure, link: string): string {
  const said = code === "internal" ? "Something went wrong." : (OWN_WORDS[code] ?? message);
  return `${said} Nothing was decided by your press. ${link}`;
}
