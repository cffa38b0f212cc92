// Which fault strikes a partition where, and what people and deployments do to it. Faults have a budget and an end; when they are over every run must end.
import { Chaos } from "../chaos.ts";
import type { Random } from "../random.ts";

const AT = {
  commit: ["commit fails", "lost after commit"],
  "any time": ["object lost", "object replaced", "alarm twice", "record edited"],
  call: ["call lost", "answer lost"],
  d1: ["D1 fails before", "D1 fails after", "D1 slow"],
  read: ["lost before", "lost after", "500 before", "429", "503", "hang before", "401", "not JSON"],
  send: [
    "lost before",
    "lost after",
    "arrives late",
    "500 before",
    "500 after",
    "429",
    "503",
    "hang before",
    "hang after",
    "401",
    "refused",
    "not JSON",
  ],
} as const;
export type Place = keyof typeof AT;
export type PartitionFault = (typeof AT)[Place][number];
export const PARTITION_FAULTS: readonly PartitionFault[] = [...new Set(Object.values(AT).flat())];
const RATE: Readonly<Record<Place, number>> = { commit: 0.04, "any time": 0.015, call: 0.06, d1: 0.12, read: 0.04, send: 0.25 };

export class PartitionChaos extends Chaos<Place, PartitionFault> {
  constructor(random: Random) {
    super(random, AT, RATE, random.chance(0.05) ? 0 : 1 + random.int(9));
  }
}

/** What is said to runs and partitions, and what is deployed; each is counted where it was accepted. */
export const WORDS = [
  "delivered again",
  "signal",
  "signal repeated",
  "signal that does not fit",
  "signal too late",
  "cancel",
  "cancel and take back",
  "pause",
  "resume",
  "retry",
  "restart",
  "halt of a workflow",
  "halt of everything",
  "halt lifted",
  "undo",
  "operator",
  "decision",
  "deployed: harmless",
  "deployed: without the version",
  "deployed: diverging",
  "deployed: put back",
] as const;
export type Word = (typeof WORDS)[number];
