// Is this delivery the source system's own? Each kind of scheme has its own file; a proof of the vendor's own is the connector's code, and if it throws, the delivery
// is refused: what a sender can send must not become an error of ours, nor get past it.
import type { ProofContext, RejectReason, Verdict, WebhookDeclaration, WebhookRequest } from "../connectors/webhook.ts";
import { presentOnce } from "./expected.ts";
import { verifyHmac } from "./verify-hmac.ts";
import { verifySecret } from "./verify-secret.ts";

export async function verifyDelivery(declaration: WebhookDeclaration, request: WebhookRequest, context: ProofContext): Promise<Verdict> {
  const { scheme } = declaration;
  switch (scheme.kind) {
    case "hmac-sha256":
      return verifyHmac(scheme, context.secrets, request, context.now, declaration);
    case "shared-secret":
      return verifySecret(scheme, context.secrets, request, declaration);
    case "proof": {
      const present = presentOnce(request, declaration);
      if (!present.ok) return present;
      try {
        return await scheme.verify(request, context);
      } catch (thrown) {
        return refusedBy("The connector's proof failed", "bad_signature", thrown);
      }
    }
  }
}

/** Is an authentic delivery meant for this connection? */
export function checkAddress(
  { addressed }: WebhookDeclaration,
  request: WebhookRequest,
  settings: ProofContext["settings"],
  now: number,
): Verdict {
  try {
    return addressed?.(request, settings, now) ?? { ok: true };
  } catch (thrown) {
    return refusedBy("The connector's check of the recipient failed", "malformed_body", thrown);
  }
}

/** Of what was thrown only its kind: its text may hold what was sent. */
const refusedBy = (what: string, reason: RejectReason, thrown: unknown): Verdict => ({
  ok: false,
  reason,
  detail: `${what}: ${thrown instanceof Error ? thrown.name : typeof thrown}`,
});
