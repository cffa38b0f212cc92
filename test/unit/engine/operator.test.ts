// What an operator is asked for and what each of their answers does: a write of unknown outcome, a refused credential, tries that are used up.
import { describe, expect, it } from "vitest";
import { InterlockError } from "../../../src/core/errors.ts";
import { MAX_ATTEMPTS } from "../../../src/engine/retry.ts";
import { type Body, ledgerWorld } from "./ledger-world.ts";

const letter: Body = ({ book }) => book.sendLetter("send", { text: "Dear Sir" });
const addLine: Body = ({ book }) => book.addLine("add", { text: "one" });

/** A letter whose answer was lost. */
async function unknownLetter(when: "before" | "after") {
  const world = ledgerWorld(letter);
  world.ledger.fault("lost", when);
  expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "send", error: { code: "connector.unavailable" } } });
  return world;
}

describe("an operator who looks into a write of unknown outcome", () => {
  it("says that it was applied: the run goes on as if the answer had come, and nothing is sent", async () => {
    const world = await unknownLetter("after");
    expect(world.engine.resolve("send", "applied")).toBeNull();
    expect(await world.engine.run()).toMatchObject({
      state: { status: "completed", output: { status: "applied", values: { text: "Dear Sir" } } },
    });
    expect(world.engine.entries("effect.applied")).toMatchObject([{ found: true }]);
    expect(world.ledger.sent()).toEqual(["POST /letters"]);
  });

  it("says that it was not applied: it is sent again, once", async () => {
    const world = await unknownLetter("before");
    expect(world.engine.resolve("send", "not_applied")).toBeNull();
    expect(await world.engine.run()).toMatchObject({
      state: { status: "completed", output: { status: "applied", output: { number: 1 } } },
    });
    expect(world.ledger.sent()).toEqual(["POST /letters", "POST /letters"]);
    expect(world.ledger.letters).toHaveLength(1);
  });

  it("gives it up: the author learns that it was abandoned, and nothing is sent", async () => {
    const world = await unknownLetter("before");
    expect(world.engine.resolve("send", "abandon")).toBeNull();
    expect(await world.engine.run()).toMatchObject({
      state: { status: "completed", output: { status: "refused", because: "abandoned", reason: "Given up by ada@example.com" } },
    });
    expect(world.ledger.sent()).toEqual(["POST /letters"]);
  });

  it("asks to find out again: what cannot be looked up stays unknown, and nothing is sent", async () => {
    const world = await unknownLetter("after");
    expect(world.engine.resolve("send", "retry")).toBeNull();
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "send" } });
    expect(world.ledger.sent()).toEqual(["POST /letters"]);
  });

  it("asks to find out again: what can be looked up by now is found", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.fault("lost", "after");
    world.ledger.answerNext(422, {}, ({ method }) => method === "GET");
    expect(await world.engine.run()).toMatchObject({ kind: "operator" });
    world.engine.resolve("add", "retry");
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied", output: { id: "1" } } } });
    expect(world.ledger.sent()).toEqual(["POST /lines"]);
  });

  it("says that it was applied where the proof needs what the lost answer held: the write stays applied, unproved", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.fault("lost", "after");
    world.ledger.answerNext(422, {}, ({ method }) => method === "GET");
    await world.engine.run();
    world.engine.resolve("add", "applied");
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: { status: "applied" } } });
    expect(world.engine.entries("effect.proved")).toMatchObject([{ matches: false }]);
    expect(world.ledger.lines).toHaveLength(1);
  });

  it("says that it was not applied where the record has changed: it is looked at and ruled on again before it is sent", async () => {
    const world = ledgerWorld(({ book }) => book.setRecord("set", { id: "a", set: { owner: "ada" } }));
    world.ledger.fault("lost", "before", ({ method }) => {
      if (method !== "PUT") return false;
      world.ledger.edit("a", { owner: "grace" });
      return true;
    });
    expect(await world.engine.run()).toMatchObject({ kind: "operator" });
    world.engine.resolve("set", "not_applied");
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied" } } });
    expect(world.engine.entries("effect.looked")).toMatchObject([{ before: { owner: "nobody" } }, { before: { owner: "grace" } }]);
    expect(world.engine.entries("effect.ruled")).toHaveLength(2);
    expect(await world.engine.undo("set")).toBeNull();
    expect(world.ledger.records.get("a")?.fields.owner).toBe("grace");
  });

  it("is refused the second answer", async () => {
    const world = await unknownLetter("after");
    world.engine.resolve("send", "applied");
    expect(world.engine.resolve("send", "not_applied")).toMatchObject({ code: "request.invalid" });
    await world.engine.run();
    expect(world.ledger.letters).toHaveLength(1);
  });

  it("leaves the resolution in the journal with their name", async () => {
    const world = await unknownLetter("after");
    world.engine.resolve("send", "abandon");
    expect(world.engine.entries("operator.resolved")).toMatchObject([{ step: "send", choice: "abandon", by: "ada@example.com" }]);
  });
});

