import { describe, expect, it } from "vitest";
import { parseRfc3339 } from "../../../src/core/rfc3339.ts";
import { checkTimestamp } from "../../../src/ingress/timestamp.ts";

const two = (n: number) => String(n).padStart(2, "0");

describe("parseRfc3339", () => {
  it("reads every day of four years as Date does, and refuses the day after each month's last", () => {
    for (let day = Date.UTC(2023, 0, 1); day < Date.UTC(2027, 0, 1); day += 86_400_000) {
      const text = new Date(day + 43_200_000).toISOString();
      expect(parseRfc3339(text), text).toBe(day + 43_200_000);
    }
    for (let year = 1999; year <= 2101; year++) {
      for (let month = 1; month <= 12; month++) {
        const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
        expect(parseRfc3339(`${year}-${two(month)}-${two(last)}T00:00:00Z`)).not.toBeNull();
        expect(parseRfc3339(`${year}-${two(month)}-${two(last + 1)}T00:00:00Z`)).toBeNull();
      }
    }
  });

  it("applies every offset", () => {
    const base = Date.parse("2026-11-20T12:00:00Z");
    for (let minutes = -23 * 60 - 59; minutes <= 23 * 60 + 59; minutes += 7) {
      const size = Math.abs(minutes);
      const zone = `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
      expect(parseRfc3339(`2026-11-20T12:00:00${zone}`), zone).toBe(base - minutes * 60_000);
    }
    expect(parseRfc3339("2026-11-20T12:00:00-00:00")).toBe(base);
  });

  it("keeps fractions of any length", () => {
    const base = Date.parse("2026-11-20T05:09:26Z");
    expect(parseRfc3339("2026-11-20T05:09:26.5Z")).toBe(base + 500);
    expect(parseRfc3339("2026-11-20T05:09:26.931846288Z")).toBeCloseTo(base + 931.846, 2);
    expect(parseRfc3339(`2026-11-20T05:09:26.${"0".repeat(5000)}Z`)).toBe(base);
  });

  it("accepts lower-case t and z, which the grammar allows", () => {
    expect(parseRfc3339("2026-11-20t05:09:27z")).toBe(Date.parse("2026-11-20T05:09:27Z"));
  });

  it("reads the first years as themselves and not as the twentieth century", () => {
    expect(parseRfc3339("0001-01-01T00:00:00Z")).toBe(-62_135_596_800_000);
  });

  it.each([
    "",
    "2026-11-20",
    "2026-11-20T05:09:27",
    "2026-11-20 05:09:27Z",
    "2026-11-20T05:09Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20T05:60:00Z",
    "2026-11-20T05:09:60Z",
    "2016-12-31T23:59:60Z",
    "2026-13-40T05:09:27Z",
    "2026-00-10T05:09:27Z",
    "2026-11-00T05:09:27Z",
    "2026-02-29T05:09:27Z",
    "2026-11-20T05:09:27.Z",
    "2026-11-20T05:09:27,5Z",
    "2026-11-20T05:09:27+0100",
    "2026-11-20T05:09:27+24:00",
    "2026-11-20T05:09:27+01:60",
    "2026-11-20T05:09:27ZZ",
    "2026-11-20T05:09:27Z\n",
    " 2026-11-20T05:09:27Z",
    "+2026-11-20T05:09:27Z",
    "12026-11-20T05:09:27Z",
    "２０２６-11-20T05:09:27Z",
    "1795151367",
  ])("refuses %j", (text) => {
    expect(parseRfc3339(text)).toBeNull();
  });
});

describe("checkTimestamp", () => {
  const seconds = { header: "t", format: "seconds", toleranceSeconds: 300 } as const;
  const at = 1_531_420_618;

  it("accepts exactly the tolerance on both sides and nothing beyond it", () => {
    for (const skew of [-300_000, -299_999, 0, 299_999, 300_000]) {
      expect(checkTimestamp(seconds, String(at), at * 1000 + skew), String(skew)).toBe("ok");
    }
    expect(checkTimestamp(seconds, String(at), at * 1000 + 300_001)).toBe("stale_timestamp");
    expect(checkTimestamp(seconds, String(at), at * 1000 - 300_001)).toBe("future_timestamp");
  });

  it("counts a fraction of a second", () => {
    const rfc3339 = { header: "t", format: "rfc3339", toleranceSeconds: 300 } as const;
    const now = Date.parse("2026-11-20T05:14:27Z");
    expect(checkTimestamp(rfc3339, "2026-11-20T05:09:27.000Z", now)).toBe("ok");
    expect(checkTimestamp(rfc3339, "2026-11-20T05:09:26.999Z", now)).toBe("stale_timestamp");
    expect(checkTimestamp(rfc3339, "2026-11-20T06:19:27.001+01:00", now)).toBe("future_timestamp");
  });

  it("reads leading zeros as the same number", () => {
    expect(checkTimestamp(seconds, `00${at}`, at * 1000)).toBe("ok");
  });

  it("finds the ends of the range stale and future, not malformed", () => {
    expect(checkTimestamp(seconds, "0", at * 1000)).toBe("stale_timestamp");
    expect(checkTimestamp(seconds, "999999999999", at * 1000)).toBe("future_timestamp");
  });

  it.each([
    "",
    " ",
    "NaN",
    "Infinity",
    "-1531420618",
    "+1531420618",
    "1531420618.0",
    "1.5e9",
    "0x5b47a08a",
    "1531420618000",
    "1531420618\n",
    "١٥٣١٤٢٠٦١٨",
  ])("refuses %j before any arithmetic", (text) => {
    expect(checkTimestamp(seconds, text, at * 1000)).toBe("malformed_timestamp");
  });
});
