// A reason for a regulated decision: missing, too short or copied is told from one's own.
import { expect, it } from "vitest";
import { faultOfReason } from "../../../src/governance/own-words.ts";

const shown = [{ reason: "The balance covers the limit twice over." }, "The model is only 40.0 % sure", null, 3];

it.each<[string, string | undefined, RegExp | null]>([
  ["nothing", undefined, /own words/],
  ["spaces", " \n\t  ".repeat(10), /own words/],
  ["a word", "fine", /at least 20/],
  ["a word between spaces", `fine${" ".repeat(40)}`, /at least 20/],
  ["a word many dots long", "fine.....................", /at least 20/],
  ["the model's text", "The balance covers the limit twice over.", /page says already/],
  ["the model's text in other letters and spaces", "the BALANCE covers\nthe limit  twice over", /page says already/],
  ["why it is asked", "The model is only 40.0 % sure.", /page says already/],
  ["one's own words", "I spoke to the customer about the limit", null],
])("%s", (_, reason, fault) => {
  if (fault === null) expect(faultOfReason(reason, shown)).toBeNull();
  else expect(faultOfReason(reason, shown)).toMatch(fault);
});
