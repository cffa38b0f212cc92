// How many records a promise takes, before and after they were labelled. Counts are of accepted records, those that would be written automatically: the whole
// labelled set is larger, by the share that is accepted.
import { binomialCdf } from "./binomial.ts";
import { CONFIDENCE, openShare } from "./intervals.ts";

/** An owner's limit on errors among what is written automatically, 0..1, or a RangeError that says so. */
export function errorLimit(limit: number): number {
  if (limit > 0 && limit < 1) return limit;
  throw new RangeError(`limit is ${limit}: give the highest share of errors as a number above 0 and below 1, such as 0.05`);
}

/** The fewest accepted records in which `errors` errors still prove "at most `limit` are wrong": 59 for 0 errors at 5 % and 95 %. */
export function acceptedNeeded(errors: number, limit: number, confidence: number = CONFIDENCE): number {
  const open = openShare(confidence);
  errorLimit(limit);
  if (!(Number.isSafeInteger(errors) && errors >= 0)) throw new RangeError(`errors is ${errors}: give a whole number, 0 or more`);
  const proves = (n: number): boolean => binomialCdf(errors, n, limit) <= open;
  let low = errors;
  let high = Math.max(1, errors * 2);
  while (!proves(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (proves(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** How many more accepted records, all of them right, would prove the limit: the answer to "why not more?". 0: it is proved already. */
export function missingToProve(
  seen: { readonly accepted: number; readonly errors: number },
  limit: number,
  confidence: number = CONFIDENCE,
): number {
  return Math.max(0, acceptedNeeded(seen.errors, limit, confidence) - seen.accepted);
}
