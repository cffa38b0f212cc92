// Reads a small XML document into elements: SOAP messages and SOAP answers. The one place that reads XML; what stands behind `readXml` can be exchanged for a library.
// It must not resolve anything: a document type (and with it every entity but XML's own five) is refused as unsafe, before anything else of it is looked at.
// What is not well-formed, or uses a prefix that it does not declare, is refused with the reason; nothing is guessed.

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  /** "" where none is declared. */
  readonly namespace: string;
  readonly attributes: readonly { readonly name: string; readonly namespace: string; readonly value: string }[];
  readonly children: readonly XmlElement[];
  /** All text directly inside, joined. */
  readonly text: string;
}

export type XmlRead =
  | { readonly ok: true; readonly root: XmlElement }
  | { readonly ok: false; readonly unsafe: boolean; readonly reason: string };

/** Deeper than any SOAP message; readers of the tree are recursive. */
const MAX_DEPTH = 100;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

export function readXml(body: Uint8Array): XmlRead {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return { ok: false, unsafe: false, reason: "The body is not valid UTF-8" };
  }
  if (/<!DOCTYPE/i.test(text)) return { ok: false, unsafe: true, reason: "The XML has a document type, which may declare entities" };
  try {
    return { ok: true, root: new Reader(text).document() };
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
    return { ok: false, unsafe: false, reason: `The body is not XML: ${thrown.message}` };
  }
}

export const childrenOf = (element: XmlElement, name: string, namespace: string): readonly XmlElement[] =>
  element.children.filter((child) => child.name === name && child.namespace === namespace);

/** The child of this name; null where there is none or more than one, so that nobody can be shown the first and another the last. */
export function onlyChild(element: XmlElement, name: string, namespace: string): XmlElement | null {
  const [first, second] = childrenOf(element, name, namespace);
  return first && !second ? first : null;
}

const XSI = "http://www.w3.org/2001/XMLSchema-instance";

export const isNil = ({ attributes }: XmlElement): boolean =>
  attributes.some(({ name, namespace, value }) => name === "nil" && namespace === XSI && (value === "true" || value === "1"));

/** Text as it may stand inside an element or an attribute. */
export const escapeXml = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (char) => `&${({ "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" } as Record<string, string>)[char]};`,
  );

class Malformed extends Error {}

