// One text per value: RFC 8785's own examples, equal digests for equal values, and different ones for all others.
import { describe, expect, it } from "vitest";
import { canonical, digest, sameJson } from "../../../src/core/json.ts";

describe("canonical JSON", () => {
  it("is RFC 8785's example (section 3.2.2 and 3.2.3)", () => {
    const value = {
      numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '€$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    expect(canonical(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("sorts members by UTF-16 code units, as RFC 8785's example does (section 3.2.3)", () => {
    const value = {
      "€": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "😀": "Emoji: Grinning Face",
      "\u0080": "Control",
      ö: "Latin Small Letter O With Diaeresis",
    };
    expect(Object.values(JSON.parse(canonical(value)))).toHaveLength(7);
    const order = [...canonical(value).matchAll(/:"([^"]*)"/g)].map(([, text]) => text);
    expect(order).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  it.each([
    // Appendix B of RFC 8785.
    [0, "0"],
    [-0, "0"],
    [Number.MIN_VALUE, "5e-324"],
    [-Number.MIN_VALUE, "-5e-324"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
    [9007199254740992, "9007199254740992"],
    [-9007199254740992, "-9007199254740992"],
    [295147905179352830000, "295147905179352830000"],
    [9.999999999999997e22, "9.999999999999997e+22"],
    [1e23, "1e+23"],
    [1.0000000000000001e23, "1.0000000000000001e+23"],
    [999999999999999700000, "999999999999999700000"],
    [1e21, "1e+21"],
    [0.000001, "0.000001"],
    [9.999999999999997e-7, "9.999999999999997e-7"],
    [333333333.3333332, "333333333.3333332"],
    [-0.0000033333333333333333, "-0.0000033333333333333333"],
    [1424953923781206.2, "1424953923781206.2"],
  ])("writes the number %s as %s", (value, text) => {
    expect(canonical(value)).toBe(text);
  });

  it.each([
    [null, "null"],
    [true, "true"],
    ["", '""'],
    ["\u0000\u001f\u007f\u2028", '"\\u0000\\u001f\u007f\u2028"'],
    [[], "[]"],
    [{}, "{}"],
    [[[], {}, [[]]], "[[],{},[[]]]"],
  ])("writes %j as %s", (value, text) => {
    expect(canonical(value)).toBe(text);
  });

  it("has no spaces, and sorts at every depth", () => {
    expect(canonical({ b: [{ d: 1, c: { f: null, e: "x" } }], a: 2 })).toBe('{"a":2,"b":[{"c":{"e":"x","f":null},"d":1}]}');
  });

  it("keeps the order of lists", () => {
    expect(canonical([3, 1, 2])).toBe("[3,1,2]");
  });

  it("sorts numeric names as text, not as JavaScript enumerates them", () => {
    expect(canonical({ 10: 1, 9: 2, 1: 3 })).toBe('{"1":3,"10":1,"9":2}');
  });

  it("drops members that are undefined, and writes undefined in a list as null", () => {
    expect(canonical({ a: undefined, b: 1, c: { d: undefined } })).toBe('{"b":1,"c":{}}');
    expect(canonical([undefined, 1])).toBe("[null,1]");
    expect(canonical(undefined)).toBe("null");
  });

  it("is what JSON.parse gives back", () => {
    const value = { z: [1, "é", { b: null, a: [true] }], a: { "": "" } };
    expect(JSON.parse(canonical(value))).toEqual(value);
  });
});

describe("a digest", () => {
  it("is SHA-256 of the canonical text in hex", () => {
    // printf '{"a":1}' | sha256sum
    expect(digest({ a: 1 })).toBe("015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
  });

  it("is the same for equal values, however they are written", () => {
    expect(digest({ a: 1, b: { c: -0, d: undefined } })).toBe(digest({ b: { c: 0 }, a: 1.0 }));
  });

  it.each([
    [{ a: null }, {}],
    [{ a: 1 }, { a: "1" }],
    [
      ["a", "b"],
      ["b", "a"],
    ],
    [["ab"], ["a", "b"]],
    [[], {}],
    [{ a: { b: 1 } }, { a: {}, b: 1 }],
    ["é", "e\u0301"],
  ])("differs between %j and %j", (one, other) => {
    expect(digest(one)).not.toBe(digest(other));
    expect(sameJson(one, other)).toBe(false);
  });
});

it.each([
  [{ at: new Date(0), list: [new Date(1), undefined, () => 1], gone: undefined, call: () => 1, mark: Symbol("x") }],
  [{ nested: { toJSON: () => ({ b: 1, a: [undefined] }) } }],
  [new Array(3)],
  [{ "a b": 'quote " back \\ slash / \u0000 \u2028 é', ü: -0, nan: Number.NaN, inf: Number.POSITIVE_INFINITY }],
  ["x".repeat(200)],
])("canonical JSON is the same before and after a value was stored as JSON (%#)", (value) => {
  expect(canonical(value)).toBe(canonical(JSON.parse(JSON.stringify(value))));
});

describe("two values", () => {
  it("are the same JSON when their canonical texts are", () => {
    expect(sameJson({ a: [1, { b: 2, c: 3 }] }, { a: [1, { c: 3, b: 2 }] })).toBe(true);
    expect(sameJson(undefined, null)).toBe(true);
    expect(sameJson({ a: undefined }, {})).toBe(true);
  });
});
