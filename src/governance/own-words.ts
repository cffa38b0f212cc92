// Is a reason a person's own? A regulated decision is explained to whoever it is about, and a model's text with a name under it explains nothing. Pure. It tells
// what is missing or copied from what is not; it must not judge whether a reason is a good one.
import { REASON_LENGTH } from "../core/approval.ts";
import type { Json } from "../core/json.ts";

/** Null, or what is wrong with it. `shown`: what stands on the page already: the model's answer, why it is asked, what others gave as their reason. */
export function faultOfReason(reason: string | undefined, shown: readonly (Json | undefined)[]): string | null {
  const said = plain(reason ?? "");
  if (said === "") return "Say in your own words why: this decision is regulated";
  if (said.length < REASON_LENGTH) return `Say a little more: a reason has at least ${REASON_LENGTH} characters`;
  return shown.flatMap(textsIn).some((text) => plain(text) === said)
    ? "This is what the page says already: give the reason in your own words"
    : null;
}

/** Letters' case, spaces and what ends a sentence make no text another one. */
const plain = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/[\s.!]+$/, "")
    .trim();

function textsIn(value: Json | undefined): string[] {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(textsIn);
}
