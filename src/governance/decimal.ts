// Amounts, compared exactly: 0.1 + 0.2 must not exceed a limit of 0.3, and business systems give amounts as numbers or as text. It reads plain decimals only and
// guesses nothing: what could be meant in two ways ("1,000", " 5", "1e3" as text) is no amount.
import type { Json } from "../core/json.ts";

/** `units` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** No leading zeros: "007" is a code and not an amount. ASCII digits only. 40 digits are more than any currency needs, and bound the work. */
const PLAIN = /^-?(?:0|[1-9][0-9]{0,39})(?:\.[0-9]{1,40})?$/;
/** How JavaScript writes numbers that are very large or very small: its own text, so the exponent is at most 324. */
const EXPONENT = /^(-?)([0-9])(?:\.([0-9]+))?e([+-][0-9]+)$/;

export function decimalOf(value: Json | undefined): Decimal | null {
  if (typeof value === "string") return PLAIN.test(value) ? plainDecimal(value) : null;
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  const text = String(value);
  const [, sign, whole, fraction = "", exponent] = EXPONENT.exec(text) ?? [];
  if (whole === undefined) return plainDecimal(text);
  const shift = Number(exponent) - fraction.length;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return shift >= 0 ? { units: digits * 10n ** BigInt(shift), scale: 0 } : { units: digits, scale: -shift };
}

/** Of what `textOf` gave. */
export function plainDecimal(text: string): Decimal {
  const [whole = "", fraction = ""] = text.split(".");
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

const at = ({ units, scale }: Decimal, wanted: number): bigint => units * 10n ** BigInt(wanted - scale);

/** Negative: a is less than b; zero: they are equal, in whatever form they were written. */
export function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const [left, right] = [at(a, scale), at(b, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: at(a, scale) + at(b, scale), scale };
}

export const subtract = (a: Decimal, b: Decimal): Decimal => add(a, { ...b, units: -b.units });

export const magnitude = ({ units, scale }: Decimal): Decimal => ({ units: units < 0n ? -units : units, scale });

/** How far apart, without a sign. */
export const distance = (a: Decimal, b: Decimal): Decimal => magnitude(subtract(a, b));

/** That many hundredths of it, without its sign. */
export const share = (of: Decimal, percent: Decimal): Decimal =>
  magnitude({ units: of.units * percent.units, scale: of.scale + percent.scale + 2 });

/** As near as a double comes: for expressions, which know no exact decimals. */
export const toNumber = ({ units, scale }: Decimal): number => Number(`${units}e-${scale}`);

/** As a plain decimal, without an exponent: "0.05", "-12.50". */
export function textOf({ units, scale }: Decimal): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const split = digits.length - scale;
  return `${units < 0n ? "-" : ""}${digits.slice(0, split)}${scale > 0 ? `.${digits.slice(split)}` : ""}`;
}
