// The labelled tickets that ship with the triage workflow: sane, varied, and good enough to route with.
import { describe, expect, test } from "vitest";
import { predictFields } from "../../../src/inference/builtin/predict.ts";
import { crossValidate, trainDecision } from "../../../src/inference/builtin/train.ts";
import { PRIORITIES, TEAMS } from "../../../src/workflows/ticket-triage/labels.ts";
import { samples } from "../../../src/workflows/ticket-triage/samples.ts";
import { sha256 } from "./desk.ts";

const textOf = ({ subject, description }: { subject: string; description: string }) => `${subject}\n${description}`;
const rows = samples.map((sample) => ({ text: textOf(sample), labels: { team: sample.team, priority: sample.priority } }));

describe("the samples", () => {
  test("are all different, in subject and in text", () => {
    expect(new Set(samples.map(({ subject }) => subject.toLowerCase())).size).toBe(samples.length);
    expect(new Set(samples.map(({ description }) => description.toLowerCase())).size).toBe(samples.length);
  });

  test("are about sixty per team, with every priority in each", () => {
    for (const team of TEAMS) {
      const own = samples.filter((sample) => sample.team === team);
      expect(own.length, team).toBeGreaterThanOrEqual(55);
      expect(own.length, team).toBeLessThanOrEqual(70);
      for (const priority of PRIORITIES) {
        expect(own.filter((sample) => sample.priority === priority).length, `${team} ${priority}`).toBeGreaterThanOrEqual(8);
      }
    }
  });

  test("are between 10 and 80 words", () => {
    for (const sample of samples) {
      const words = textOf(sample).split(/\s+/).length;
      expect(words, sample.subject).toBeGreaterThanOrEqual(10);
      expect(words, sample.subject).toBeLessThanOrEqual(80);
    }
  });

  test("hold no addresses, links or numbers that could be somebody's", () => {
    for (const sample of samples) expect(textOf(sample)).not.toMatch(/@|https?:|\+\d{6,}|\b\d{9,}\b|[A-Z]{2}\d{2}[ \d]{10,}/);
  });
});

describe("what the built-in model learns from them", () => {
  test("routes at least 85 % of unseen tickets to the right team", () => {
    const answers = crossValidate(rows.map(({ text, labels }) => ({ text, label: labels.team })));
    const right = answers.filter(({ label, predicted }) => label === predicted).length / answers.length;
    const sure = answers.filter(({ probability }) => probability >= 0.8);
    const sureRight = sure.filter(({ label, predicted }) => label === predicted).length / sure.length;
    const share = sure.length / answers.length;
    console.log(
      `team, cross-validated: ${right.toFixed(3)} right; confidence >= 0.8 for ${share.toFixed(2)}, of which ${sureRight.toFixed(3)} right`,
    );
    expect(right).toBeGreaterThanOrEqual(0.85);
    expect(share).toBeGreaterThanOrEqual(0.5);
    expect(sureRight).toBeGreaterThanOrEqual(0.9);
  });

  test("is sure of the team of a clear ticket that is not among them", () => {
    const weights = trainDecision("ticket-triage", rows, sha256);
    const { team, priority } = weights.fields;
    console.log(
      `held out: team ${team!.heldOut.accuracy.toFixed(3)} (ECE ${team!.heldOut.ece.toFixed(3)}), priority ${priority!.heldOut.accuracy.toFixed(3)}`,
    );
    expect(priority!.heldOut.accuracy).toBeGreaterThanOrEqual(0.7);
    const clear = {
      billing: "Double payment\nMy card was charged two times for one order, please refund the second payment and correct the invoice.",
      shipping: "Package missing\nThe tracking has not moved for a week and the courier did not deliver my parcel.",
      returns: "Send back speaker\nI would like to return the speaker and get a refund. Could you email me a return label?",
      technical: "Camera offline\nSince the firmware update the camera loses its wifi connection and the app shows an error.",
      account: "Cannot sign in\nThe password reset email does not arrive, so I can't log in to my account.",
      privacy: "Delete my data\nPlease erase all personal data that you store about me, under the GDPR.",
    };
    for (const [expected, text] of Object.entries(clear)) {
      const best = predictFields(weights, text).fields.team![0]!;
      expect(best.label, text).toBe(expected);
      expect(best.probability, text).toBeGreaterThanOrEqual(0.8);
    }
  });
});
