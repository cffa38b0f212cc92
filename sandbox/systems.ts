// The one object that holds what the outside systems know: tickets, messages, faults, deliveries. Its SQLite file is the only state,
// so a restart on the same folder finds everything again. It answers the vendors' APIs itself: one hop per request, and the part of a
// handler after its body is read runs without an await, so two updates of one ticket never interleave.
import { DurableObject } from "cloudflare:workers";
import { sandboxApp } from "./app.ts";
import type { SandboxEnv } from "./environment.ts";
import { openWorld } from "./world.ts";

export class Systems extends DurableObject<SandboxEnv> {
  readonly #app: ReturnType<typeof sandboxApp>;

  constructor(ctx: DurableObjectState, env: SandboxEnv) {
    super(ctx, env);
    this.#app = sandboxApp(openWorld(ctx, env));
  }

  override fetch(request: Request): Response | Promise<Response> {
    return this.#app.fetch(request);
  }
}
