// People and source systems at the Worker's own door, for tests inside workerd: each request is one person's, and deliveries are signed as the vendor signs them.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { hmacSha256 } from "../../src/core/crypto.ts";
import type { Role } from "../../src/core/principal.ts";
import worker from "./worker.ts";

export const address = (person: string): string => `${person}@example.com`;

/** In place of whatever they could before. */
export async function grantOnly(people: Readonly<Record<string, readonly Role[]>>, workflow: string): Promise<void> {
  await env.DB.batch(
    Object.entries(people).flatMap(([person, roles]) => [
      env.DB.prepare(
        "update role_grant set revoked_at = 1, revoked_by = 'admin@example.com' where principal = ? and revoked_at is null",
      ).bind(address(person)),
      ...roles.map((role) =>
        env.DB.prepare(
          "insert into role_grant (principal, role, workflow, granted_at, granted_by) values (?, ?, ?, 2, 'admin@example.com')",
        ).bind(address(person), role, workflow),
      ),
    ]),
  );
}

export async function ask(person: string, method: "GET" | "POST", path: string, body?: object): Promise<Response> {
  const execution = createExecutionContext();
  const request = new Request(`https://interlock.test${path}`, {
    method,
    ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
  });
  const response = await worker.fetch(request, { ...env, DEV_IDENTITY: `${person} <${address(person)}>` }, execution);
  await waitOnExecutionContext(execution);
  return response;
}

export async function told<T>(person: string, method: "GET" | "POST", path: string, body?: object): Promise<T> {
  const response = await ask(person, method, path, body);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** Zendesk says that a ticket was made. The queue is left out: the event goes straight to its partition, as it does when the queue is down. */
export async function webhook(ticket: string): Promise<Response> {
  const body = JSON.stringify({
    account_id: 7,
    id: `made-${ticket}-${crypto.randomUUID()}`,
    time: new Date().toISOString(),
    type: "zen:event-type:ticket.created",
    subject: `zen:ticket:${ticket}`,
    zendesk_event_version: "2022-11-06",
    detail: { id: ticket, actor_id: "501" },
    event: {},
  });
  const timestamp = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const signature = btoa(String.fromCharCode(...hmacSha256("sandbox-webhook-secret", [timestamp, body])));
  const execution = createExecutionContext();
  const response = await worker.fetch(
    new Request("https://interlock.test/hooks/zendesk", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-zendesk-webhook-invocation-id": "8350205582",
        "x-zendesk-webhook-signature-timestamp": timestamp,
        "x-zendesk-webhook-signature": signature,
      },
      body,
    }),
    { ...env, EVENTS: { send: () => Promise.reject(new Error("the queue is down")) } as unknown as Queue },
    execution,
  );
  await waitOnExecutionContext(execution);
  return response;
}
