// What must be there before a proof is looked at: the headers that a system always sends, each once, and a body.
import type { RejectReason, Verdict, WebhookDeclaration, WebhookRequest } from "../connectors/webhook.ts";

export type Expected = Pick<WebhookDeclaration, "required" | "bodyRequired">;

export const reject = (reason: RejectReason, header?: string): Verdict & { ok: false } => ({
  ok: false,
  reason,
  ...(header ? { header } : {}),
});

/** `proof`: headers that must be there as well, and whose own grammar says whether they are there twice. An empty header proves nothing: it is missing. */
export function presentOnce(request: WebhookRequest, { required = [], bodyRequired }: Expected, proof: readonly string[] = []): Verdict {
  const read = (name: string): string => request.headers.get(name) ?? "";
  const missing = [...required, ...proof].find((name) => read(name) === "");
  if (missing) return reject("missing_header", missing);
  // `fetch` joins repeated headers with a comma.
  const repeated = required.find((name) => read(name).includes(","));
  if (repeated) return reject("duplicate_header", repeated);
  return bodyRequired && request.body.length === 0 ? reject("missing_body") : { ok: true };
}
