// Errors as data: whatever was thrown becomes a code that the table knows, a message without a stack, and a problem document with the code's own status.
import { describe, expect, it } from "vitest";
import { ERRORS, type ErrorCode, errorFacts, fail, failureOf, InterlockError, ok, problemOf } from "../../../src/core/errors.ts";

describe("what was thrown", () => {
  it("keeps the code, the field and the time that it carries", () => {
    const thrown = new InterlockError("connector.rate_limited", "Slack asked to wait", { field: "text", retryAfterMs: 7_000 });
    expect(failureOf(thrown)).toEqual({
      code: "connector.rate_limited",
      message: "Slack asked to wait",
      field: "text",
      retryAfterMs: 7_000,
    });
  });

  it("is matched by what it carries and not by its class, which is lost across RPC", () => {
    const carried = JSON.parse(JSON.stringify(new InterlockError("run.not_found", "No run")));
    expect(failureOf(carried)).toEqual({ code: "run.not_found", message: "No run" });
  });

  it.each([
    ["another class", new TypeError("x is undefined"), "x is undefined"],
    ["a text", "plain", "plain"],
    ["nothing", undefined, "undefined"],
    ["null", null, "null"],
    ["a number", 7, "7"],
  ])("is internal when it carries no failure: %s", (_, thrown, message) => {
    expect(failureOf(thrown)).toEqual({ code: "internal", message });
  });

  it("is what the caller says when it carries no failure", () => {
    expect(failureOf(new Error("broke"), "workflow.threw")).toEqual({ code: "workflow.threw", message: "broke" });
  });

  it.each([[{ failure: { code: "no.such", message: "x" } }], [{ failure: "text" }], [{ failure: null }], [{ failure: {} }]])(
    "is not believed when it carries something else: %j",
    (thrown) => {
      expect(failureOf(thrown).code).toBe("internal");
    },
  );

  it("never brings its stack along", () => {
    const failure = failureOf(new Error("broke"));
    expect(Object.keys(failure).toSorted()).toEqual(["code", "message"]);
    expect(JSON.stringify(failure)).not.toContain("errors.test");
  });
});

describe("a problem document", () => {
  it("is RFC 9457's, with the code's title and status and the failure's own words", () => {
    expect(problemOf({ code: "approval.not_reviewer", message: "mallory is not among the reviewers" })).toEqual({
      type: "urn:interlock:error:approval.not_reviewer",
      title: "The governance spec does not name you as a reviewer",
      status: 403,
      detail: "mallory is not among the reviewers",
      code: "approval.not_reviewer",
    });
  });

  it("names the field where there is one", () => {
    expect(problemOf({ code: "approval.edit_refused", message: "no", field: "team" })).toMatchObject({ status: 422, field: "team" });
  });

  it("holds nothing else of the failure", () => {
    expect(Object.keys(problemOf({ code: "internal", message: "x", retryAfterMs: 5 })).toSorted()).toEqual([
      "code",
      "detail",
      "status",
      "title",
      "type",
    ]);
  });
});

describe("the table of errors", () => {
  const codes = Object.keys(ERRORS) as ErrorCode[];

  it.each(codes)("%s has a dotted code, an HTTP error status and a title that is a sentence", (code) => {
    const { status, title } = errorFacts(code);
    expect(code === "internal" || /^[a-z]+(?:_[a-z]+)*\.[a-z_]+$/.test(code)).toBe(true);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
  });

  it("says of no refusal at the door that a write may have happened", () => {
    const unknown = codes.filter((code) => errorFacts(code).outcome === "unknown");
    expect(unknown.toSorted()).toEqual(["connector.answer_invalid", "connector.timeout", "connector.unavailable"]);
  });

  it("takes a code that a newer version stored for an internal error", () => {
    expect(errorFacts("no.such" as ErrorCode)).toBe(ERRORS.internal);
  });
});

describe("a result", () => {
  it("is a value or a failure, as plain data", () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 });
    expect(fail("run.not_found", "No run", { field: "run" })).toEqual({
      ok: false,
      error: { code: "run.not_found", message: "No run", field: "run" },
    });
  });
});