const NAME = "[\\p{L}_][\\p{L}\\p{N}_.\\-]*";
const TOKENS = {
  declaration: /<\?xml\s[^?]*\?>/y,
  instruction: /<\?[\s\S]*?\?>/y,
  comment: /<!--(?:(?!--)[\s\S])*-->/y,
  cdata: /<!\[CDATA\[([\s\S]*?)\]\]>/y,
  text: /[^<]+/y,
  close: new RegExp(`</(${NAME}(?::${NAME})?)\\s*>`, "yu"),
  open: new RegExp(`<(${NAME}(?::${NAME})?)((?:\\s+${NAME}(?::${NAME})?\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`, "yu"),
  attribute: new RegExp(`(${NAME}(?::${NAME})?)\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "gu"),
} as const;

/** https://www.w3.org/TR/xml/#charsets */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML does not allow
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

type Scope = Readonly<Record<string, string>>;
interface Open {
  readonly tag: string;
  readonly scope: Scope;
  readonly element: XmlElement & { readonly children: XmlElement[]; text: string };
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    if (FORBIDDEN.test(source)) throw new Malformed("it has characters that XML does not allow");
  }

  document(): XmlElement {
    const declared = this.#take(TOKENS.declaration)?.[0];
    const encoding = /encoding\s*=\s*["']([^"']*)["']/.exec(declared ?? "")?.[1];
    if (encoding && !/^(utf-8|us-ascii)$/i.test(encoding)) throw new Malformed(`it is said to be in ${encoding}, and is read as UTF-8`);
    const open: Open[] = [];
    let root: XmlElement | null = null;
    while (this.#at < this.#source.length) {
      const inside = open.at(-1);
      if (this.#take(TOKENS.comment) || this.#take(TOKENS.instruction)) continue;
      const text = this.#take(TOKENS.text)?.[0];
      const data = text === undefined ? this.#take(TOKENS.cdata)?.[1] : undefined;
      if (text !== undefined || data !== undefined) {
        if (inside) inside.element.text += data ?? unescaped(text ?? "");
        else if (data !== undefined || text?.trim() !== "") throw new Malformed("there is text outside its root");
        continue;
      }
      const closed = this.#take(TOKENS.close)?.[1];
      if (closed !== undefined) {
        if (inside?.tag !== closed) throw new Malformed(`</${closed}> closes what is not open`);
        open.pop();
        continue;
      }
      const begun = this.#take(TOKENS.open);
      if (!begun) throw new Malformed(`it cannot be read from character ${this.#at + 1} on`);
      if (!inside && root) throw new Malformed("it has more than one root");
      const started = begin(begun[1] ?? "", begun[2] ?? "", inside?.scope ?? { xml: XML_NAMESPACE });
      if (inside) inside.element.children.push(started.element);
      else root = started.element;
      if (begun[3] === "") open.push(started);
      if (open.length > MAX_DEPTH) throw new Malformed(`it is nested deeper than ${MAX_DEPTH} levels`);
    }
    if (!root || open.length > 0) throw new Malformed("it ends too early");
    return root;
  }

  #take(token: RegExp): RegExpExecArray | null {
    token.lastIndex = this.#at;
    const match = token.exec(this.#source);
    if (match) this.#at = token.lastIndex;
    return match;
  }
}

function begin(tag: string, written: string, outer: Scope): Open {
  const raw = [...written.matchAll(TOKENS.attribute)].map(([, name = "", double, single]) => ({
    name,
    value: unescaped(double ?? single ?? ""),
  }));
  const scope: Record<string, string> = { ...outer };
  for (const { name, value } of raw) {
    if (name === "xmlns") scope[""] = value;
    else if (name.startsWith("xmlns:")) scope[name.slice(6)] = value;
  }
  const attributes = raw
    .filter(({ name }) => name !== "xmlns" && !name.startsWith("xmlns:"))
    // An attribute without a prefix has no namespace, whatever the default is.
    .map(({ name, value }) => ({ ...(name.includes(":") ? resolved(name, scope) : { name, namespace: "" }), value }));
  const names = [...raw.map(({ name }) => name), ...attributes.map(({ name, namespace }) => `{${namespace}}${name}`)];
  if (new Set(names).size !== names.length) throw new Malformed(`<${tag}> has an attribute twice`);
  return { tag, scope, element: { ...resolved(tag, scope), attributes, children: [], text: "" } };
}

function resolved(name: string, scope: Scope): { name: string; namespace: string } {
  const colon = name.indexOf(":");
  if (colon < 0) return { name, namespace: scope[""] ?? "" };
  const prefix = name.slice(0, colon);
  const namespace = Object.hasOwn(scope, prefix) ? scope[prefix] : undefined;
  if (!namespace) throw new Malformed(`the prefix ${prefix} is not declared`);
  return { name: name.slice(colon + 1), namespace };
}

function unescaped(text: string): string {
  const plain = text.replace(/\r\n?/g, "\n");
  if (!plain.includes("&")) return plain;
  return plain.replace(/&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]{2,4}));|&/g, (whole, hex, decimal, name) => {
    const point = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : Number.NaN;
    const char = name === undefined ? (point <= 0x10ffff ? String.fromCodePoint(point) : undefined) : ENTITIES[name];
    if (char === undefined || FORBIDDEN.test(char) || /^[\ud800-\udfff]$/.test(char)) throw new Malformed(`${whole} is no entity of XML`);
    return char;
  });
}
