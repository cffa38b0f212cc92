// Text that goes into a ticket as HTML and comes back as HTML: what looks like an element in it is shown as it is. A mark at its end tells ours from others.
import * as z from "zod";
import { markOf } from "./freshdesk-api.ts";

/** A character of text is at most six of HTML. */
export const Text = z
  .string()
  .refine((text) => text.trim() !== "", "It needs text")
  .max(20_000)
  // What Freshdesk fills in could read other fields out to whoever gets the text.
  .refine((text) => !/\{\{|\{%/.test(text), "Freshdesk would replace what stands in {{ }} or {% %}");

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export const htmlOf = (text: string): string =>
  `<div>${text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character).replace(/\r?\n/g, "<br>")}</div>`;

/** Seen by whoever reads it, as a reference; too long to be met by chance, and says nothing of the run. */
export const referenceOf = (key: string): string => `Ref ${markOf(key)}`;
const REFERENCE = /\s*Ref [0-9a-f]{20}\s*$/;

export const marked = (text: string, key: string): string => `${htmlOf(text)}<div>${referenceOf(key)}</div>`;

const oneSpaced = (text: string): string => text.replace(/\s+/g, " ").trim();

/** `wanted`, where the text that is kept says the same; otherwise what is kept. */
export function sameText(kept: string, wanted: string): string {
  const text = oneSpaced(kept).replace(REFERENCE, "");
  return text === oneSpaced(wanted) ? wanted : text;
}
