// What a step may give to its workflow and to its journal: JSON, and no more of it than a journal can hold. Pure. What a replay reads is what the first run
// is given: a copy each time, so that a body that changes it changes no record.
import { InterlockError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";

/**
 * Bytes of JSON as UTF-8. An entry is kept whole in one SQLite value and in one D1 row, of 2 MB each (architecture, limits of the platform), beside what else
 * is recorded with it; and sixteen such outputs fill a journal (lifecycle.ts).
 */
export const OUTPUT_LIMIT = 1_000_000;

/** What the author's own code computed: anything that JSON would lose or change is an error, for a replay would be given something else. */
export const outputOfWork = (step: string, returned: unknown): Json => checked(`The step "${step}" returned`, returned, false);

/** What a system, a model or a sender said: members that are undefined are absent, as on the wire. */
export const outputOfAnswer = (step: string, answered: unknown): Json => checked(`The step "${step}" was given`, answered, true);

/** What an author wants shown with a question. */
export const shownDetails = (step: string, details: unknown): Json => checked(`The details of the step "${step}" are`, details, false);

function checked(subject: string, value: unknown, dropsUndefined: boolean): Json {
  const given = value ?? null;
  const odd = findOdd(given, "", [], dropsUndefined);
  if (odd) {
    throw new InterlockError("step.output_invalid", `${subject} what JSON cannot carry: ${odd.what}${odd.path && ` at ${odd.path}`}`, {
      field: odd.path,
    });
  }
  const text = JSON.stringify(given);
  const bytes = bytesOf(text);
  if (bytes > OUTPUT_LIMIT) {
    throw new InterlockError(
      "step.output_too_large",
      `${subject} ${bytes} bytes of JSON; the limit is ${OUTPUT_LIMIT}. Return only what the workflow needs, or put the large thing into R2 or the business system and return its key`,
    );
  }
  return JSON.parse(text) as Json;
}

/** Handed to the author: theirs to change. */
export const handOut = <T>(recorded: T): T => (typeof recorded === "object" ? structuredClone(recorded) : recorded);

export interface Fitting {
  readonly output: Json;
  /** Paths of what was left out: "comments", "ticket.body"; "$" for all of it. */
  readonly omitted: readonly string[];
}

/**
 * The answer to a write that was applied. The write is a fact, so nothing that is wrong with its answer may fail it. What does not fit is left out, the
 * largest first: the ids by which the write is proved and withdrawn are small, and stay.
 */
export function fittingOutput(answered: unknown): Fitting {
  const omitted: string[] = [];
  const output = cut(answered ?? null, "", OUTPUT_LIMIT, [], omitted);
  return { output: output ?? null, omitted };
}

function cut(value: unknown, path: string, room: number, within: readonly unknown[], omitted: string[]): Json | undefined {
  const text = findOdd(value, path, within, true) ? null : JSON.stringify(value);
  if (text !== null && bytesOf(text) <= room) return JSON.parse(text) as Json;
  if (!isPlain(value) || Array.isArray(value) || within.includes(value)) {
    omitted.push(path || "$");
    return undefined;
  }
  const inside = [...within, value];
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const sizes = new Map(members.map(([name, member]) => [name, sizeOf(member, inside)]));
  const kept = new Map<string, Json>();
  // The braces, and for each member its quotes, colon and comma.
  let left = room - 2;
  for (const [name, member] of members.toSorted(([a], [b]) => Number(sizes.get(a)) - Number(sizes.get(b)))) {
    const frame = bytesOf(JSON.stringify(name)) + 2;
    const taken = cut(member, pathTo(path, name), left - frame, inside, omitted);
    if (taken === undefined) continue;
    kept.set(name, taken);
    left -= frame + bytesOf(JSON.stringify(taken));
  }
  return Object.fromEntries(members.flatMap(([name]) => (kept.has(name) ? [[name, kept.get(name) as Json]] : [])));
}

const sizeOf = (value: unknown, within: readonly unknown[]): number =>
  findOdd(value, "", within, true) ? Number.MAX_SAFE_INTEGER : bytesOf(JSON.stringify(value));

/** The first thing in it that JSON cannot carry. `within`: what it lies in, so that a cycle is seen. */
function findOdd(value: unknown, path: string, within: readonly unknown[], dropsUndefined: boolean): { what: string; path: string } | null {
  const odd = (what: string) => ({ what, path });
  switch (typeof value) {
    case "string":
    case "boolean":
      return null;
    case "number":
      return Number.isFinite(value) ? null : odd(String(value));
    case "object": {
      if (value === null) return null;
      if (within.includes(value)) return odd("a cycle");
      if (!isPlain(value)) return odd(`a ${Object.prototype.toString.call(value).slice(8, -1)} that is no plain object`);
      const inside = [...within, value];
      if (Array.isArray(value)) {
        // By index: a hole is undefined, and no iteration over members meets it.
        for (let index = 0; index < value.length; index++) {
          const place = `${path}[${index}]`;
          const found =
            value[index] === undefined ? { what: "undefined", path: place } : findOdd(value[index], place, inside, dropsUndefined);
          if (found) return found;
        }
        return null;
      }
      for (const [name, member] of Object.entries(value)) {
        if (member === undefined && dropsUndefined) continue;
        const found = findOdd(member, pathTo(path, name), inside, dropsUndefined);
        if (found) return found;
      }
      return null;
    }
    default:
      return odd(typeof value === "undefined" ? "undefined" : `a ${typeof value}`);
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // By shape and not by identity: an answer may come from another realm.
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

const pathTo = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;
