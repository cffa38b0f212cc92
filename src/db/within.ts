// The workflows that a list may show, as a condition: one bound value however many they are.
import { type Column, type SQL, sql } from "drizzle-orm";
import { EVERY_WORKFLOW, type Within } from "../core/principal.ts";

export const inside = (workflow: Column, within: Within): SQL | undefined =>
  within === EVERY_WORKFLOW ? undefined : sql`${workflow} in (select value from json_each(${JSON.stringify(within)}))`;
