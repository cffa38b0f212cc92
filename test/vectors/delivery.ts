// A case as what arrives at the receiving code: its headers as HTTP carries them, and the declaration with what the case grants.
import type { WebhookDeclaration } from "../../src/connectors/webhook.ts";
import type { VectorCase } from "./cases.ts";

/** The declaration with the case's tolerance and its permission to use a published secret. */
export function adjusted(declaration: WebhookDeclaration, { toleranceSeconds, allowTestSecret }: VectorCase): WebhookDeclaration {
  const { scheme } = declaration;
  if (scheme.kind !== "hmac-sha256") return declaration;
  const timestamp = scheme.timestamp && toleranceSeconds !== null ? { ...scheme.timestamp, toleranceSeconds } : scheme.timestamp;
  return {
    ...declaration,
    scheme: {
      ...scheme,
      ...(timestamp ? { timestamp } : {}),
      ...(allowTestSecret ? { publicTestSecrets: [] } : {}),
    },
  };
}

/** As `fetch` presents them: repeated names joined with ", ". Null for a value that HTTP cannot carry. Text beyond Latin-1 becomes its bytes on the wire. */
export function headersOf(vector: VectorCase): Headers | null {
  const headers = new Headers();
  for (const [name, value] of vector.headers) {
    const latin1 = Buffer.from(value, "latin1").toString("latin1") === value;
    try {
      headers.append(name, latin1 ? value : Buffer.from(value, "utf8").toString("latin1"));
    } catch {
      return null;
    }
  }
  return headers;
}
