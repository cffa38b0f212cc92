import { describe, expect, it } from "vitest";
import { childrenOf, escapeXml, isNil, onlyChild, readXml, type XmlElement } from "../../../src/connectors/xml.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const root = (text: string): XmlElement => {
  const read = readXml(bytes(text));
  return read.ok ? read.root : expect.fail(read.reason);
};

describe("readXml", () => {
  it("knows an element by its namespace, whatever its prefix", () => {
    const envelope = root(
      '<?xml version="1.0" encoding="utf-8"?>\n<s:E xmlns:s="urn:soap" xmlns="urn:own"><B a="1" s:a="2"><s:C/></B></s:E>\n<!-- end -->',
    );
    expect([envelope.name, envelope.namespace]).toEqual(["E", "urn:soap"]);
    const inner = onlyChild(envelope, "B", "urn:own") ?? expect.fail("no B");
    expect(inner.attributes).toEqual([
      { name: "a", namespace: "", value: "1" },
      { name: "a", namespace: "urn:soap", value: "2" },
    ]);
    expect(childrenOf(inner, "C", "urn:soap")).toHaveLength(1);
    expect(childrenOf(inner, "C", "urn:own")).toHaveLength(0);
  });

  it("lets a prefix mean another namespace further in, and none again outside", () => {
    const [first, second] = root('<a xmlns:p="urn:1"><p:x xmlns:p="urn:2"><p:y/></p:x><p:z/></a>').children;
    expect([first?.namespace, first?.children[0]?.namespace, second?.namespace]).toEqual(["urn:2", "urn:2", "urn:1"]);
  });

  it("reads entities, characters by number, CDATA and line ends as XML means them", () => {
    expect(root("<a>x &amp; y &lt;&gt;&quot;&apos; &#65;&#x20ac;&#128512;\r\n<![CDATA[<b>&amp;]]></a>").text).toBe(
      "x & y <>\"' A€😀\n<b>&amp;",
    );
    expect(root('<a b="1 &lt; 2"/>').attributes[0]?.value).toBe("1 < 2");
  });

  it("writes text that it reads as it was", () => {
    const text = `<a href="x">'&amp;'</a>`;
    expect(root(`<t v="${escapeXml(text)}">${escapeXml(text)}</t>`)).toMatchObject({ text, attributes: [{ value: text }] });
  });

  it("tells nil from empty", () => {
    const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
    expect(isNil(root(`<a ${xsi} xsi:nil="true"/>`))).toBe(true);
    expect(isNil(root('<a nil="true"/>'))).toBe(false);
    expect(isNil(root("<a/>"))).toBe(false);
  });

  it("does not choose between two children of one name", () => {
    expect(onlyChild(root("<a><b>1</b><b>2</b></a>"), "b", "")).toBeNull();
    expect(onlyChild(root("<a><!--<b>1</b>--></a>"), "b", "")).toBeNull();
  });

  it.each([
    ["<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>"],
    ["<a/><!doctype b>"],
    ["<?xml version='1.0'?><!DOCTYPE a><a/>"],
  ])("refuses %s as unsafe", (text) => expect(readXml(bytes(text))).toMatchObject({ ok: false, unsafe: true }));

  it.each([
    ["", "nothing"],
    ["text", "no element"],
    ["<a>", "an open end"],
    ["<a></b>", "another close"],
    ["<a/><b/>", "two roots"],
    ["<a/>text", "text behind the root"],
    ["<p:a/>", "an unknown prefix"],
    ['<a b="1" b="2"/>', "an attribute twice"],
    ['<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>', "an attribute twice under two prefixes"],
    ["<a b=1/>", "no quotes"],
    ["<a>&nbsp;</a>", "HTML's entity"],
    ["<a>&</a>", "a bare ampersand"],
    ["<a>&#0;</a>", "a forbidden character by number"],
    ["<a>&#xd800;</a>", "half a character"],
    ["<a>\u0001</a>", "a forbidden character"],
    ["<a><!-- -- --></a>", "a comment with two hyphens"],
    ['<?xml version="1.0" encoding="UTF-16"?><a/>', "another encoding"],
    ["<!ELEMENT a ANY><a/>", "a declaration"],
    [`${"<a>".repeat(101)}${"</a>".repeat(101)}`, "nesting beyond any message"],
  ])("refuses %j: %s", (text) => expect(readXml(bytes(text))).toMatchObject({ ok: false, unsafe: false, reason: expect.any(String) }));

  it("refuses bytes that are not UTF-8", () => {
    expect(readXml(new Uint8Array([60, 97, 62, 0xff, 60, 47, 97, 62]))).toMatchObject({ ok: false, unsafe: false });
  });
});
