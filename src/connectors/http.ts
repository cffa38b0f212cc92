// The one door to the network: nothing else in the product calls fetch, and an SDK is handed the function below. It turns a request into parsed JSON or
// into a failure with a code. It must not retry, must not follow a redirect (a credential stays with its host) and must not let a credential into a message.
// Sequence: check the path; take what the call costs from the shared budget; send with a time limit; read the body once and up to a limit; on a 401 once more with
// another token; a status that is not 2xx, an answer that says no, or a body that is not JSON, is thrown.
import type * as z from "zod";
import { type ErrorCode, type Failure, InterlockError } from "../core/errors.ts";
import type { SignableRequest } from "./auth.ts";
import type { Usage } from "./budget.ts";
import type { Connector, Http, HttpAnswer, HttpRequest, Settings } from "./define.ts";

/** A wrapper and not the global itself: workerd refuses a fetch that is called as another object's method. */
const network: typeof fetch = (input, init) => fetch(input, init);

/** Statuses whose answers have no body, and whose Response takes none. */
const BODILESS = new Set([101, 204, 205, 304]);

/**
 * For SDKs, which end their time limit with the headers and follow redirects: the body is here before the answer is handed on, so that the limit holds for it as well,
 * and a redirect is an answer, because a record goes to the host that an agreement covers and to no other.
 */
export const outboundFetch: typeof fetch = async (input, init) => {
  const response = await network(input, { ...init, redirect: "manual" });
  const body = await response.arrayBuffer();
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  // It was decoded on the way, and its length is another.
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(BODILESS.has(status) ? null : body, { status, statusText, headers });
};

/** A sender that waits for our answer gives up after three seconds (Graph, Slack), and a key may take two documents. */
const PUBLIC_TIMEOUT_MS = 1_200;
/** Characters. The largest such document today, Bot Framework's keys, is below a tenth of it. */
const MAX_PUBLIC = 512 * 1024;

