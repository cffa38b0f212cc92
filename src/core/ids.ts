// Ids are computed from what they identify, never drawn: a second delivery of an event computes the id of the run that exists.
import { sha256Hex } from "./crypto.ts";

/** 128 bits are kept of each digest: short enough for a URL, collision-free for every event a company will ever send. */
const ID_HEX = 32;

/** Event id: one per connection and delivery key (the sender's own id of the delivery, or a digest of the body where it has none). */
export const eventIdOf = (connection: string, deliveryKey: string): string =>
  `evt_${sha256Hex(`${connection}\n${deliveryKey}`).slice(0, ID_HEX)}`;

/** Run id: one run per event per workflow. */
export const runIdOf = (workflow: string, eventId: string): string => `${workflow}.${eventId.replace("evt_", "")}`;

/**
 * The id of the nth run that an operator began for an event that had one: the first run's, with a number; and with the step from which it begins, so that two
 * requests that cross are not taken for one.
 */
export const againIdOf = (runId: string, times: number, step: string | null = null): string =>
  `${originalOf(runId)}~${times}${step === null ? "" : `.${sha256Hex(step).slice(0, 8)}`}`;
export const originalOf = (runId: string): string => runId.split("~", 1)[0] as string;

/** Certificate id: one per proof, so that whoever names it names exactly what is proved. */
export const certificateIdOf = (proofDigest: string): string => `crt_${proofDigest.slice(0, ID_HEX)}`;

/** Which partition holds a lane: FNV-1a over the lane key. Changing it would orphan running work, so the count is recorded at the first start. */
export function partitionOf(laneKey: string, partitions: number): number {
  let hash = 2166136261;
  for (let i = 0; i < laneKey.length; i++) hash = Math.imul(hash ^ laneKey.charCodeAt(i), 16777619);
  return (hash >>> 0) % partitions;
}

/** The name under which a partition's object is addressed. */
export const partitionName = (index: number): string => `p${index}`;

/**
 * How many partitions a deployment has unless it says otherwise. One object is one thread: several spread work over machines and keep each journal small, but
 * every one of them commits and projects for itself. Measured on one shared, noisy machine, runs
 * per second against one partition: 4 or 8 cost 10 to 20 %, 16 about 30 %.
 */
export const PARTITIONS = 8;
