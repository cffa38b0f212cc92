// What a network and a busy vendor do to one request, for the in-memory fakes. `before`: the request never got there; `after`: it did its work and the
// answer was lost. A fault strikes once, the oldest first; unless told otherwise it waits for a request that writes.

/** An answer in the system's own words. "{credential}" in its body becomes what the request proved itself with: some systems quote it back. */
export interface Answered {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes out as it is, everything else as JSON. */
  readonly body: unknown;
}

/**
 * lost: the connection breaks. hang: no answer until the caller gives up. The numbers are statuses. Of a 200: "html" is not JSON, "cut" is JSON that breaks off, and "huge"
 * is JSON that does not end. A redirect's address is another host's.
 */
export type FaultKind = "lost" | "hang" | "html" | "cut" | "huge" | 302 | 304 | 401 | 403 | 429 | 500 | 502 | 503 | Answered;
export type FaultTime = "before" | "after";

export interface FakeRequest {
  readonly method: string;
  /** As it was asked for, with its host. */
  readonly url: URL;
  /** Without the fake's prefix, and without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Record<string, unknown> | null;
  readonly signal: AbortSignal | null;
}

type Matches = (request: FakeRequest) => boolean;
const isWrite: Matches = ({ method }) => method !== "GET";

export class Faults {
  #waiting: { kind: FaultKind; when: FaultTime; matches: Matches }[] = [];

  add(kind: FaultKind, when: FaultTime, matches: Matches = isWrite): void {
    this.#waiting.push({ kind, when, matches });
  }

  take(request: FakeRequest): { kind: FaultKind; when: FaultTime } | null {
    const index = this.#waiting.findIndex(({ matches }) => matches(request));
    return index < 0 ? null : (this.#waiting.splice(index, 1)[0] ?? null);
  }
}

/** What this request proves who we are with. */
export const credentialOf = ({ headers }: FakeRequest): string =>
  headers.get("x-shopify-access-token") ?? headers.get("authorization")?.replace(/^\w+ /, "") ?? "";

const PIECE = new TextEncoder().encode('"and so on",'.repeat(8_192));

/** Answers that were begun and how many pieces of them were taken; nobody reads them to their end. */
export const hugeAnswers = { begun: 0, pieces: 0, cancelled: 0, pieceLength: PIECE.length };

function hugeAnswer(): Response {
  hugeAnswers.begun += 1;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("[")),
    pull: (controller) => {
      hugeAnswers.pieces += 1;
      controller.enqueue(PIECE);
    },
    cancel: () => {
      hugeAnswers.cancelled += 1;
    },
  });
  return new Response(body, { headers: { "content-type": "application/json" } });
}

function answered({ status, headers, body }: Answered, request: FakeRequest): Response {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html" : "application/json";
  const quoted = typeof body === "string" ? credentialOf(request) : JSON.stringify(credentialOf(request)).slice(1, -1);
  return new Response(text.replaceAll("{credential}", quoted), { status, headers: { "content-type": type, ...headers } });
}

export function strike(kind: FaultKind, request: FakeRequest): Promise<Response> {
  const { signal } = request;
  if (typeof kind === "object") return Promise.resolve(answered(kind, request));
  if (kind === "lost") return Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNRESET" } }));
  if (kind === "hang") {
    return new Promise((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }
  if (kind === "html")
    return Promise.resolve(new Response("<html><body>Welcome</body></html>", { headers: { "content-type": "text/html" } }));
  if (kind === "cut") return Promise.resolve(new Response('{"id": 12, "na', { headers: { "content-type": "application/json" } }));
  if (kind === "huge") return Promise.resolve(hugeAnswer());
  if (kind === 304) return Promise.resolve(new Response(null, { status: kind }));
  if (kind === 302) return Promise.resolve(new Response(null, { status: kind, headers: { location: "https://elsewhere.example/" } }));
  const waits = kind === 429 || kind === 503;
  return Promise.resolve(
    new Response("<html><body><h1>Sorry</h1></body></html>", { status: kind, headers: waits ? { "retry-after": "7" } : {} }),
  );
}

/** A fetch that answers with `handle`, after the faults have had their say. `prefix` is what stands before the vendor's own path ("/api/v2"). */
export function fakeFetch(prefix: string, faults: Faults, seen: FakeRequest[], handle: (request: FakeRequest) => Response): typeof fetch {
  const answer = async (input: unknown, init: { method?: string; headers?: unknown; body?: unknown; signal?: AbortSignal | null } = {}) => {
    const url = new URL(String(input));
    const start = url.pathname.indexOf(prefix);
    if (start < 0) throw new Error(`The fake does not know ${url.pathname}`);
    const request: FakeRequest = {
      method: init.method ?? "GET",
      url,
      path: url.pathname.slice(start + prefix.length).replace(/\.json$/, ""),
      query: url.searchParams,
      headers: new Headers(init.headers as Record<string, string>),
      body: typeof init.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : null,
      signal: init.signal ?? null,
    };
    seen.push(request);
    const fault = faults.take(request);
    if (fault?.when === "before") return strike(fault.kind, request);
    const response = handle(request);
    return fault ? strike(fault.kind, request) : response;
  };
  return answer as typeof fetch;
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
