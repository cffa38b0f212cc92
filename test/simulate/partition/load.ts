// Makes "cloudflare:workers" importable in Node. It must run before durable-objects/ is imported, hence the import by name in worker.ts.
import { registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "cloudflare:workers"
      ? { url: new URL("./cloudflare-workers.ts", import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
