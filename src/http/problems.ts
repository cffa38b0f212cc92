// Whatever went wrong as one Failure, and a Failure as problem+json (RFC 9457). A foreign error's text stays in the log: it may name what a caller must not see.
import { errorFacts, type Failure, failureOf, problemOf } from "../core/errors.ts";

/** An exception of the framework carries a status instead of a code. 403 is thrown by its form check alone. */
const FRAMEWORK: Readonly<Record<number, Failure>> = {
  400: { code: "request.invalid", message: "The request could not be read" },
  403: { code: "access.cross_site", message: "The form came from another site, or its browser did not say where it came from" },
  413: { code: "request.invalid", message: "The request is larger than this console accepts" },
};

export function failureOfThrown(thrown: unknown): Failure {
  const status = (thrown as { status?: unknown } | null)?.status;
  const framework = typeof status === "number" ? FRAMEWORK[status] : undefined;
  if (framework) return framework;
  const failure = failureOf(thrown);
  if (failure.code !== "internal") return failure;
  const { cause } = (thrown ?? {}) as { cause?: unknown };
  console.error(
    JSON.stringify({
      message: "request failed",
      error: failure.message,
      ...(cause === undefined ? {} : { cause: failureOf(cause).message }),
    }),
  );
  return { code: "internal", message: "The console could not finish this request; the Worker’s log has the reason" };
}

export function problemResponse(failure: Failure): Response {
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (failure.retryAfterMs !== undefined) headers.set("retry-after", String(Math.ceil(failure.retryAfterMs / 1000)));
  return new Response(JSON.stringify(problemOf(failure)), { status: errorFacts(failure.code).status, headers });
}
