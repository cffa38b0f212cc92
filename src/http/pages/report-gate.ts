// What a threshold does with the records, in numbers: written, asked, refused, and how many of a thousand would be wrong.
import { html } from "hono/html";
import type { GateOutcome } from "../../validation/report-shape.ts";
import { boundText, shareText } from "../../validation/share-text.ts";
import { endsText, type Html, perThousand, scoreText, sheet } from "./report-parts.ts";

export const gateTable = (gate: GateOutcome, confidence: number): Html => {
  const { threshold, records, written, errors, asked, refused, shareInterval, rate, rateInterval, upper } = gate;
  const askedInAll = asked.unsure + asked.byRule + asked.failed + asked.uncovered;
  const ofAll = (n: number): string => (records === 0 ? "none" : `${n} (${shareText(n / records)})`);
  const because = [
    [asked.unsure, "not sure enough"],
    [asked.byRule, "by another rule"],
    [asked.failed, "no answer"],
    [asked.uncovered, "another model, or no measure of confidence"],
  ].filter(([n]) => n !== 0);
  return sheet({
    caption: threshold === null ? "Nothing is written automatically" : `With the threshold ${scoreText(threshold)}`,
    head: ["With this threshold", "Records"],
    words: true,
    rows: [
      [
        "Written automatically",
        html`${ofAll(written)} <span class="meta">${records === 0 ? "" : `true share: ${endsText(shareInterval)}`}</span>`,
      ],
      ["Asked", html`${ofAll(askedInAll)} <span class="meta">${because.map(([n, why]) => `${n} ${why}`).join(", ")}</span>`],
      ["Refused by a rule", ofAll(refused)],
      [
        "Wrong, of the written",
        written === 0
          ? "nothing is written"
          : html`${errors} (${shareText(rate)}) <span class="meta">true share: ${endsText(rateInterval)}; at most ${boundText(upper)} with ${shareText(confidence)} confidence</span>`,
      ],
      [
        "Of 1000 such records",
        html`${perThousand(gate.perThousand.written)} written, ${perThousand(gate.perThousand.wrong)} of them wrong <span class="meta">at most ${perThousand(gate.perThousand.wrongAtMost)} wrong, by the bound</span>`,
      ],
    ],
  });
};
