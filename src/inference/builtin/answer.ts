// Chosen labels in the shape of an OpenAI chat completion, with one token per label so that its real probability has a place to stand.
// It must not invent probabilities: the JSON around the answers is certain, everything else is the model's.
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
  let before = "{";
  const tokens = choices.flatMap(({ field, ranked }) => {
    const [best] = ranked;
    const quote = best ? '"' : "";
    const pair = [
      certain(`${before}${JSON.stringify(field)}:${quote}`),
      best ? { ...labelToken(best), top_logprobs: ranked.slice(0, top).map(labelToken) } : NOTHING,
    ];
    before = `${quote},`;
    return pair;
  });
  return [...tokens, certain(`${before.slice(0, -1)}}`)];
}

const certain = (token: string) => ({ token, logprob: 0, bytes: null, top_logprobs: [] });

/** OpenAI's own number for a token that is not likely at all: JSON has no minus infinity. */
const IMPOSSIBLE = -9999;

/** A text that holds nothing is no proof that there is nothing. */
const NOTHING = { ...certain("null"), logprob: IMPOSSIBLE };

const labelToken = ({ label, probability }: Prediction) => ({
  token: JSON.stringify(label).slice(1, -1),
  logprob: probability > 0 ? Math.log(probability) : IMPOSSIBLE,
  bytes: null,
});
