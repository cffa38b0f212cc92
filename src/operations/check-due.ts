// By when a drawn write should be looked at, for lists and pages.
import type { ListedEffect } from "../db/effects.ts";
import { checkDue } from "../governance/sample.ts";

export const checkDueOf = ({ at, eraseAt }: Pick<ListedEffect, "at" | "eraseAt">): number => checkDue(at, eraseAt);
