// What may be written into one field, judged from the value and the value before. Each constraint that is broken is told on its own. Nobody can lift these: they
// hold for what a person edited as well. It must not guess: where a change cannot be measured because the old value is not known, it is refused.
import { canonical, type Json, type JsonObject, sameJson } from "../core/json.ts";
import { compare, decimalOf, distance, share } from "./decimal.ts";
import { MATCHED_LENGTH, matchesPattern } from "./field-pattern.ts";
import type { FieldRule } from "./spec.ts";

export interface Breach {
  readonly rule: "field_value" | "field_change" | "field_transition";
  readonly reason: string;
}

/** `before`: undefined where the field's old value is not known, which is something else than null. */
export function* breachesOf(rule: FieldRule, value: Json, before: Json | undefined): Generator<Breach> {
  const valueFault = [notListed(rule, value), tooLong(rule, value), unlike(rule, value), outside(rule, value)];
  for (const reason of valueFault) if (reason !== null) yield { rule: "field_value", reason };
  const change = rule.maxChange && tooFar(rule.maxChange, value, before);
  if (change) yield { rule: "field_change", reason: change };
  const step = rule.transitions && illegal(rule.transitions as readonly (readonly [Json, Json])[], value, before);
  if (step) yield { rule: "field_transition", reason: step };
}

function notListed({ oneOf }: FieldRule, value: Json): string | null {
  if (!oneOf || oneOf.some((allowed) => sameJson(allowed, value))) return null;
  return `${shown(value)} is not one of ${oneOf.map((allowed) => JSON.stringify(allowed)).join(", ")}`;
}

function tooLong({ maxLength }: FieldRule, value: Json): string | null {
  const text = typeof value === "string" ? value : canonical(value);
  return maxLength !== undefined && text.length > maxLength ? `is longer than ${maxLength} characters` : null;
}

function unlike({ pattern }: FieldRule, value: Json): string | null {
  if (pattern === undefined) return null;
  if (typeof value !== "string") return `${shown(value)} is not a text, and has to match ${pattern}`;
  if (value.length > MATCHED_LENGTH) return `is longer than ${MATCHED_LENGTH} characters, and has to match ${pattern}`;
  return matchesPattern(pattern, value) ? null : `${shown(value)} does not match ${pattern}`;
}

function outside({ range }: FieldRule, value: Json): string | null {
  if (!range) return null;
  const amount = decimalOf(value);
  if (!amount) return `${shown(value)} is not a plain number`;
  const [min, max] = [decimalOf(range.min), decimalOf(range.max)];
  if (min && compare(amount, min) < 0) return `${shown(value)} is less than ${range.min}`;
  if (max && compare(amount, max) > 0) return `${shown(value)} is more than ${range.max}`;
  return null;
}

function tooFar({ absolute, percent }: NonNullable<FieldRule["maxChange"]>, value: Json, before: Json | undefined): string | null {
  if (before !== undefined && sameJson(value, before)) return null;
  const [from, to] = [decimalOf(before), decimalOf(value)];
  if (!to) return `${shown(value)} is not a plain number, so the change cannot be measured`;
  if (!from)
    return before === undefined ? UNKNOWN : `the old value, ${shown(before)}, is not a plain number, so the change cannot be measured`;
  const change = distance(from, to);
  const most = decimalOf(absolute);
  if (most && compare(change, most) > 0) return `from ${shown(before as Json)} to ${shown(value)} is a change of more than ${absolute}`;
  const hundredths = decimalOf(percent);
  if (hundredths && compare(change, share(from, hundredths)) > 0) {
    return `from ${shown(before as Json)} to ${shown(value)} is a change of more than ${percent} %`;
  }
  return null;
}

function illegal(transitions: readonly (readonly [Json, Json])[], value: Json, before: Json | undefined): string | null {
  if (before === undefined) return UNKNOWN;
  if (sameJson(before, value)) return null;
  return transitions.some(([from, to]) => sameJson(from, before) && sameJson(to, value))
    ? null
    : `from ${shown(before)} to ${shown(value)} is not one of the allowed transitions`;
}

const UNKNOWN = "the old value is not known, so the change cannot be judged";

/** A reason is read by people and kept with every ruling. */
function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/**
 * The first field of `never` that these values touch: by its name, or by a path into a nested value ("bank.iban"). Whatever replaces the whole of a nested value
 * by something flat touches what was in it.
 */
export function* touchedOf(never: readonly string[], values: JsonObject): Generator<string> {
  for (const path of never) {
    if (
      Object.entries(values).some(
        ([field, value]) => field === path || (path.startsWith(`${field}.`) && holds(value, path.slice(field.length + 1))),
      )
    ) {
      yield path;
    }
  }
}

function holds(value: Json, path: string): boolean {
  if (value === null || typeof value !== "object") return true;
  if (Array.isArray(value)) return value.length === 0 || value.some((item) => holds(item as Json, path));
  return Object.entries(value).some(
    ([field, member]) => field === path || (path.startsWith(`${field}.`) && holds(member as Json, path.slice(field.length + 1))),
  );
}
