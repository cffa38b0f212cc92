// A sum of what model calls cost. A call of unknown cost is counted and never taken for free: a sum with one in it is "at least" so much.

export interface Cost {
  /** US dollars of the calls whose cost is known. */
  readonly usd: number;
  readonly calls: number;
  readonly unknownCalls: number;
}

/** "$0.0042"; "at least $1.20, 3 calls of unknown cost"; "unknown (3 calls)"; "nothing: no model call". */
export function costText({ usd, calls, unknownCalls }: Cost): string {
  if (calls === 0) return "nothing: no model call";
  if (unknownCalls === 0) return dollars(usd);
  if (unknownCalls === calls) return `unknown (${callsText(calls)})`;
  return `at least ${dollars(usd)}, ${callsText(unknownCalls)} of unknown cost`;
}

const callsText = (calls: number): string => `${calls} ${calls === 1 ? "call" : "calls"}`;

/** Whole dollars from a thousand on, cents where they say enough, else three significant digits: a model call is often a hundredth of a cent. */
export function dollars(usd: number): string {
  const size = Math.abs(usd);
  const sign = usd < 0 ? "-" : "";
  if (size === 0) return "$0";
  if (size >= 999.995) return `${sign}$${grouped(size.toFixed(0))}`;
  if (size >= 1) return `${sign}$${size.toFixed(2)}`;
  const digits = Math.min(12, Math.max(2, 2 - Math.floor(Math.log10(size))));
  return `${sign}$${size.toFixed(digits).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

const grouped = (whole: string): string => whole.replace(/\B(?=(\d{3})+$)/g, ",");

/** What one of `count` cost on average; null where there is none. With unknown calls in it, at least so much. */
export const costOfEach = ({ usd }: Cost, count: number): number | null => (count === 0 ? null : usd / count);

export const NO_COST: Cost = { usd: 0, calls: 0, unknownCalls: 0 };
export const addCosts = (costs: readonly Cost[]): Cost =>
  costs.reduce(
    (sum, { usd, calls, unknownCalls }) => ({
      usd: sum.usd + usd,
      calls: sum.calls + calls,
      unknownCalls: sum.unknownCalls + unknownCalls,
    }),
    NO_COST,
  );