/** A document that anybody may read: keys that a sender publishes. Without a credential, and without following a redirect to where nobody has checked. Null: no answer. */
export async function readPublic(url: string, doFetch: typeof fetch = network): Promise<{ status: number; text: string } | null> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PUBLIC_TIMEOUT_MS);
  try {
    const response = await doFetch(url, { headers: { "user-agent": "interlock" }, redirect: "manual", signal: abort.signal });
    const text = await readText(response, MAX_PUBLIC);
    return text === null ? null : { status: response.status, text };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** What a call proves itself with. */
export interface Authoriser {
  headers(request: SignableRequest): Promise<Readonly<Record<string, string>>>;
  /** The system refused them: whether others can be had. */
  renew(): Promise<boolean>;
  /** What must not get into a message. */
  secrets(): readonly string[];
}

/** The budget that all callers of an account share. */
export interface Spending {
  /** Throws `connector.rate_limited` where nothing may be spent now. */
  spend(units: number, effect: "read" | "write", countedAs?: string): Promise<void>;
  note(usage: Usage): void;
  /** Of what is counted apart under this name; of all of it without. */
  pause(ms: number, countedAs?: string): void;
}

/** What one call took and what the other side's clock said: for the integration assessment. */
export interface Observed {
  readonly ms: number;
  readonly status: number | null;
  /** Epoch milliseconds, to the second; null where no Date came. */
  readonly theirTime: number | null;
  /** Our time when the answer's head was there. */
  readonly at: number;
}

/** The door as it is, with somebody who looks at each call. */
export const observedFetch =
  (observe: (seen: Observed) => void, now: () => number, door: typeof fetch = network): typeof fetch =>
  async (input, init) => {
    const began = now();
    const seen = (response: Response | null): void => {
      const date = Date.parse(response?.headers.get("date") ?? "");
      observe({ ms: now() - began, status: response?.status ?? null, theirTime: Number.isNaN(date) ? null : date, at: now() });
    };
    try {
      const response = await door(input, init);
      seen(response);
      return response;
    } catch (thrown) {
      seen(null);
      throw thrown;
    }
  };

export interface HttpOptions extends Pick<Connector, "refusal" | "usage"> {
  /** Scheme, host and an optional path prefix, such as "https://acme.zendesk.com". */
  readonly baseUrl: string;
  /** The Authorization header, as it always is; or what makes it. */
  readonly authorization: string | Authoriser | null;
  /** The system's name, as a person reads it at the beginning of every message. */
  readonly system: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
  readonly settings?: Settings;
  readonly spending?: Spending;
}

const TIMEOUT_MS = 10_000;
const MAX_MESSAGE = 500;
/** A longer pause is not believed: the next try finds out, and a run does not hang for a day on one header. */
const MAX_RETRY_AFTER_MS = 15 * 60_000;
/** Characters of an answer. The largest page that a connector asks for is below a tenth of it; an object has 128 MB for all its runs. */
const MAX_ANSWER = 8 * 1024 * 1024;

export function createHttp(options: HttpOptions): Http {
  const { authorization, system, now, refusal, usage, spending, settings = {} } = options;
  const doFetch = options.fetch ?? network;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const base = checkBase(options.baseUrl, system);
  const authoriser = typeof authorization === "string" ? null : authorization;
  const fixed = typeof authorization === "string" ? authorization : null;
  if (fixed !== null) checkHeader(fixed, system);
  // Built once: a request without headers of its own allocates none.
  const reading: Readonly<Record<string, string>> = {
    accept: "application/json",
    "user-agent": "interlock",
    ...(fixed === null ? {} : { authorization: fixed }),
  };
  const writing: Readonly<Record<string, string>> = { ...reading, "content-type": "application/json; charset=utf-8" };

  const failed = (code: ErrorCode, message: string, more: Pick<Failure, "field" | "retryAfterMs"> = {}): InterlockError =>
    new InterlockError(code, scrub(message, [...secretsIn(fixed), ...(authoriser?.secrets() ?? [])]).slice(0, MAX_MESSAGE), more);

  async function exchange(request: HttpRequest): Promise<{ status: number; headers: Headers; text: string }> {
    const { method, path, content } = request;
    const body = content?.text ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
    const own = body === undefined ? reading : content ? { ...writing, "content-type": content.type } : writing;
    const proof = authoriser
      ? await authoriser.headers({ method, url: base + path, body: body ?? "", contentType: own["content-type"] ?? null })
      : {};
    for (const value of Object.values(proof)) checkHeader(value, system);
    const abort = new AbortController();
    // Not AbortSignal.timeout: that timer cannot be cleared, and at thousands of calls a second they would pile up.
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    try {
      const response = await doFetch(base + path, {
        method,
        headers: request.headers || authoriser || request.answer ? { ...request.headers, ...own, ...acceptOf(request), ...proof } : own,
        body,
        redirect: "manual",
        signal: abort.signal,
      });
      const text = await readText(response);
      if (text === null)
        throw failed(
          "connector.answer_invalid",
          `${system} answered ${method} ${withoutQuery(path)} with more than ${MAX_ANSWER} characters`,
        );
      return { status: response.status, headers: response.headers, text };
    } catch (thrown) {
      if (thrown instanceof InterlockError) throw thrown;
      const what = `${method} ${withoutQuery(path)}`;
      if (abort.signal.aborted) throw failed("connector.timeout", `${system} did not answer ${what} within ${timeoutMs / 1000} s`);
      throw failed("connector.unavailable", `${system} could not be reached for ${what}${causeOf(thrown)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What came, parsed once, and what its connector says of it. */
  function readAnswer(request: HttpRequest, { status, headers, text }: { status: number; headers: Headers; text: string }) {
    const ok = status >= 200 && status <= 299;
    const parsed = request.answer === "text" && ok ? null : text === "" ? null : parse(text);
    const answer: HttpAnswer = { status, headers, text, json: parsed ?? null };
    const isJson = parsed !== undefined;
    return { answer, ok, isJson, refused: ok && !isJson ? null : (refusal?.(answer, now()) ?? null) };
  }

  async function send(request: HttpRequest): Promise<HttpAnswer> {
    const { method, path } = request;
    if (!isSafePath(path)) throw failed("connector.rejected", `${system}: "${path}" is not a plain path`);
    await spending?.spend(request.cost ?? 1, method === "GET" || request.reads ? "read" : "write", request.countedAs);
    let got = readAnswer(request, await exchange(request));
    // Either was turned away before anything was done.
    const turnedAway = got.answer.status === 401 || (got.ok && got.refused?.code === "connector.unauthorised");
    if (turnedAway && (await authoriser?.renew())) got = readAnswer(request, await exchange(request));
    const { answer, ok, isJson, refused } = got;
    const { status, headers, text } = answer;
    const told = usage?.(answer);
    if (told) spending?.note(told);
    if (!isJson && ok) {
      const start = plainText(text).slice(0, 100);
      throw failed(
        "connector.answer_invalid",
        `${system} answered ${status} to ${method} ${withoutQuery(path)} with something that is not JSON: ${start}`,
      );
    }
    if (ok && refused === null) return answer;
    const usual = ok
      ? { code: "connector.rejected" as const, retryAfterMs: retryAfterMs(headers.get("retry-after"), now()) }
      : classify(status, headers, now);
    const { said, field } = ok ? { said: "", field: undefined } : readError(text);
    const redirected = status === 0 || (status > 299 && status < 400);
    const why = refused?.message ?? (redirected ? "it redirects, and redirects are not followed" : said);
    const code = refused?.code ?? usual.code;
    const pause = refused?.retryAfterMs ?? usual.retryAfterMs;
    if (code === "connector.rate_limited" && pause !== undefined) spending?.pause(pause, request.countedAs);
    throw failed(code, `${system} answered ${status} to ${method} ${withoutQuery(path)}${why && `: ${why}`}`, {
      field: refused?.field ?? field,
      retryAfterMs: pause,
    });
  }

  return { send, remember: createMemory(now), settings };
}

const acceptOf = ({ answer }: HttpRequest): Record<string, string> => (answer === "text" ? { accept: "*/*" } : {});

function checkHeader(value: string, system: string): void {
  // The runtime would refuse such a header as well, with the header's text in its message.
  if (!/^[\x20-\x7e]+$/.test(value))
    throw new InterlockError("connector.unauthorised", `${system}: the credential has characters that cannot travel in a header`);
}

/** Null for what is too long; what is left of it is not read. */
async function readText(response: Response, most = MAX_ANSWER): Promise<string | null> {
  const announced = Number(response.headers.get("content-length") ?? Number.NaN);
  if (announced <= most || !response.body) return response.text();
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > most) {
      await reader.cancel().catch(() => undefined);
      return null;
    }
  }
}

/** Checks a part of an answer that the caller relies on. `what` names it: "the ticket". */
export function promised<T>(schema: z.ZodType<T>, json: unknown, what: string): T {
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new InterlockError("connector.answer_invalid", `The answer is not ${what}: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** One load for all who ask meanwhile; the value is kept until its time is up, a failure is not kept at all. */
function createMemory(now: () => number): Http["remember"] {
  const kept = new Map<string, { readonly value: unknown; readonly until: number }>();
  const loading = new Map<string, Promise<unknown>>();
  return <T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T> => {
    const held = kept.get(key);
    if (held && held.until > now()) return Promise.resolve(held.value as T);
    const underway = loading.get(key);
    if (underway) return underway as Promise<T>;
    const until = now() + ttlMs;
    const loaded = load()
      .then((value) => {
        kept.set(key, { value, until });
        return value;
      })
      .finally(() => loading.delete(key));
    loading.set(key, loaded);
    return loaded;
  };
}

function classify(status: number, headers: Headers, now: () => number): { code: ErrorCode; retryAfterMs?: number } {
  switch (status) {
    case 401:
    case 403:
      return { code: "connector.unauthorised" };
    case 404:
    case 410:
      return { code: "connector.not_found" };
    case 408:
      return { code: "connector.timeout" };
    case 409:
    case 412:
      return { code: "connector.conflict" };
    case 429:
      return { code: "connector.rate_limited", retryAfterMs: retryAfterMs(headers.get("retry-after"), now()) };
    case 503: {
      // A server that names the time turned the request away at the door: it did not do it.
      const pause = retryAfterMs(headers.get("retry-after"), now());
      return pause === undefined ? { code: "connector.unavailable" } : { code: "connector.rate_limited", retryAfterMs: pause };
    }
    default:
      return { code: status >= 500 ? "connector.unavailable" : "connector.rejected" };
  }
}

/** Date.parse alone takes almost any text for a date. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The pause that a Retry-After header asks for (RFC 9110 section 10.2.3: seconds or a date), or undefined where it says nothing usable. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const value = header.trim();
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : HTTP_DATE.test(value) ? Math.max(0, Date.parse(value) - now) : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.ceil(ms), MAX_RETRY_AFTER_MS);
}

function checkBase(baseUrl: string, system: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new InterlockError("connector.rejected", `${system}: the base URL must be http(s)://host, with at most a path behind it`);
  }
  return url.href.replace(/\/+$/, "");
}

/** A path of one host: no authority, no climbing out of the prefix (plain or percent-encoded), nothing that a URL parser would rewrite. */
function isSafePath(path: string): boolean {
  return path.startsWith("/") && !/[^\x21-\x7e]|[\\#]/.test(path) && !/\/\/|\.\.|%2e/i.test(withoutQuery(path));
}

function withoutQuery(path: string): string {
  const end = path.indexOf("?");
  return end < 0 ? path : path.slice(0, end);
}

/** Only an error's code: its text may hold the request's headers. */
function causeOf(thrown: unknown): string {
  const { code, cause } = (thrown ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  const found = cause?.code ?? code;
  return typeof found === "string" && /^[A-Z0-9_]+$/.test(found) ? ` (${found})` : "";
}

/** What an error body says, in the shapes that vendors use, and the field it is about where it names one. */
function readError(text: string): { said: string; field?: string } {
  const json = parse(text);
  if (json === undefined || json === null || typeof json !== "object") return { said: plainText(text) };
  const { error, error_description, description, message, title, detail, details, errors } = json as Record<string, unknown>;
  const inner = (typeof error === "object" && error !== null ? error : { title: error }) as Record<string, unknown>;
  const said = [inner.title, inner.message, error_description, title, description, message, detail].filter(
    (part) => typeof part === "string" && part !== "",
  );
  const problems: string[] = [];
  let field: string | undefined;
  for (const [name, list] of Object.entries(typeof details === "object" && details !== null ? details : {})) {
    // "base" is the record as a whole, in Zendesk's words.
    if (name !== "base") field ??= name;
    for (const item of Array.isArray(list) ? list : [list]) problems.push(`${name}: ${problemOf(item)}`);
  }
  for (const item of Array.isArray(errors) ? errors : []) problems.push(problemOf(item));
  return { said: [...new Set(said), ...problems].join("; "), field };
}

function problemOf(item: unknown): string {
  if (typeof item !== "object" || item === null) return String(item);
  const { description, detail, message, title, error } = item as Record<string, unknown>;
  return String(description ?? detail ?? message ?? title ?? error ?? "");
}

/** HTML or plain text as one line. */
function plainText(text: string): string {
  return text
    .slice(0, 4_000)
    .replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>/gi, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Undefined for what is not JSON; JSON itself has no undefined. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Some systems quote the refused credential back at the caller. */
function scrub(message: string, secrets: readonly string[]): string {
  let clean = message;
  for (const secret of secrets) if (secret.length > 3) clean = clean.replaceAll(secret, "[credential]");
  return clean;
}

/** The header's value and each part of it that is a secret by itself. */
export function secretsIn(authorization: string | null): readonly string[] {
  if (authorization === null) return [];
  const credential = authorization.slice(authorization.indexOf(" ") + 1);
  const decoded = authorization.startsWith("Basic ") ? decodeBasic(credential) : "";
  return [authorization, credential, decoded, decoded.slice(decoded.indexOf(":") + 1)];
}

function decodeBasic(credential: string): string {
  try {
    return atob(credential);
  } catch {
    return "";
  }
}
