// Reads a small XML document into elements: SOAP messages and SOAP answers. The one place that reads XML, by @xmldom/xmldom (no eval, no network, namespaces).
// It must not resolve anything: a document type (and with it every entity but XML's own five) is refused as unsafe, before anything else of it is looked at.
// What is not well-formed, or uses a prefix that it does not declare, is refused with the reason; nothing is guessed.
import { DOMParser, type Element, type Node } from "@xmldom/xmldom";

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
    return { ok: true, root: rootOf(text) };
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

/** https://www.w3.org/TR/xml/#charsets; the parser lets them pass. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML does not allow
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
/** By number: what stands for such a character, or for half of one. */
const BY_NUMBER = /&#(?:x([0-9a-f]+)|([0-9]+));/gi;
/** The parser takes it as it stands; after CDATA and comments are taken out it has no place. */
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)/;
const VERBATIM = /<!\[CDATA\[[\s\S]*?\]\]>|<!--[\s\S]*?-->/g;
const XMLNS = "http://www.w3.org/2000/xmlns/";
const ELEMENT = 1;
const TEXT = 3;
const CDATA = 4;

function rootOf(text: string): XmlElement {
  if (FORBIDDEN.test(text)) throw new Malformed("it has characters that XML does not allow");
  for (const [whole, hex, decimal] of text.matchAll(BY_NUMBER)) {
    const point = hex ? Number.parseInt(hex, 16) : Number(decimal);
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) || FORBIDDEN.test(String.fromCodePoint(point)))
      throw new Malformed(`${whole} is no character of XML`);
  }
  if (BARE_AMPERSAND.test(text.replace(VERBATIM, ""))) throw new Malformed("it has an & that begins no entity of XML");
  const encoding = /^<\?xml[^?]*encoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1];
  if (encoding && !/^(utf-8|us-ascii)$/i.test(encoding)) throw new Malformed(`it is said to be in ${encoding}, and is read as UTF-8`);
  const parser = new DOMParser({
    // The parser would go on after a warning with a guess.
    onError: (_level, message) => {
      throw new Malformed(message);
    },
  });
  let root: Element | null;
  try {
    root = parser.parseFromString(text, "text/xml").documentElement;
  } catch (thrown) {
    throw thrown instanceof Malformed ? thrown : new Malformed(thrown instanceof Error ? thrown.message : String(thrown));
  }
  if (!root) throw new Malformed("it has no element");
  return elementOf(root, 1);
}

function elementOf(node: Element, depth: number): XmlElement {
  if (depth > MAX_DEPTH) throw new Malformed(`it is nested deeper than ${MAX_DEPTH} levels`);
  const inside = Array.from(node.childNodes as Iterable<Node>);
  if (node.prefix && !node.namespaceURI) throw new Malformed(`the prefix ${node.prefix} is not declared`);
  const attributes = Array.from(node.attributes)
    .filter(({ namespaceURI }) => namespaceURI !== XMLNS)
    .map(({ localName, name, namespaceURI, value }) => ({ name: localName ?? name, namespace: namespaceURI ?? "", value }));
  return {
    name: node.localName ?? node.nodeName,
    namespace: node.namespaceURI ?? "",
    attributes,
    children: inside.flatMap((child) => (child.nodeType === ELEMENT ? [elementOf(child as Element, depth + 1)] : [])),
    text: inside.map((child) => (child.nodeType === TEXT || child.nodeType === CDATA ? (child.nodeValue ?? "") : "")).join(""),
  };
}
