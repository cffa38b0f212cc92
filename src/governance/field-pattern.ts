// A pattern that a text must match as a whole, in RE2's syntax (https://github.com/google/re2/wiki/Syntax): matching takes time in proportion to the text, whatever
// the pattern. It must not use the platform's own regular expressions: with those, one pattern of a process owner could hold a partition for minutes.
import { RE2JS } from "re2js";

/** A pattern is for codes and short names. 200 characters hold an IBAN's with ease, and a reviewer can read them. */
export const PATTERN_LENGTH = 200;
/** Instructions that a compiled pattern may have, because {n} multiplies; matching costs at most this times the text's length: about 40 ms (measured). */
const PROGRAM = 500;
/** Characters of a text that a pattern is held against; a longer one does not match. */
export const MATCHED_LENGTH = 2_000;
/** Patterns kept compiled: far more than a deployment's specs have. When it is full it begins again. */
const KEPT = 500;

const compiled = new Map<string, RE2JS>();

function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const program = RE2JS.compile(pattern);
  if (compiled.size >= KEPT) compiled.clear();
  compiled.set(pattern, program);
  return program;
}

/** What is wrong with a pattern; null for one that may be used. */
export function patternFault(pattern: string): string | null {
  try {
    const size = compile(pattern).programSize();
    return size > PROGRAM ? `the pattern is too costly: ${size} instructions, ${PROGRAM} at most; repeat less` : null;
  } catch (thrown) {
    return `not a pattern in RE2's syntax: ${(thrown as Error).message}`;
  }
}

export const matchesPattern = (pattern: string, text: string): boolean =>
  text.length <= MATCHED_LENGTH && compile(pattern).matcher(text).matches();
