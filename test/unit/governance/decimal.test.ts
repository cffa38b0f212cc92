// Amounts are read as they stand or not at all, and compared to the last digit.
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import {
  add,
  compare,
  type Decimal,
  decimalOf,
  distance,
  magnitude,
  plainDecimal,
  share,
  subtract,
  textOf,
  toNumber,
} from "../../../src/governance/decimal.ts";

const of = (value: Json) => decimalOf(value) as Decimal;

describe("an amount", () => {
  it.each([
    0,
    -0,
    1,
    -1.5,
    0.1,
    1e21,
    1.5e-9,
    Number.MAX_SAFE_INTEGER,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    "0",
    "-0.50",
    "12.340",
    "9007199254740993",
  ])("is read: %s", (value) => {
    expect(toNumber(of(value))).toBe(Number(value) || 0);
  });

  it.each([
    "",
    " 5",
    "5 ",
    "1e3",
    "0x10",
    "1,000",
    "1.000,5",
    "007",
    "+5",
    ".5",
    "5.",
    "--5",
    "٥",
    "５",
    "Infinity",
    "NaN",
    "1_000",
    "1\n",
    "9".repeat(60),
    null,
    true,
    [5],
    { a: 5 },
  ])("is not guessed at: %j", (value) => {
    expect(decimalOf(value as Json)).toBeNull();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined])("is not %s", (value) => {
    expect(decimalOf(value as Json)).toBeNull();
  });
});

it("amounts compare exactly, in whatever form they are written", () => {
  expect(compare(of("1.50"), of(1.5))).toBe(0);
  expect(compare(of("9007199254740993"), of("9007199254740992"))).toBe(1);
  expect(compare(of(-1), of("-0.5"))).toBe(-1);
  expect(compare(of("0.30"), of(0.3))).toBe(0);
  expect(compare(of(1e-7), of("0.0000001"))).toBe(0);
});

it("a distance and a share have no rounding and no sign", () => {
  expect(compare(distance(of(0.7), of(0.8)), of(0.1))).toBe(0);
  expect(compare(distance(of(0.3), of(0.1)), of(0.2))).toBe(0);
  expect(compare(share(of(-200), of(10)), of(20))).toBe(0);
  expect(compare(share(of("33.33"), of(0.5)), of("0.16665"))).toBe(0);
});

describe("sums", () => {
  it("are exact, in whatever form their parts came", () => {
    expect(textOf(add(of(0.1), of("0.20")))).toBe("0.30");
    expect(textOf(subtract(of("0.3"), of(0.1)))).toBe("0.2");
    expect(textOf(subtract(of(1), of("1.50")))).toBe("-0.50");
    expect(textOf(magnitude(of(-7)))).toBe("7");
    expect(textOf(of(5e-7))).toBe("0.0000005");
  });

  it.each([0, 1.5, -0.05, 1e21, 1.5e-9, Number.MAX_VALUE, Number.MIN_VALUE])("are kept as text and read again: %s", (value) => {
    expect(compare(plainDecimal(textOf(of(value))), of(value))).toBe(0);
  });
});
