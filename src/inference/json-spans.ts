// Where in a JSON text the values stand, so that a model's tokens can be laid over them.
// It must not validate: the caller has already parsed the same text. A malformed text gives whatever was found before the fault.
// One pass over the characters; objects give dotted paths, arrays are skipped over.

export interface Span {
  /** Offset of the value's first character (the opening quote of a string). */
  start: number;
  /** Offset after the value's last character. */
  end: number;
}

/** Spans of the scalar values below the root object. Of a repeated key the last counts, as in JSON.parse. */
export function scalarSpans(text: string): Map<string, Span> {
  const spans = new Map<string, Span>();
  readObject(text, skipSpace(text, 0), "", spans);
  return spans;
}

function readObject(text: string, open: number, prefix: string, spans: Map<string, Span>): number {
  let at = skipSpace(text, open + 1);
  while (text[at] === '"') {
    const keyEnd = stringEnd(text, at);
    const path = prefix + keyOf(text.slice(at, keyEnd));
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const first = text[start];
    let end: number;
    if (first === "{") end = readObject(text, start, `${path}.`, spans);
    else if (first === "[") end = arrayEnd(text, start);
    else {
      end = first === '"' ? stringEnd(text, start) : bareEnd(text, start);
      spans.set(path, { start, end });
    }
    const next = skipSpace(text, end);
    if (text[next] !== ",") return next + 1;
    at = skipSpace(text, next + 1);
  }
  return at + 1;
}

function keyOf(quoted: string): string {
  return quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

function stringEnd(text: string, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function bareEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !", }]\n\r\t".includes(text[at]!)) at++;
  return at;
}

function arrayEnd(text: string, open: number): number {
  let depth = 0;
  let at = open;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '"') {
      at = stringEnd(text, at);
      continue;
    }
    if (character === "[" || character === "{") depth++;
    else if ((character === "]" || character === "}") && --depth === 0) return at + 1;
    at++;
  }
  return at;
}
