// Which version of the built-in model a partition goes by: noticed within seconds, asked for seldom, and kept while D1 is away.
import { describe, expect, it } from "vitest";
import { CurrentModels } from "../../../durable-objects/current-models.ts";
import { chooseModel } from "../../../src/db/model-versions.ts";
import { fakeD1 } from "../http/fake-d1.ts";

const WORKFLOW = "ticket-triage";

function counted() {
  const d1 = fakeD1();
  const state = { now: 1_000, reads: 0, away: false };
  const db = {
    prepare: (sql: string) => {
      state.reads++;
      if (state.away) throw new Error("D1 is away");
      return d1.prepare(sql);
    },
  } as unknown as D1Database;
  const choose = (model: string) => chooseModel(d1, { workflow: WORKFLOW, at: state.now, by: "ada@example.com", model });
  return { state, choose, versions: new CurrentModels(db, () => state.now) };
}

describe("the current version", () => {
  it("is none until somebody chooses, and the latest choice within five seconds of it", async () => {
    const { state, choose, versions } = counted();
    expect(await versions.current(WORKFLOW)).toBeNull();
    await choose("builtin/ticket-triage@a");
    await choose("builtin/ticket-triage@b");
    state.now += 4_999;
    expect(await versions.current(WORKFLOW)).toBeNull();
    state.now += 1;
    expect(await versions.current(WORKFLOW)).toBe("builtin/ticket-triage@b");
    expect(await versions.current("another")).toBeNull();
  });

  it("is read once for all decisions of a moment", async () => {
    const { state, versions } = counted();
    await Promise.all(Array.from({ length: 20 }, () => versions.current(WORKFLOW)));
    expect(state.reads).toBe(1);
  });

  it("stays what it was while D1 cannot be read, and is an error where it was never read", async () => {
    const { state, choose, versions } = counted();
    await choose("builtin/ticket-triage@a");
    await versions.current(WORKFLOW);
    state.away = true;
    state.now += 60_000;
    expect(await versions.current(WORKFLOW)).toBe("builtin/ticket-triage@a");
    await expect(versions.current("another")).rejects.toThrow("D1 is away");
    state.away = false;
    expect(await versions.current("another")).toBeNull();
  });
});
