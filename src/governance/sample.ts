// Which writes that nobody was asked about a person looks at afterwards: a share of them, chosen by a digest of run and step. Pure and repeatable, so that the
// choice cannot be made to suit its outcome, and anybody can work out that it was made so. It is no secret: who knows a run's id can know the choice.
import { digest } from "../core/json.ts";

/** Hexadecimal digits that make the fraction: 52 bits, which a number holds exactly. */
const DIGITS = 13;

export function isSampled(share: number, run: string, step: string): boolean {
  const fraction = Number.parseInt(digest({ sample: run, step }).slice(0, DIGITS), 16) / 16 ** DIGITS;
  return fraction < share;
}
