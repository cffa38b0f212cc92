// A governance spec as documents name it: its exact text, its status, and who approved it when, read as a spec where this release can. It does not say whether a
// run may use it.
import { GovernanceSpec } from "../governance/spec.ts";
import { readSpecTexts, type SpecText } from "./specs.ts";

export interface SpecRecord extends SpecText {
  /** Null where the text does not fit the schema of this release. */
  readonly spec: GovernanceSpec | null;
}

export async function readSpecRecord(db: D1Database, workflow: string, version: number, now: number): Promise<SpecRecord | null> {
  return recordOf((await readSpecTexts(db, workflow, now)).find((one) => one.version === version));
}

/** The version that new runs begin with. */
export async function currentSpecRecord(db: D1Database, workflow: string, now: number): Promise<SpecRecord | null> {
  return recordOf((await readSpecTexts(db, workflow, now)).find(({ counts }) => counts));
}

const recordOf = (text: SpecText | undefined): SpecRecord | null => (text ? { ...text, spec: specIn(text.body) } : null);

function specIn(body: string): GovernanceSpec | null {
  try {
    return GovernanceSpec.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}
