// The Worker that `npm run bench:model` runs in workerd: trains on what it is sent, keeps the weights as storage would, and answers texts. Time is taken outside, because
// workerd's clock stands still while it computes.
import * as z from "zod";
import { sha256Hex } from "../src/core/crypto.ts";
import { type FieldPredictions, predictFields } from "../src/inference/builtin/predict.ts";
import { type BuiltinWeights, trainDecision } from "../src/inference/builtin/train.ts";
import { decodeWeights, encodeWeights } from "../src/inference/builtin/weights.ts";

const Training = z.object({
  samples: z.array(
    z.object({ text: z.string(), labels: z.record(z.string(), z.string()), values: z.record(z.string(), z.string()).optional() }),
  ),
});
/** `times`: how often each text is answered; 0 measures the way there and back. */
const Asking = z.object({ texts: z.array(z.string()), times: z.int().min(0) });

let weights: BuiltinWeights | null = null;

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const body: unknown = await request.json();
    if (pathname === "/train") {
      const samples = Training.parse(body).samples.map(({ values, ...sample }) => ({ ...sample, ...(values ? { values } : {}) }));
      const bytes = encodeWeights(trainDecision("bench", samples, sha256Hex));
      weights = decodeWeights(bytes);
      return Response.json({ bytes: bytes.length });
    }
    const { texts, times } = Asking.parse(body);
    const trained = weights;
    if (trained === null) return new Response("not trained", { status: 409 });
    let answers: FieldPredictions[] = [];
    for (let time = 0; time < times; time++) answers = texts.map((text) => predictFields(trained, text));
    return Response.json(answers.map(({ fields, values }) => ({ ...firstOf(fields), ...firstOf(values) })));
  },
};

const firstOf = (predicted: FieldPredictions["fields"]) =>
  Object.fromEntries(Object.entries(predicted).map(([field, [best]]) => [field, best ?? null]));
