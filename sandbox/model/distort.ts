// What can be wrong with a model's answer though the call went well, and with a call that nobody carried out, in the words of each vendor's API. Pure.
import type { Message } from "@anthropic-ai/sdk/resources/messages/messages";

/** The answer is one, and cannot be used. */
export const ANSWER_FAULTS = ["refusal", "truncated", "not-json", "outside-schema", "empty-answer"] as const;
/** There is no answer, though the status is 200. */
export const BODY_FAULTS = ["empty-body", "html-200", "empty-stream"] as const;
export type AnswerFault = (typeof ANSWER_FAULTS)[number];
export type BodyFault = (typeof BODY_FAULTS)[number];

export const isAnswerFault = (kind: string): kind is AnswerFault => ANSWER_FAULTS.some((one) => one === kind);
export const isBodyFault = (kind: string): kind is BodyFault => BODY_FAULTS.some((one) => one === kind);

/** A text in the place of what the model wrote; null for a refusal, which has none. */
function textFor(kind: Exclude<AnswerFault, "refusal">, content: string): string {
  switch (kind) {
    case "truncated":
      return content.slice(0, Math.ceil(content.length / 2));
    case "not-json":
      return `Certainly! Here is what I found: ${content.slice(1)}`;
    case "outside-schema":
      return JSON.stringify({ ...JSON.parse(content), invented: true });
    case "empty-answer":
      return "";
  }
}

interface Completion {
  choices: { message: { content: string | null; refusal: string | null }; finish_reason: string; logprobs: unknown }[];
}

export function distortCompletion(completion: object, kind: AnswerFault): object {
  const [choice] = (completion as Completion).choices;
  if (!choice) return completion;
  const changed =
    kind === "refusal"
      ? { ...choice, message: { ...choice.message, content: null, refusal: "I cannot help with that." }, logprobs: null }
      : {
          ...choice,
          message: { ...choice.message, content: textFor(kind, choice.message.content ?? "") },
          finish_reason: kind === "truncated" ? "length" : "stop",
          logprobs: null,
        };
  return { ...completion, choices: [changed] };
}

export function distortMessage(message: Message, kind: AnswerFault): Message {
  if (kind === "refusal")
    return {
      ...message,
      content: [],
      stop_reason: "refusal",
      stop_details: { type: "refusal", category: "general_harms", explanation: "This request cannot be answered." },
    };
  const text = textFor(kind, message.content.map((block) => (block.type === "text" ? block.text : "")).join(""));
  return {
    ...message,
    content: text === "" ? [] : [{ type: "text", text, citations: null }],
    stop_reason: kind === "truncated" ? "max_tokens" : "end_turn",
  };
}

export function bodyFault(kind: BodyFault): Response {
  switch (kind) {
    case "empty-body":
      return new Response("", { headers: { "content-type": "application/json" } });
    case "html-200":
      return new Response("<html><body><h1>Please sign in</h1></body></html>", { headers: { "content-type": "text/html" } });
    case "empty-stream":
      return new Response("data: [DONE]\n\n", { headers: { "content-type": "text/event-stream" } });
  }
}

/** OpenAI's and Anthropic's errors, by status. */
export function openAiError(status: number, message: string, code: string | null = null): object {
  const type = status >= 500 ? "server_error" : status === 429 ? "requests" : "invalid_request_error";
  return { error: { message, type, param: null, code } };
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
};

export const anthropicError = (status: number, message: string): object => ({
  type: "error",
  error: { type: ANTHROPIC_TYPES[status] ?? "api_error", message },
  request_id: "req_sandbox",
});
