// A tiny trained decision that several tests share: three teams, two priorities, forty-two texts.
import { createHash } from "node:crypto";
import { type BuiltinWeights, type DecisionSample, trainDecision } from "../../../src/inference/builtin/train.ts";

const words = {
  billing: [
    "invoice charged twice",
    "card payment refused",
    "wrong amount on the invoice",
    "refund the payment",
    "charged my card again",
    "invoice missing",
    "price on the bill",
  ],
  shipping: [
    "parcel is late",
    "courier lost the package",
    "tracking shows nothing",
    "package delivered to a neighbour",
    "parcel damaged on the way",
    "where is my parcel",
    "delivery address wrong",
  ],
  technical: [
    "app crashes on start",
    "camera is offline",
    "firmware update failed",
    "bluetooth does not pair",
    "app shows an error",
    "camera has no sound",
    "screen stays black",
  ],
};

export const deskSamples: DecisionSample[] = Object.entries(words).flatMap(([team, texts]) =>
  texts.flatMap((text) => [
    { text: `Please help, ${text}`, labels: { team, priority: "normal" } },
    { text: `Urgent emergency, ${text} immediately`, labels: { team, priority: "high" } },
  ]),
);

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

let trained: BuiltinWeights | undefined;

export function deskWeights(): BuiltinWeights {
  trained ??= trainDecision("desk", deskSamples, sha256);
  return trained;
}