describe("a refused credential", () => {
  it("holds a read until an operator has it tried again", async () => {
    const world = ledgerWorld(({ book }) => book.getRecord("read", { id: "a" }));
    world.ledger.fault(401, "before", () => true);
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "read", error: { code: "connector.unauthorised" } } });
    expect(await world.engine.run(), "nothing is tried before the operator says so").toMatchObject({ kind: "operator" });
    expect(world.ledger.requests).toHaveLength(1);
    expect(world.engine.resolve("read", "retry")).toBeNull();
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: { owner: "nobody" } } });
  });

  it("holds a write until an operator has it tried again, and it is then sent once", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.fault(401, "before");
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "add", error: { code: "connector.unauthorised" } } });
    expect(world.engine.resolve("add", "retry")).toBeNull();
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied" } } });
    expect(world.ledger.lines).toHaveLength(1);
  });

  it("that is not configured at all holds the step as well", async () => {
    for (const body of [addLine, letter, (({ book }) => book.setRecord("set", { id: "a", set: { owner: "ada" } })) satisfies Body]) {
      const world = ledgerWorld(body);
      world.connection.missing = new InterlockError("connector.unauthorised", "The secret LEDGER_TOKEN is not set");
      const end = await world.engine.run();
      expect(end).toMatchObject({ kind: "operator", on: { error: { code: "connector.unauthorised" } } });
      world.connection.missing = null;
      expect(world.engine.resolve(end.kind === "operator" ? end.on.step : "", "retry")).toBeNull();
      expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: { status: "applied" } } });
      expect(world.ledger.sent()).toHaveLength(1);
    }
  });

  it("cannot be answered with a choice that is about a write of unknown outcome", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.fault(401, "before");
    await world.engine.run();
    for (const choice of ["applied", "not_applied", "abandon"] as const) {
      expect(world.engine.resolve("add", choice)).toMatchObject({ code: "request.invalid", field: "choice" });
    }
    expect(world.engine.resolve("add", "retry")).toBeNull();
  });
});

describe("tries that are used up", () => {
  it("bring the step before an operator, and one more try may be had", async () => {
    const world = ledgerWorld(({ book }) => book.getRecord("read", { id: "a" }));
    for (let n = 0; n < MAX_ATTEMPTS; n++) world.ledger.fault(500, "before", () => true);
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "read", error: { code: "connector.unavailable" } } });
    expect(world.ledger.requests).toHaveLength(MAX_ATTEMPTS);
    expect(world.engine.resolve("read", "retry")).toBeNull();
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
    expect(world.ledger.requests).toHaveLength(MAX_ATTEMPTS + 1);
  });
});

describe("a step that waits for nobody", () => {
  it("cannot be resolved", async () => {
    const world = ledgerWorld(addLine);
    await world.engine.run();
    for (const step of ["add", "another"]) {
      expect(world.engine.resolve(step, "retry")).toMatchObject({ code: "request.invalid", field: "step" });
    }
    expect(world.engine.entries("operator.resolved")).toEqual([]);
  });
});

describe("a refusal that no repeat can help", () => {
  it.each([
    [422, "connector.rejected"],
    [404, "connector.not_found"],
  ])("%s goes into the author's code, is not repeated, and fails the run when the author does nothing about it", async (status, code) => {
    const world = ledgerWorld(addLine);
    world.ledger.answerNext(status, { error: "no" });
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code } } });
    expect(world.ledger.sent()).toHaveLength(1);
    expect(world.engine.entries("run.failed")).toHaveLength(1);
  });

  it("can be answered by the author, and stays what it was when the run is replayed", async () => {
    const seen: unknown[] = [];
    const body: Body = async ({ book }) => {
      try {
        await book.addLine("add", { text: "one" });
      } catch (thrown) {
        seen.push((thrown as InterlockError).failure.code);
      }
      return await book.addLine("add another", { text: "two" });
    };
    const world = ledgerWorld(body);
    world.ledger.answerNext(422);
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
    const before = world.ledger.requests.length;
    expect(await world.again().run()).toMatchObject({ state: { status: "completed" } });
    expect(world.ledger.requests).toHaveLength(before);
    expect(seen.length).toBeGreaterThanOrEqual(2);
    expect(new Set(seen)).toEqual(new Set(["connector.rejected"]));
  });

  it("of an input that the connector's schema does not allow is made before anything leaves", async () => {
    const world = ledgerWorld(({ book }) => book.addLine("add", { text: 7 as never }));
    expect(await world.engine.run()).toMatchObject({
      state: {
        status: "failed",
        error: { code: "connector.rejected", field: "text", message: expect.stringContaining("ledger.addLine: text") },
      },
    });
    expect(world.ledger.requests).toEqual([]);
  });
});
