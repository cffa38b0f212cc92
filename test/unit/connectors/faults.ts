// What a network and a busy vendor do to one request, for the in-memory fakes. `before`: the request never got there; `after`: it did its work and the
// answer was lost. A fault strikes once, the oldest first; unless told otherwise it waits for a request that writes.

/** lost: the connection breaks. hang: no answer until the caller gives up. The numbers are statuses; "html": a 200 that is not JSON. */
export type FaultKind = "lost" | "hang" | "html" | 401 | 403 | 429 | 500 | 503;
export type FaultTime = "before" | "after";

export interface FakeRequest {
  readonly method: string;
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

export function strike(kind: FaultKind, { signal }: FakeRequest): Promise<Response> {
  if (kind === "lost") return Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNRESET" } }));
  if (kind === "hang") {
    return new Promise((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }
  if (kind === "html")
    return Promise.resolve(new Response("<html><body>Welcome</body></html>", { headers: { "content-type": "text/html" } }));
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
