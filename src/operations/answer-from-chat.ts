// A button of ours that was pressed in a chat: another door to deciding an approval, with the same checks behind it. It believes the chat's signature for the press
// and the chat's API for the presser; it adds nobody to those who may decide. A press that is repeated or kept finds the approval decided, or changed, and is refused.
// Sequence: (the webhook verified the delivery; most chats are answered at once) -> who pressed -> decideApproval with the button's digest -> the message says so, or
// the presser alone is told why not.
import type { Chat } from "../connectors/chat.ts";
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

/** How long a chat that waits for what came of a press is let wait: Teams gives up after five seconds. */
const PATIENCE_MS = 4_000;

/** Null where the delivery is no press of ours, and so an event like any other. Otherwise what answers it, and goes on with its work behind the answer. */
export function pressOn(context: Context, connection: string, data: Json): ((now: number) => Promise<Response>) | null {
  const place = noticePlace(context);
  if (place?.connection !== connection) return null;
  const pressed = place.chat.pressIn(data);
  if (!pressed) return null;
  if (pressed.kind === "nothing") return async () => answered(place.chat, "This button decides nothing.");
  return (now) => answerPress(context, place, pressed.press, now);
}

/** A chat without an answer of its own is told at once, and hears of a refusal by itself: Slack waits three seconds at most. */
async function answerPress(context: Context, place: NoticePlace, press: Press, now: number): Promise<Response> {
  const { chat, http } = place;
  const work = outcomeOf(context, place, press, now);
  // Whoever stops waiting for the answer does not stop the decision.
  context.waitUntil(work);
  const inTime = chat.answer ? await within(work, PATIENCE_MS) : null;
  if (inTime) return answered(chat, inTime.told);
  const whispered = work.then(({ refused, told }) => (refused ? chat.whisper(press, told, http) : undefined));
  context.waitUntil(
    whispered.catch((thrown) => console.warn(JSON.stringify({ message: "press not answered", error: failureOf(thrown).message }))),
  );
  return answered(chat, "Still being decided; this message will say how it ended.");
}

function answered({ answer }: Chat, text: string): Response {
  const { status, body, contentType = "text/plain" } = answer?.(text) ?? { status: 200, body: null };
  return new Response(body, { status, ...(body === null ? {} : { headers: { "content-type": contentType } }) });
}

async function within<T>(work: Promise<T>, ms: number): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

interface Outcome {
  readonly refused: boolean;
  /** To the presser. */
  readonly told: string;
}

/** Does not reject. */
async function outcomeOf(context: Context, place: NoticePlace, press: Press, now: number): Promise<Outcome> {
  const link = place.linkTo(press.value.approval);
  try {
    const refused = await decide(context, place, press, now);
    return refused ? { refused: true, told: refusalText(refused, link) } : { refused: false, told: "Approved." };
  } catch (thrown) {
    // Whether it was decided is in the run: a second press is refused if it was.
    const failure = failureOf(thrown);
    console.error(JSON.stringify({ message: "press not answered", approval: press.value.approval, error: failure.message }));
    return { refused: true, told: refusalText(failure, link) };
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
