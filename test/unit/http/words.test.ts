import { describe, expect, it } from "vitest";
import { ago, changeInWords, countdown, deadline, listing, percent, span, utc, valueText } from "../../../src/http/pages/words.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("times in words", () => {
  it("names two units at most, and never a zero", () => {
    expect(span(0)).toBe("less than 1 min");
    expect(span(59_999)).toBe("less than 1 min");
    expect(span(45 * MINUTE)).toBe("45 min");
    expect(span(2 * HOUR)).toBe("2 h");
    expect(span(3 * HOUR + 12 * MINUTE + 30_000)).toBe("3 h 12 min");
    expect(span(49 * HOUR)).toBe("2 d 1 h");
    expect(span(48 * HOUR + 5 * MINUTE)).toBe("2 d");
  });

  it("counts an approval down to its deadline, and on beyond it", () => {
    const at = { requestedAt: 0, expiresAt: 4 * HOUR };
    expect(countdown(at, 48 * MINUTE)).toEqual({ text: "decide within 3 h 12 min", urgency: "calm" });
    expect(countdown(at, 4 * HOUR - 30 * MINUTE)).toEqual({ text: "decide within 30 min", urgency: "soon" });
    expect(countdown(at, 4 * HOUR)).toEqual({ text: "overdue by less than 1 min", urgency: "overdue" });
    expect(countdown(at, 6 * HOUR)).toEqual({ text: "overdue by 2 h", urgency: "overdue" });
  });

  it("does not call a fresh approval with a short deadline urgent", () => {
    const at = { requestedAt: 0, expiresAt: 20 * MINUTE };
    expect(countdown(at, 0).urgency).toBe("calm");
    expect(countdown(at, 16 * MINUTE).urgency).toBe("soon");
  });

  it("writes an instant in UTC and says so", () => {
    expect(utc(Date.UTC(2026, 10, 3, 4, 5))).toBe("3 Nov 2026, 04:05 UTC");
    expect(ago(0, 30_000)).toBe("just now");
    expect(ago(0, 90 * MINUTE)).toBe("1 h 30 min ago");
  });
});

describe("numbers and values in words", () => {
  it("rounds a share down, so that what is shown as reached has been reached", () => {
    expect(percent(0.714)).toBe("71.4 %");
    expect(percent(0.79999)).toBe("79.9 %");
    expect(percent(0.8)).toBe("80.0 %");
    expect(percent(0.57)).toBe("57.0 %");
    expect(percent(1)).toBe("100.0 %");
  });

  it("joins as people do", () => {
    expect([listing([]), listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"])]).toEqual(["", "a", "a and b", "a, b and c"]);
  });

  it("quotes what has spaces, shortens what is long, and names nothing as nothing", () => {
    expect(valueText("billing")).toBe("billing");
    expect(valueText("second\n contact")).toBe("“second contact”");
    expect(valueText("x".repeat(100))).toHaveLength(80);
    expect([valueText(null), valueText(""), valueText([])]).toEqual(["nothing", "nothing", "nothing"]);
    expect([valueText(true), valueText(4), valueText(["a", "b"]), valueText({ a: 1 })]).toEqual(["true", "4", "a, b", '{"a":1}']);
  });
});

describe("a change in words", () => {
  const ticket = { action: "zendesk.updateTicket", target: "ticket/5158" };

  it("sets a record's fields", () => {
    const values = { group: "billing", priority: "high" };
    expect(changeInWords({ ...ticket, before: { group: "support", priority: null }, values })).toBe(
      "Set group to billing and priority to high on ticket/5158",
    );
  });

  it("clears a field instead of setting it to nothing", () => {
    const before = { group: "support", priority: "high" };
    expect(changeInWords({ ...ticket, before, values: { group: "billing", priority: null } })).toBe(
      "Set group to billing, and clear priority on ticket/5158",
    );
    expect(changeInWords({ ...ticket, before, values: { priority: "" } })).toBe("Clear priority on ticket/5158");
  });

  it("names the action where there is no record to set", () => {
    const message = { action: "slack.postMessage", target: "C0BILLING", before: {}, values: { text: "Ticket 5158 is yours" } };
    expect(changeInWords(message)).toBe("Post message on C0BILLING: text “Ticket 5158 is yours”");
  });
});

describe("the time to decide", () => {
  const times = { requestedAt: 0, slaEndsAt: 60 * 60_000, expiresAt: 90 * 60_000 };

  it("is first that of those asked first, and then all of it", () => {
    expect(countdown(times, 0)).toEqual({ text: "decide within 1 h", urgency: "calm" });
    expect(countdown(times, 59 * 60_000)).toEqual({ text: "decide within 1 min", urgency: "soon" });
    expect(countdown(times, 60 * 60_000).text).toBe("decide within 30 min");
    expect(countdown(times, 91 * 60_000).text).toBe("overdue by 1 min");
    expect(deadline({ requestedAt: 0, expiresAt: 5 }, 0)).toBe(5);
  });
});
