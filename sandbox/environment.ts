// What the sandbox's wrangler.toml gives its Worker. Written by hand: the generated types describe Interlock's own Worker.
import type { Systems } from "./systems.ts";

export interface SandboxEnv {
  SYSTEMS: DurableObjectNamespace<Systems>;
  ZENDESK_API_TOKEN: string;
  ZENDESK_WEBHOOK_SECRET: string;
  SLACK_BOT_TOKEN: string;
  SLACK_SIGNING_SECRET: string;
  INTERLOCK_URL: string;
  TARGET_HOOK: string;
}
