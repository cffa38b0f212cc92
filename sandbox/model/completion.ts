// One chat completion: an answer that fits the request's JSON schema, with log probabilities that say how sure the stand-in was. Pure.
// Sequence: text of the user messages -> rule -> fill the schema -> tokens -> log probabilities. A label's first token carries the
// confidence, shared out among the other labels; every other token is as good as certain, as with a real model and strict output.
import { labelFor, type ModelRules, ruleFor } from "./rules.ts";

export interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  minimum?: number;
  maximum?: number;
}

export interface ChatRequest {
  model?: string;
  messages?: { role: string; content: unknown }[];
  response_format?: { type: string; json_schema?: { schema?: Schema } };
  logprobs?: boolean;
  top_logprobs?: number;
}

interface TopToken {
  token: string;
  logprob: number;
  bytes: number[];
}

const SURE = -0.00001;

/** What the stand-in writes, whoever's API it is asked through. */
export function write(text: string, schema: Schema | undefined, rules: ModelRules): { content: string; confidence: number } {
  const { answer, confidence } = ruleFor(rules, text);
  const filled = schema ? { ...(fill(schema, text, confidence) as object), ...answer } : answer;
  const content = schema || Object.keys(answer).length > 0 ? JSON.stringify(filled) : "The sandbox model has no rule for this.";
  return { content, confidence };
}

/** A schema that stands in the instruction, where none is sent in another way. */
export function schemaIn(instruction: string): Schema | undefined {
  const [, text] = /JSON schema:\n(\{.*\})$/m.exec(instruction) ?? [];
  return text === undefined ? undefined : (JSON.parse(text) as Schema);
}

export function complete(request: ChatRequest, rules: ModelRules, id: string, created: number): object {
  const text = textOf(request);
  const schema = request.response_format?.json_schema?.schema ?? schemaIn(instructionOf(request));
  const { content, confidence } = write(text, schema, rules);
  const alternatives = schema ? labelSets(schema) : [];
  const prompt = tokensIn(text);
  const tokens = tokenize(content);
  return {
    id,
    object: "chat.completion",
    created,
    model: request.model ?? "sandbox-model",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content, refusal: null, annotations: [] },
        logprobs: request.logprobs
          ? { content: logprobs(tokens, alternatives, confidence, request.top_logprobs ?? 0), refusal: null }
          : null,
        finish_reason: "stop",
      },
    ],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: tokens.length,
      total_tokens: prompt + tokens.length,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
    },
    service_tier: "default",
    system_fingerprint: "fp_sandbox",
  };
}

export function textOf({ messages = [] }: Pick<ChatRequest, "messages">): string {
  const said = messages.filter(({ role }) => role === "user").map(({ content }) => content);
  // Without the marks that set a record's words apart: a rule is written for the words.
  return said.map((content) => (typeof content === "string" ? content : JSON.stringify(content)).replace(/\p{Co}/gu, "")).join("\n");
}

const instructionOf = ({ messages = [] }: ChatRequest): string => {
  const [system] = messages.filter(({ role }) => role === "system");
  return typeof system?.content === "string" ? system.content : "";
};

/** Some value that fits: labels by keyword, a number called confidence as sure as the rule, other numbers in the middle of their range. */
function fill(schema: Schema, text: string, confidence: number, name = ""): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) {
    const labels = schema.enum.filter((label) => typeof label === "string");
    return labels.length > 0 ? labelFor(text, labels) : schema.enum[0];
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object")
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, one]) => [key, fill(one, text, confidence, key)]));
  if (type === "array") return [];
  if (type === "boolean") return false;
  if (type === "number" && /confidence|probability|certainty/i.test(name)) return confidence;
  if (type === "number" || type === "integer") {
    const middle = ((schema.minimum ?? 0) + (schema.maximum ?? 1)) / 2;
    return type === "integer" ? Math.round(middle) : middle;
  }
  return type === "null" ? null : "Chosen by the sandbox's rules.";
}

/** The sets of labels that the schema offers. */
function labelSets(schema: Schema): string[][] {
  const here = schema.enum?.filter((label) => typeof label === "string") ?? [];
  const below = Object.values(schema.properties ?? {}).flatMap(labelSets);
  return here.length > 0 ? [here, ...below] : below;
}

function logprobs(tokens: string[], labels: string[][], confidence: number, most: number): (TopToken & { top_logprobs: TopToken[] })[] {
  return tokens.map((token, index) => {
    const rivals = tokens[index + 1] === '":' ? undefined : labels.find((set) => set.includes(token));
    if (!rivals) return { ...top(token, SURE), top_logprobs: most > 0 ? [top(token, SURE)] : [] };
    const others = rivals.filter((label) => label !== token);
    const share = Math.log(Math.max(1e-9, (1 - confidence) / Math.max(1, others.length)));
    const chosen = top(token, Math.min(SURE, Math.log(confidence)));
    return { ...chosen, top_logprobs: [chosen, ...others.map((label) => top(label, share))].slice(0, most) };
  });
}

function top(token: string, logprob: number): TopToken {
  return { token, logprob, bytes: [...new TextEncoder().encode(token)] };
}

/** Coarse, but it joins up to exactly the content, and a label is one token. */
function tokenize(content: string): string[] {
  return content.match(/":|[\p{L}\p{N}_-]+|\s?[^\p{L}\p{N}_\s-]|\s+/gu) ?? [];
}

export function tokensIn(text: string): number {
  return Math.ceil(text.length / 4);
}
