// When a provider is not asked any more, and when it is again.
import { describe, expect, it } from "vitest";
import {
  type Circuit,
  type CircuitEvent,
  CLOSED,
  circuitOpen,
  decideCircuit,
  isProvidersFault,
  LONGEST_OPEN_MS,
  OPEN_MS,
  OPENS_AFTER,
  PROBE_MS,
  WINDOW_MS,
} from "../../../src/engine/circuit.ts";

/** What happens, each at its time; the last answer. */
const happened = (...events: readonly (readonly [CircuitEvent, number])[]) =>
  events.reduce<{ circuit: Circuit; openUntil: number | null }>(({ circuit }, [event, at]) => decideCircuit(circuit, event, at), {
    circuit: CLOSED,
    openUntil: null,
  });
const failures = (count: number, from = 0, every = 1) =>
  Array.from({ length: count }, (_, index) => ["failed", from + index * every] as const);

describe("a closed circuit", () => {
  it("opens with the last of so many failures, and not before", () => {
    expect(happened(...failures(OPENS_AFTER - 1), ["ask", 10]).openUntil).toBeNull();
    expect(happened(...failures(OPENS_AFTER), ["ask", 10]).openUntil).toBe(OPENS_AFTER - 1 + OPEN_MS);
  });

  it("forgets failures with a success, and those that are older than the window", () => {
    expect(happened(...failures(OPENS_AFTER - 1), ["succeeded", 5], ...failures(OPENS_AFTER - 1, 6), ["ask", 20]).openUntil).toBeNull();
    const spread = WINDOW_MS / (OPENS_AFTER - 1);
    expect(happened(...failures(50, 0, spread), ["ask", 50 * spread]).openUntil).toBeNull();
    expect(happened(...failures(50, 0, spread - 1), ["ask", 50 * spread]).circuit.state).not.toBe("closed");
  });
});

describe("an open circuit", () => {
  const opened = failures(OPENS_AFTER);
  const until = OPENS_AFTER - 1 + OPEN_MS;

  it("asks nobody until its time, then one, then nobody while that one is on its way", () => {
    expect(happened(...opened, ["ask", until - 1]).openUntil).toBe(until);
    expect(happened(...opened, ["ask", until]).openUntil).toBeNull();
    expect(happened(...opened, ["ask", until], ["ask", until + 1]).openUntil).toBe(until + PROBE_MS);
  });

  it("is not kept open longer by a call that began before it opened", () => {
    expect(happened(...opened, ["failed", 100], ["ask", until]).openUntil).toBeNull();
  });

  it("closes when the probe succeeds, and is open twice as long when it fails, up to the longest", () => {
    expect(happened(...opened, ["ask", until], ["succeeded", until + 5]).circuit).toEqual(CLOSED);
    expect(happened(...opened, ["ask", until], ["failed", until + 5]).openUntil).toBe(until + 5 + 2 * OPEN_MS);
    let state = happened(...opened);
    for (let probe = 0; probe < 20; probe++) {
      const at = state.openUntil ?? 0;
      state = decideCircuit(decideCircuit(state.circuit, "ask", at).circuit, "failed", at);
      expect((state.openUntil ?? 0) - at).toBeLessThanOrEqual(LONGEST_OPEN_MS);
    }
    expect((state.circuit as { openMs: number }).openMs).toBe(LONGEST_OPEN_MS);
  });

  it("asks another when a probe never came back", () => {
    expect(happened(...opened, ["ask", until], ["ask", until + PROBE_MS]).openUntil).toBeNull();
  });
});

it("counts what tells of the provider, and not what tells of one request", () => {
  const codes = ["model.unavailable", "model.rate_limited", "model.refused", "model.invalid_output", "model.rejected"] as const;
  expect(codes.filter(isProvidersFault)).toEqual(["model.unavailable", "model.rate_limited"]);
});

it("is told to the engine as an error that names the time", () => {
  expect(circuitOpen({ provider: "acme", host: "api.acme.example" }, 61_000, 1_000)).toEqual({
    code: "model.circuit_open",
    message: "acme (api.acme.example) has failed several times in a row and is not asked until 1970-01-01T00:01:01.000Z",
    retryAfterMs: 60_000,
  });
});
