// What taking a write back would do, field by field: restored, left as it is, or reported as somebody's later work.
import { describe, expect, it } from "vitest";
import { computeUndo } from "../../../src/engine/undo-decision.ts";

describe("an undo", () => {
  it("restores a field that still holds our value", () => {
    expect(computeUndo({ owner: "nobody" }, { owner: "ada" }, { owner: "ada" })).toEqual({ restore: { owner: "nobody" }, conflicts: [] });
  });

  it("leaves a field alone that somebody has changed since, and reports it", () => {
    expect(computeUndo({ owner: "nobody" }, { owner: "ada" }, { owner: "grace" })).toEqual({
      restore: {},
      conflicts: [{ field: "owner", ours: "ada", now: "grace" }],
    });
  });

  it("decides each field by itself", () => {
    expect(
      computeUndo(
        { owner: "nobody", grade: "c", note: null },
        { owner: "ada", grade: "a", note: "x" },
        { owner: "ada", grade: "b", note: null },
      ),
    ).toEqual({ restore: { owner: "nobody" }, conflicts: [{ field: "grade", ours: "a", now: "b" }] });
  });

  it("needs nothing for a field that holds its old value already, so that an interrupted undo is not done twice", () => {
    expect(computeUndo({ owner: "nobody" }, { owner: "ada" }, { owner: "nobody" })).toEqual({ restore: {}, conflicts: [] });
  });

  it("needs nothing for a field that our write did not change", () => {
    expect(computeUndo({ owner: "ada" }, { owner: "ada" }, { owner: "ada" })).toEqual({ restore: {}, conflicts: [] });
  });

  it("takes an absent field for null, on either side", () => {
    expect(computeUndo({}, { owner: "ada" }, { owner: "ada" })).toEqual({ restore: { owner: null }, conflicts: [] });
    expect(computeUndo({ owner: "nobody" }, { owner: null }, {})).toEqual({ restore: { owner: "nobody" }, conflicts: [] });
    expect(computeUndo({ owner: null }, { owner: "ada" }, {})).toEqual({ restore: {}, conflicts: [] });
  });

  it("compares values and not the order of their members", () => {
    expect(computeUndo({ owner: null }, { owner: { a: 1, b: [2] } }, { owner: { b: [2], a: 1 } }).conflicts).toEqual([]);
    expect(computeUndo({ owner: null }, { owner: ["a", "b"] }, { owner: ["b", "a"] }).conflicts).toHaveLength(1);
  });

  it("never touches a field that was not written", () => {
    expect(computeUndo({ owner: "nobody", grade: "c" }, { owner: "ada" }, { owner: "ada", grade: "z" }).restore).toEqual({
      owner: "nobody",
    });
  });
});
