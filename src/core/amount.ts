// Days and amounts of money as Interlock writes them, whatever a text or a system wrote: one form each, so that a value can be compared and checked. A workflow that
// wants one of them extracted gives its field this schema; the built-in model knows the field by it.
import * as z from "zod";

/** "2026-11-23". */
export const Day = z.iso.date();

/** Sign only below zero, a point, two to four decimals, no grouping, no currency: "1234.50", "-5.59", "12.00". */
export const AMOUNT_PATTERN = /^-?(?:0|[1-9][0-9]{0,14})\.[0-9]{2,4}$/;
export const Amount = z.string().regex(AMOUNT_PATTERN, "Give the amount as a plain decimal, such as 1234.50");
