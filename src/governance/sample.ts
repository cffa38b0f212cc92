// Which writes that nobody was asked about a person looks at afterwards, how many of them, and by when. Drawn by a keyed digest of what started the run, the step and
// the record: a retry, a crash or the same event begun again keeps its draw, nobody without the key can know it beforehand, and it cannot be made to suit its
// outcome. Pure. Without a key the digest is a plain one, and whoever knows the event's id can work the draw out.
import { hmacSha256 } from "../core/crypto.ts";
import { canonical, digest } from "../core/json.ts";
import type { Ruling } from "./evaluate.ts";

export interface Drawn {
  readonly workflow: string;
  /** Id of the event; every run of the same event draws the same. */
  readonly event: string;
  readonly step: string;
  readonly target: string;
}

/** Hexadecimal digits that make the fraction: 52 bits, which a number holds exactly. */
const DIGITS = 13;

/** Where a draw falls, 0 to below 1. `purpose` keeps draws of the same thing apart; `key`: null where the deployment has none. */
export function drawOf(key: string | null, purpose: string, drawn: object): number {
  const hex = key === null ? digest({ [purpose]: drawn }) : hexOf(hmacSha256(key, [`interlock ${purpose}\n`, canonical({ ...drawn })]));
  return Number.parseInt(hex.slice(0, DIGITS), 16) / 16 ** DIGITS;
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const isSampled = (share: number, key: string | null, drawn: Drawn): boolean => drawOf(key, "audit", drawn) < share;

/** Was it the model's being sure that let the write go? What an owner's rule says besides does not change that. */
export const hasReachedThreshold = ({ outcome, rule, matched }: Pick<Ruling, "outcome" | "rule" | "matched">): boolean =>
  outcome === "allow" && [rule, ...matched.map((match) => match.rule)].some((name) => SURE_ENOUGH.includes(name));

const SURE_ENOUGH: readonly string[] = ["confidence_reached", "confidence_proved"];

const QUARTER_DAYS = 90;
/**
 * Writes to be looked at in a quarter on average, so that there are 60 in 19 of 20 quarters: the count is close to Poisson's, and P(Poisson(74) < 60) is 4 %.
 * With 60 of which none is wrong, "at most 5 % are wrong" is just proved at 95 % (59 are needed).
 */
const PER_QUARTER = 74;
/** A day is the least that a rate is taken from: the first busy hour of a workflow is no quarter. */
const LEAST_DAYS = 1;

/** The least share that gives enough to look at: `writes` were made in the last `days` without anybody being asked. Without any, nothing is known: 0. */
export function shareFloor(writes: number, days: number): number {
  if (writes === 0) return 0;
  const perQuarter = (writes / Math.max(LEAST_DAYS, days)) * QUARTER_DAYS;
  return Math.min(1, PER_QUARTER / perQuarter);
}

/** The owner may have more looked at than that, and not less. */
export const auditShare = (specShare: number, floor: number): number => Math.max(specShare, floor);

const DAY_MS = 24 * 60 * 60_000;
/** Two weeks: a wrong write is then still within most windows for an undo, and within the four weeks that the weekly breaker judges. */
const DUE_DAYS = 14;

/** By when a drawn write should have been looked at: before there is nothing left to look at. Times are epoch milliseconds. */
export const checkDue = (writtenAt: number, eraseAt: number | null): number =>
  Math.min(writtenAt + DUE_DAYS * DAY_MS, eraseAt ?? Number.POSITIVE_INFINITY);
