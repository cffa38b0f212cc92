// What a test or a person may change while the sandbox runs: where webhooks go, limits, waiting times, and which fields a solved
// ticket must have. Everything has a default that needs no setting; a reset keeps only the addresses.
import * as z from "zod";
import type { SandboxEnv } from "./environment.ts";
import { StoredDocument } from "./storage.ts";

export const Settings = z.strictObject({
  interlock_url: z.url(),
  zendesk_hook: z.string().startsWith("/"),
  slack_hook: z.string().startsWith("/"),
  /** Requests a minute for the account. High enough not to be met in a load test. */
  zendesk_rate_limit: z.int().min(0),
  /** Of these, what others have called already, in every minute. */
  zendesk_spent: z.int().min(0),
  /** What the account says of its webhook: switched off, or none at all. It posts all the same. */
  zendesk_webhook: z.enum(["active", "inactive", "none"]),
  /** Requests a minute for each method. */
  slack_rate_limit: z.int().min(0),
  /** How long Zendesk waits for a webhook's answer, and how long before it tries again where no Retry-After says so. */
  webhook_timeout_ms: z.int().min(1),
  webhook_retry_ms: z.int().min(0),
  required_on_solve: z.array(z.strictObject({ id: z.int(), title: z.string() })),
  /** What the Zendesk user of the token is: an end user may sign in and work on nothing. */
  zendesk_role: z.enum(["admin", "agent", "end-user"]),
  /** Scopes that the Slack app was not given. */
  slack_lacks: z.array(z.string()),
  /** By system: milliseconds by which the Date of its answers is ahead of ours (below zero: behind). */
  clocks_ahead_ms: z.record(z.string(), z.int()),
});
export type Settings = z.infer<typeof Settings>;

function defaultSettings(env: Pick<SandboxEnv, "INTERLOCK_URL" | "TARGET_HOOK">): Settings {
  return {
    interlock_url: env.INTERLOCK_URL || "http://127.0.0.1:8787",
    zendesk_hook: env.TARGET_HOOK || "/hooks/zendesk",
    slack_hook: "/hooks/slack",
    zendesk_rate_limit: 100_000,
    zendesk_spent: 0,
    zendesk_webhook: "active",
    slack_rate_limit: 100_000,
    webhook_timeout_ms: 12_000,
    webhook_retry_ms: 1_000,
    required_on_solve: [],
    zendesk_role: "agent",
    slack_lacks: [],
    clocks_ahead_ms: {},
  };
}

const ADDRESSES = ["interlock_url", "zendesk_hook", "slack_hook"] as const;

/** Only what differs from the defaults is stored, so that a restart with another INTERLOCK_URL is heard. */
export class SettingsStore {
  readonly #changes: StoredDocument<Partial<Settings>>;
  readonly #defaults: Settings;
  #value: Settings;

  constructor(sql: SqlStorage, env: SandboxEnv) {
    this.#defaults = defaultSettings(env);
    this.#changes = new StoredDocument<Partial<Settings>>(sql, "settings", {});
    this.#value = { ...this.#defaults, ...this.#changes.value };
  }

  get value(): Settings {
    return this.#value;
  }

  change(changes: Partial<Settings>): void {
    this.#set({ ...this.#changes.value, ...changes });
  }

  /** Everything at its default, and the addresses as they are, so that a test need not give them again. */
  reset(): void {
    const kept = Object.entries(this.#changes.value).filter(([name]) => ADDRESSES.some((address) => address === name));
    this.#set(Object.fromEntries(kept));
  }

  #set(changes: Partial<Settings>): void {
    this.#changes.set(changes);
    this.#value = { ...this.#defaults, ...changes };
  }
}
