// Shares and counts in words, the same in a verdict, on a page and in a file. What is promised is rounded against us: what is automatic down, what is wrong up.
import type { NextStep } from "./report-shape.ts";

/** "5 %", "52.6 %": one decimal, rounded down, and none that is 0. */
export const shareText = (share: number): string => `${Math.floor(share * 1000 + 1e-9) / 10} %`;

/** The same, rounded up: for what is promised not to be exceeded. */
export const boundText = (share: number): string => `${Math.ceil(share * 1000 - 1e-9) / 10} %`;

export const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** At the share of records that is accepted there. */
export const moreText = ({ moreAccepted, moreLabelled }: Pick<NextStep, "moreAccepted" | "moreLabelled">): string =>
  `${count(moreAccepted, "more accepted record", "more accepted records")} without a mistake (about ${moreLabelled} more labelled)`;
