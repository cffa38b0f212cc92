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
  if (typeof value === "string") return PLAIN.test(value) ? plain(value) : null;
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  const text = String(value);
  const [, sign, whole, fraction = "", exponent] = EXPONENT.exec(text) ?? [];
  if (whole === undefined) return plain(text);
  const shift = Number(exponent) - fraction.length;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return shift >= 0 ? { units: digits * 10n ** BigInt(shift), scale: 0 } : { units: digits, scale: -shift };
}

function plain(text: string): Decimal {
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

/** How far apart, without a sign. */
export function distance(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const units = at(a, scale) - at(b, scale);
  return { units: units < 0n ? -units : units, scale };
}

/** That many hundredths of it, without its sign. */
export const share = (of: Decimal, percent: Decimal): Decimal => {
  const units = of.units * percent.units;
  return { units: units < 0n ? -units : units, scale: of.scale + percent.scale + 2 };
};

/** As near as a double comes: for expressions, which know no exact decimals. */
export const toNumber = ({ units, scale }: Decimal): number => Number(`${units}e-${scale}`);
