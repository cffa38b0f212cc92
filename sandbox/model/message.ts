// One message of Anthropic's Messages API: an answer that fits the request's JSON schema, with no probabilities, because that API has none. Pure.
import type { Message } from "@anthropic-ai/sdk/resources/messages/messages";
import { type Schema, schemaIn, textOf, tokensIn, write } from "./completion.ts";
import type { ModelRules } from "./rules.ts";

export interface MessagesRequest {
  model?: string;
  max_tokens?: number;
  system?: string;
  messages?: { role: string; content: unknown }[];
  output_config?: { format?: { type: string; schema?: Schema } | null };
}

export function answerMessage(request: MessagesRequest, rules: ModelRules, id: string): Message {
  const text = textOf(request);
  const { content } = write(text, request.output_config?.format?.schema ?? schemaIn(request.system ?? ""), rules);
  return messageOf(request, content, id);
}

export function messageOf({ model = "sandbox-model", messages = [] }: MessagesRequest, text: string, id: string): Message {
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: text === "" ? [] : [{ type: "text", text, citations: null }],
    stop_reason: "end_turn",
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: {
      input_tokens: tokensIn(textOf({ messages })),
      output_tokens: tokensIn(text),
      output_tokens_details: null,
      cache_creation: null,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      inference_geo: null,
      server_tool_use: null,
      service_tier: "standard",
      speed: null,
    },
  };
}
