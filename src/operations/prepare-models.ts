// Trains what the deployment's models need before their first decision, once: from the samples that are shipped. Weights go to R2, what they are to D1.
// Seconds of CPU: called where events are consumed.
import { SYSTEM } from "../core/principal.ts";
import { hasVersion, keepVersion } from "../db/model-versions.ts";
import type { Context } from "./context.ts";
import { schemasOf, trainedModels } from "./trained-models.ts";

/** What this isolate has already seen in storage. An id names its content, so it never becomes untrue. */
const seen = new Set<string>();

export async function prepareModels(context: Context, now: number): Promise<void> {
  const { BLOBS, DB } = context.env;
  for (const { workflow, shipped, train } of trainedModels(context)) {
    if (shipped === null || seen.has(shipped.id)) continue;
    if (!(await BLOBS.head(shipped.key)) || !(await hasVersion(DB, workflow, shipped.id))) {
      const { id, key, bytes, ...facts } = train({ schemas: schemasOf(context, workflow), reviewed: [] });
      await BLOBS.put(key, bytes);
      const { rows, unused, fields, missing } = facts;
      await keepVersion(DB, { id, workflow, trainedAt: now, trainedBy: SYSTEM.id, rows, unused, fields, missing });
    }
    seen.add(shipped.id);
  }
}
