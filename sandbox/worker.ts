// The sandbox: stand-ins for the business systems and for the model, so that a run on a laptop and a test need no account anywhere.
// It knows nothing of Interlock but the address its webhooks go to. Each request is one call to the object that holds all state.
import type { SandboxEnv } from "./environment.ts";

export { Systems } from "./systems.ts";

export default {
  fetch: (request, env) => env.SYSTEMS.getByName("systems").fetch(request),
} satisfies ExportedHandler<SandboxEnv>;
