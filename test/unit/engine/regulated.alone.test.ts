// A regulated workflow writes nothing without a person's decision, even where the rules fail to ask: the ruling is taken out of the way here, and the check
// right before a write leaves is left alone.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ledgerSpec, ledgerWorld } from "./ledger-world.ts";

const rules = vi.hoisted(() => ({ broken: false }));
vi.mock("../../../src/governance/evaluate.ts", async (original) => {
  const { evaluate } = await original<typeof import("../../../src/governance/evaluate.ts")>();
  const allow = { outcome: "allow", rule: "broken", reason: "The rules are broken", matched: [] };
  return { evaluate: (...args: Parameters<typeof evaluate>) => (rules.broken ? allow : evaluate(...args)) };
});
beforeEach(() => {
  rules.broken = false;
});

const reason = "The customer asked for it in writing";
const approve = ({ digest }: { digest: string }) => ({ kind: "approved", digest, reason });
const regulated = { regulated: "credit" } as const;

describe("with rules that allow everything", () => {
  beforeEach(() => {
    rules.broken = true;
  });

  it.each(["setRecord", "setUnversioned", "addLine", "pay", "sendLetter"] as const)(
    "%s is held for an operator and never sent",
    async (action) => {
      const world = ledgerWorld(
        async ({ book }) => {
          if (action === "setRecord" || action === "setUnversioned") return book[action]("write", { id: "a", set: { owner: "ada" } });
          return book[action]("write", { text: "hello" });
        },
        { spec: regulated },
      );
      expect(await world.engine.run()).toMatchObject({
        kind: "operator",
        on: { error: { code: "effect.undecided", message: "Not sent: nobody was asked" } },
      });
      expect(world.ledger.sent()).toEqual([]);
      expect(world.engine.entries("effect.sending")).toEqual([]);
      expect(world.engine.entries("effect.ruled").at(-1)).toMatchObject({ ruling: { outcome: "allow" } });
    },
  );

  it("it stays held when an operator has it tried again", async () => {
    const world = ledgerWorld(async ({ book }) => book.setRecord("write", { id: "a", set: { owner: "ada" } }), { spec: regulated });
    await world.engine.run();
    expect(world.engine.resolve("write", "retry")).toBeNull();
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { error: { code: "effect.undecided" } } });
    expect(world.ledger.sent()).toEqual([]);
  });

  it("what is not regulated is written", async () => {
    const world = ledgerWorld(async ({ book }) => book.setRecord("write", { id: "a", set: { owner: "ada" } }));
    await world.engine.run();
    expect(world.ledger.sent()).toEqual(["PUT /records/a"]);
  });
});

describe("with rules that ask", () => {
  it("a decided write leaves, edited or not, and after an answer was lost", async () => {
    const world = ledgerWorld(
      async ({ book }) => {
        await book.setRecord("first", { id: "a", set: { owner: "ada" } });
        await book.setUnversioned("second", { id: "b", set: { grade: "a" } });
        await book.pay("third", { text: "rent" });
      },
      {
        spec: regulated,
        answer: ({ digest, values }) =>
          "grade" in values ? { kind: "edited", digest, values: { grade: "b" }, reason } : approve({ digest }),
      },
    );
    world.ledger.fault("lost", "before");
    expect(await world.engine.run()).toMatchObject({ kind: "ended", state: { status: "completed" } });
    expect(world.ledger.records.get("a")?.fields.owner).toBe("ada");
    expect(world.ledger.records.get("b")?.fields.grade).toBe("b");
    expect(world.ledger.payments.size).toBe(1);
  });

  it("a run that fails takes nothing back by itself", async () => {
    const world = ledgerWorld(
      async ({ book }) => {
        await book.setRecord("write", { id: "a", set: { owner: "ada" } });
        throw new Error("no further");
      },
      { spec: { ...regulated, onFailure: "compensate" }, answer: approve },
    );
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed" } });
    expect(world.ledger.records.get("a")?.fields.owner).toBe("ada");
    expect(ledgerSpec.onFailure).toBe("compensate");
    expect(await world.engine.undo("write")).toBeNull();
    expect(world.ledger.records.get("a")?.fields.owner).toBe("nobody");
  });
});
