// Chosen labels in the shape of an OpenAI chat completion, with one token per label so that its real probability has a place to stand.
// It must not invent probabilities: the JSON around the labels is certain, everything else is the classifier's.
import type { Choice } from "./choose.ts";
import type { Prediction } from "./predict.ts";

export interface AnswerFacts {
  model: string;
  choices: readonly Choice[];
  /** Words read, reported as prompt tokens. */
  words: number;
  /** Epoch seconds. */
  created: number;
  logprobs: boolean;
  /** Rivals to list per label. */
  topLogprobs: number;
}

export function completionOf({ model, choices, words, created, logprobs, topLogprobs }: AnswerFacts) {
  const tokens = tokensOf(choices, topLogprobs);
  return {
    id: "chatcmpl-builtin",
    object: "chat.completion",
    created,
    model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: tokens.map(({ token }) => token).join(""), refusal: null },
        logprobs: logprobs ? { content: tokens, refusal: null } : null,
        finish_reason: "stop",
      },
    ],
    usage: { prompt_tokens: words, completion_tokens: choices.length, total_tokens: words + choices.length },
  };
}

function tokensOf(choices: readonly Choice[], top: number) {
  const tokens = choices.flatMap(({ field, ranked }, index) => [
    certain(`${index === 0 ? "{" : '",'}${JSON.stringify(field)}:"`),
    { ...labelToken(ranked[0]!), top_logprobs: ranked.slice(0, top).map(labelToken) },
  ]);
  return [...tokens, certain('"}')];
}

const certain = (token: string) => ({ token, logprob: 0, bytes: null, top_logprobs: [] });

const labelToken = ({ label, probability }: Prediction) => ({
  token: JSON.stringify(label).slice(1, -1),
  logprob: Math.log(Math.max(probability, 1e-12)),
  bytes: null,
});
