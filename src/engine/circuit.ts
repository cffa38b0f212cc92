// The circuit to one provider's host: after so many failures without a success between them nobody is kept waiting for the next one. It is open for a while, then one
// call goes through as a probe, and its outcome closes or opens it again. Pure: a state, what happened and the time in, a state and an answer out.
// It must not know who asks, what was asked, or which model comes next.
import type { ModelFailure } from "../inference/model.ts";

/** Who is asked: circuits are kept for each provider and host. */
export interface Recipient {
  readonly provider: string;
  readonly host: string;
}

/** The port to where circuits are kept. A circuit that cannot be asked is closed: it saves time and guards nothing. */
export interface CircuitPort {
  /** Null: it may be asked now. */
  mayAsk(recipient: Recipient): Promise<ModelFailure | null>;
  report(recipient: Recipient, failed: boolean): Promise<void>;
}

/** Failures without a success between them: one or two are what retries are for, and at this many a provider's own status page is usually red. */
export const OPENS_AFTER = 5;
/** Only failures this close together are one outage. Milliseconds. */
export const WINDOW_MS = 60_000;
/** How long it stays open at first: about what a restart behind a load balancer takes. Doubled with each probe that fails, up to the longest. */
export const OPEN_MS = 30_000;
/** A provider that comes back is noticed within five minutes, the engine's own longest pause between two tries (retry.ts). */
export const LONGEST_OPEN_MS = 300_000;
/** A probe that has not reported by then was lost with its process; a model's time limit is below it. */
export const PROBE_MS = 120_000;

export type Circuit =
  /** `failures`: when they happened, the oldest first, all after the last success. */
  | { readonly state: "closed"; readonly failures: readonly number[] }
  | { readonly state: "open"; readonly until: number; readonly openMs: number }
  /** One call is on its way to find out. */
  | { readonly state: "half_open"; readonly probeUntil: number; readonly openMs: number };

export const CLOSED: Circuit = { state: "closed", failures: [] };

export type CircuitEvent = "ask" | "succeeded" | "failed";

export interface CircuitDecision {
  readonly circuit: Circuit;
  /** Null: may be asked; otherwise when to ask again, epoch milliseconds. */
  readonly openUntil: number | null;
}

export function decideCircuit(circuit: Circuit, event: CircuitEvent, now: number): CircuitDecision {
  switch (event) {
    case "ask":
      return asked(circuit, now);
    // Whoever succeeds has reached it, whenever they began.
    case "succeeded":
      return { circuit: CLOSED, openUntil: null };
    case "failed":
      return failed(circuit, now);
  }
}

function asked(circuit: Circuit, now: number): CircuitDecision {
  switch (circuit.state) {
    case "closed":
      return { circuit, openUntil: null };
    case "open":
      if (now < circuit.until) return { circuit, openUntil: circuit.until };
      return { circuit: { state: "half_open", probeUntil: now + PROBE_MS, openMs: circuit.openMs }, openUntil: null };
    case "half_open":
      if (now < circuit.probeUntil) return { circuit, openUntil: circuit.probeUntil };
      return { circuit: { ...circuit, probeUntil: now + PROBE_MS }, openUntil: null };
  }
}

function failed(circuit: Circuit, now: number): CircuitDecision {
  switch (circuit.state) {
    case "closed": {
      const failures = [...circuit.failures.filter((at) => at > now - WINDOW_MS), now];
      return failures.length < OPENS_AFTER
        ? { circuit: { state: "closed", failures }, openUntil: null }
        : { circuit: { state: "open", until: now + OPEN_MS, openMs: OPEN_MS }, openUntil: now + OPEN_MS };
    }
    // One that began before it opened says nothing new.
    case "open":
      return { circuit, openUntil: circuit.until };
    case "half_open": {
      const openMs = Math.min(LONGEST_OPEN_MS, circuit.openMs * 2);
      return { circuit: { state: "open", until: now + openMs, openMs }, openUntil: now + openMs };
    }
  }
}

/** What tells of the provider as a whole, and not of one request. */
export const isProvidersFault = (code: ModelFailure["code"]): boolean => code === "model.unavailable" || code === "model.rate_limited";

/** What the engine is told of an open circuit. */
export const circuitOpen = ({ provider, host }: Recipient, until: number, now: number): ModelFailure => ({
  code: "model.circuit_open",
  message: `${provider} (${host}) has failed several times in a row and is not asked until ${new Date(until).toISOString()}`,
  retryAfterMs: Math.max(0, until - now),
});
