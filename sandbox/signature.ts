// How the two vendors sign what they send. Zendesk: base64 of HMAC-SHA256 over timestamp and body, the timestamp in ISO 8601 to the
// second. Slack: "v0=" and hex of HMAC-SHA256 over "v0:timestamp:body", the timestamp in Unix seconds. The secrets are used as text.

export interface Signed {
  timestamp: string;
  signature: string;
}

export async function signZendesk(secret: string, body: string, now: number): Promise<Signed> {
  const timestamp = `${new Date(now).toISOString().slice(0, 19)}Z`;
  return { timestamp, signature: Buffer.from(await hmac(secret, timestamp + body)).toString("base64") };
}

export async function signSlack(secret: string, body: string, now: number): Promise<Signed> {
  const timestamp = String(Math.floor(now / 1000));
  return { timestamp, signature: `v0=${Buffer.from(await hmac(secret, `v0:${timestamp}:${body}`)).toString("hex")}` };
}

async function hmac(secret: string, text: string): Promise<ArrayBuffer> {
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return crypto.subtle.sign("HMAC", key, bytes.encode(text));
}
