// The stand-in chat's reading of a message, and the stand-in model's answers.
import { describe, expect, test } from "vitest";
import { complete } from "../../../sandbox/model/completion.ts";
import { ModelRules } from "../../../sandbox/model/rules.ts";
import { findAction, readContent } from "../../../sandbox/slack/message.ts";

describe("a message", () => {
  test("takes blocks and metadata as values or as JSON text, as a form gives them", () => {
    const blocks = [{ type: "section", text: { type: "mrkdwn", text: "hi" } }];
    const metadata = { event_type: "run_step", event_payload: { key: "k" } };
    const content = { text: "t", blocks: [{ block_id: "b1", ...blocks[0] }], metadata };
    expect(readContent({ text: "t", blocks, metadata })).toEqual({ ok: true, content });
    expect(readContent({ text: "t", blocks: JSON.stringify(blocks), metadata: JSON.stringify(metadata) })).toEqual({ ok: true, content });
  });

  test.each([
    ["a block without a type", { blocks: [{}] }, "invalid_blocks"],
    ["a block of an unknown type", { blocks: [{ type: "marquee" }] }, "invalid_blocks"],
    ["blocks that are no list", { blocks: "{" }, "invalid_blocks_format"],
    ["metadata without a payload", { metadata: { event_type: "x" } }, "invalid_metadata_format"],
    ["too long a text", { text: "x".repeat(40_001) }, "msg_too_long"],
  ])("is refused with the vendor's code: %s", (_, args, error) => {
    expect(readContent(args)).toMatchObject({ ok: false, error });
  });

  test("its action is found in a row of buttons and beside a section", () => {
    const button = (action_id: string) => ({ type: "button", action_id });
    const read = readContent({
      blocks: [
        { type: "section", accessory: button("a") },
        { type: "actions", elements: [button("b"), button("c")] },
      ],
    });
    const message = { ...(read.ok ? read.content : { text: "" }), type: "message", ts: "1.0" } as never;
    expect(findAction(message, "a")?.block.block_id).toBe("b1");
    expect(findAction(message, "c")?.block.block_id).toBe("b2");
    expect(findAction(message, "d")).toBeNull();
  });
});

describe("the model", () => {
  const schema = {
    type: "object",
    properties: {
      team: { type: "string", enum: ["billing", "shipping", "technical", "other"] },
      priority: { type: "string", enum: ["low", "normal", "high", "urgent"] },
      reason: { type: "string" },
    },
  };
  const request = (text: string, more: object = {}) => ({
    model: "m",
    messages: [
      { role: "system", content: "billing billing billing" },
      { role: "user", content: text },
    ],
    response_format: { type: "json_schema", json_schema: { schema } },
    logprobs: true,
    top_logprobs: 3,
    ...more,
  });
  interface Token {
    token: string;
    logprob: number;
    top_logprobs: Token[];
  }
  const answer = (text: string, rules: object = {}) => {
    const completion = complete(request(text), ModelRules.parse(rules), "id", 1) as {
      choices: [{ message: { content: string }; logprobs: { content: Token[] } }];
    };
    const [{ message, logprobs }] = completion.choices;
    return { value: JSON.parse(message.content) as Record<string, string>, tokens: logprobs.content, content: message.content };
  };

  test("chooses labels by keyword out of what the user said, not the instruction", () => {
    expect(answer("The parcel was never delivered").value).toMatchObject({ team: "shipping", priority: "normal" });
    expect(answer("nothing in particular").value).toMatchObject({ team: "other" });
  });

  test("a rule lays its answer over, with its own confidence", () => {
    const { value, tokens } = answer("the printer", { rules: [{ match: "PRINTER", answer: { team: "technical" }, confidence: 0.6 }] });
    expect(value.team).toBe("technical");
    const label = tokens.find(({ token }) => token === "technical");
    expect(Math.exp(label?.logprob ?? 0)).toBeCloseTo(0.6);
    expect(label?.top_logprobs).toHaveLength(3);
  });

  test("its tokens join up to the content, and the alternatives never outweigh what was left over", () => {
    const { tokens, content } = answer("invoice", { confidence: 0.8 });
    expect(tokens.map(({ token }) => token).join("")).toBe(content);
    const label = tokens.find(({ token }) => token === "billing");
    const others = (label?.top_logprobs ?? []).slice(1).reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
    expect(others).toBeLessThanOrEqual(0.2 + 1e-9);
  });

  test("says the same twice", () => {
    expect(answer("crash on start")).toEqual(answer("crash on start"));
  });
});
