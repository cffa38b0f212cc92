// Keys that a sender publishes, kept between deliveries. What is kept here holds for one isolate: another asks for itself.
// A key that is gone is believed for a day at most; one that is new is found within a minute. Whoever sends deliveries can make us ask for what is not there once
// a minute per address, and for so many addresses as the scheme lets them choose: the memory is bounded.
export type Published =
  | { readonly kind: "found"; readonly text: string }
  /** There is no such document, or its address is none that is asked: asking again would find the same. */
  | { readonly kind: "absent" }
  /** It could not be had just now. */
  | { readonly kind: "unavailable" };

/** Adobe and Microsoft both say: no longer than a day. */
const KEPT_MS = 24 * 60 * 60_000;
/** A new key costs its sender one minute of refusals at most. */
const ASKED_AGAIN_MS = 60_000;
/** As long as a sender that is turned away is asked to wait. */
const AFTER_FAILURE_MS = 10_000;
/** A system publishes one document, or two while it changes keys. */
const MAX_DOCUMENTS = 100;

type Answer = { readonly status: number; readonly text: string } | null;

interface Kept {
  readonly document: Published;
  readonly had: number;
  readonly asked: number;
  readonly pauseMs: number;
}

/** `fresh`: for a key that is not in the document that is kept. */
export type Publications = (url: string, now: number, fresh?: boolean) => Promise<Published>;

export function createPublications(ask: (url: string) => Promise<Answer>): Publications {
  const kept = new Map<string, Kept>();
  return async (url, now, fresh = false) => {
    if (!isPublic(url)) return { kind: "absent" };
    const held = kept.get(url);
    const good = held?.document.kind === "found" && now - held.had < KEPT_MS ? held : null;
    if (good && !fresh) return good.document;
    if (held && now - held.asked < held.pauseMs) return held.document;

    const answer = documentOf(await ask(url));
    const failed = answer.kind === "unavailable";
    // What was had before still counts while the sender's server does not answer.
    const document = failed && good ? good.document : answer;
    const had = failed && good ? good.had : now;
    kept.delete(url);
    kept.set(url, { document, had, asked: now, pauseMs: failed ? AFTER_FAILURE_MS : ASKED_AGAIN_MS });
    const [oldest] = kept.keys();
    if (kept.size > MAX_DOCUMENTS && oldest !== undefined) kept.delete(oldest);
    return document;
  };
}

function documentOf(answer: Answer): Published {
  if (answer === null || answer.status === 429 || answer.status >= 500) return { kind: "unavailable" };
  return answer.status >= 200 && answer.status <= 299 ? { kind: "found", text: answer.text } : { kind: "absent" };
}

/** Over TLS, or on this machine, where the sandbox is. */
function isPublic(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username } = new URL(url);
  if (username !== "") return false;
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1"].includes(hostname));
}
