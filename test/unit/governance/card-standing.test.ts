// How a provider's agreement stands on a day, and that a call is refused on exactly the days on which it does not hold.
import { describe, expect, it } from "vitest";
import { EXPIRING_DAYS, standingOf } from "../../../src/governance/card-standing.ts";
import { decideSend, type ProviderCard } from "../../../src/governance/data-flow.ts";

const card: ProviderCard = {
  provider: "acme",
  host: "api.acme.example",
  dpaSignedOn: "2026-01-15",
  dpaExpires: "2026-12-31",
  region: "eu",
  zeroRetention: false,
};
const at = (instant: string): number => Date.parse(`${instant}Z`);

describe("an agreement", () => {
  it.each([
    ["before its first day", "2026-01-14T23:59:59", { state: "not_yet", from: "2026-01-15" }],
    ["on its first day", "2026-01-15T00:00:00", { state: "in_force", daysLeft: 350 }],
    ["more than 30 days before its end", "2026-11-30T12:00:00", { state: "in_force", daysLeft: 31 }],
    ["30 days before its end", "2026-12-01T00:00:00", { state: "expiring", daysLeft: EXPIRING_DAYS }],
    ["the day before its last", "2026-12-30T18:00:00", { state: "expiring", daysLeft: 1 }],
    ["on its last day", "2026-12-31T23:59:59", { state: "expiring", daysLeft: 0 }],
    ["the day after", "2027-01-01T00:00:00", { state: "expired", on: "2026-12-31" }],
  ])("%s", (_, instant, standing) => {
    const now = at(instant);
    expect(standingOf(card, now)).toEqual(standing);
    const holds = standing.state === "in_force" || standing.state === "expiring";
    expect(decideSend(card, card, now) === null).toBe(holds);
  });

  it("without an end holds for ever", () => {
    expect(standingOf({ ...card, dpaExpires: null }, at("2126-01-01T00:00:00"))).toEqual({ state: "in_force", daysLeft: null });
  });

  it("that is not signed, or has a day that there is not, does not hold", () => {
    const now = at("2026-06-01T00:00:00");
    expect(standingOf({ ...card, dpaSignedOn: null }, now)).toEqual({ state: "unsigned" });
    expect(standingOf({ ...card, dpaSignedOn: "soon" }, now)).toEqual({ state: "unsigned" });
    expect(standingOf({ ...card, dpaExpires: "later" }, now)).toEqual({ state: "expired", on: "later" });
    expect(standingOf(null, now)).toEqual({ state: "missing" });
  });
});
