// Values, times and intended changes as a person reads them. Pure, and plain text only: whoever shows it escapes it. Times are UTC, because the server cannot
// know where its reader is and an auditor must not have to guess.
import type { Approval } from "../../core/approval.ts";
import type { Json, JsonObject } from "../../core/json.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "a, b and c" */
export const listing = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

/** Rounded down, as rules compare: what is shown as 80.0 % has reached a threshold of 80 %. */
export const percent = (share: number): string => `${(Math.floor(share * 1000 + 1e-9) / 10).toFixed(1)} %`;

/** "3 h 12 min": two units at most, and never "0 min". */
export function span(ms: number): string {
  if (ms < MINUTE) return "less than 1 min";
  const days = Math.floor(ms / DAY);
  const hours = Math.floor((ms % DAY) / HOUR);
  const minutes = Math.floor((ms % HOUR) / MINUTE);
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  return `${minutes} min`;
}

export const ago = (at: number, now: number): string => (now - at < MINUTE ? "just now" : `${span(now - at)} ago`);

export type Urgency = "calm" | "soon" | "overdue";

type Times = Pick<Approval, "requestedAt" | "expiresAt" | "slaEndsAt">;

/** By when to decide: while those asked first have their time, its end; then that of all time. */
export const deadline = ({ expiresAt, slaEndsAt = expiresAt }: Times, now: number): number => (now < slaEndsAt ? slaEndsAt : expiresAt);

/** How long is left to decide; `soon` in the last quarter of the time that the spec allows, an hour at most. */
export function countdown(times: Times, now: number): { readonly text: string; readonly urgency: Urgency } {
  const end = deadline(times, now);
  const left = end - now;
  if (left <= 0) return { text: `overdue by ${span(-left)}`, urgency: "overdue" };
  return { text: `decide within ${span(left)}`, urgency: left < Math.min(HOUR, (end - times.requestedAt) / 4) ? "soon" : "calm" };
}

const two = (n: number): string => String(n).padStart(2, "0");

/** "23 Nov 2026, 14:30 UTC" */
export function utc(at: number): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

/** "14:30:08.041": within a run, where milliseconds tell what came first. */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);

/** "23 Nov 2026" */
export const day = (at: number): string => utc(at).split(",")[0] ?? "";

/** One value within a sentence. */
export function valueText(value: Json, longest = 80): string {
  if (value === null || value === "") return "nothing";
  const text =
    typeof value === "string"
      ? value.replace(/\s+/g, " ").trim()
      : Array.isArray(value) && value.every((item) => typeof item === "string" || typeof item === "number")
        ? value.length === 0
          ? "nothing"
          : value.join(", ")
        : JSON.stringify(value);
  const cut = text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}…` : text;
  return typeof value === "string" && /\s/.test(cut) ? `“${cut}”` : cut;
}

/** "group to billing and priority to high" */
export const settingText = (values: JsonObject): string =>
  listing(Object.entries(values).map(([field, value]) => `${field} to ${valueText(value)}`));

/** "zendesk.addComment" -> "add comment" */
export const actionWords = (action: string): string =>
  (action.split(".").at(-1) ?? action)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();

/** A reason from a spec or a person, as a sentence of its own. */
export const sentence = (text: string): string => (/[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What is asked, in one sentence. A question speaks for itself. Fields of a record are set; anything else is named by its action, with what goes into it. */
export function changeInWords({
  action,
  target,
  before,
  values,
  question,
}: {
  action: string;
  target: string;
  before: JsonObject | null;
  values: JsonObject;
  question?: string | undefined;
}): string {
  if (question !== undefined) return question;
  if (before && Object.keys(before).length > 0) {
    const cleared = Object.keys(values).filter((field) => values[field] === null || values[field] === "");
    const set = Object.fromEntries(Object.entries(values).filter(([field]) => !cleared.includes(field)));
    const parts = [Object.keys(set).length > 0 && `set ${settingText(set)}`, cleared.length > 0 && `clear ${listing(cleared)}`].filter(
      (part) => part !== false,
    );
    if (parts.length > 0) return `${capital(parts.join(", and "))} on ${target}`;
  }
  const content = Object.entries(values).map(([field, value]) => `${field} ${valueText(value)}`);
  return `${capital(actionWords(action))} on ${target}${content.length > 0 ? `: ${content.join(", ")}` : ""}`;
}
