// Trains what the deployment's models need before their first decision, once, and keeps it in R2. Seconds of CPU: called where events are consumed.
import { modelSources } from "../deployment.ts";
import type { Context } from "./context.ts";

/** What this isolate has already seen in storage. A key names its content, so it never becomes untrue. */
const seen = new Set<string>();

export async function prepareModels(context: Context): Promise<void> {
  const { deployment } = context;
  for (const source of Object.keys(deployment.models).flatMap((name) => modelSources(deployment, name))) {
    for (const { key, train } of source.trained) {
      if (seen.has(key)) continue;
      if (!(await context.env.BLOBS.head(key))) await context.env.BLOBS.put(key, train());
      seen.add(key);
    }
  }
}
