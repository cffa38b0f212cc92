// A workflow with every kind of step, and the world that it is tested in: what the harness and the replay of histories are tried on.
import * as z from "zod";
import { defineWorkflow, model, type Workflow } from "../../../src/engine/define.ts";
import { approve, type Scenario } from "../../harness/workflow-harness.ts";
import { ledgerConnector } from "../engine/ledger.ts";
import { ledgerSpec } from "../engine/ledger-world.ts";

export const HOUR = 3_600_000;

interface Changes {
  readonly pauseMs?: number;
  readonly compute?: () => number;
}

/** Reads two records beside each other, computes, pauses, waits for the word "close", asks a person, and writes by key, by lookup, and with a version. */
export function bookkeeping({ pauseMs = HOUR, compute = () => 7 }: Changes = {}): Workflow {
  return defineWorkflow(
    {
      name: "bookkeeping",
      version: 1,
      purpose: "Keep the tests' books",
      trigger: ledgerConnector.on("opened"),
      lane: ({ event }) => event.subject,
      uses: { book: ledgerConnector.only("getRecord", "setRecord", "addLine", "pay"), mind: model("default") },
      dataFlow: [{ element: "note.text", class: "personal", to: "model", purpose: "tests", basis: "contract", retentionDays: 1 }],
      decisions: { judge: z.object({ verdict: z.enum(["yes", "no"]) }) },
    },
    async ({ event, book, mind, step }) => {
      const [record, other] = await Promise.all([book.getRecord("read", { id: event.subject }), book.getRecord("read other", { id: "b" })]);
      const number = await step.run("number", compute);
      await step.sleep("pause", pauseMs);
      const judged = await mind.decide("judge", { instruction: "Is it ours?", input: { "note.text": `${record.owner} ${other.owner}` } });
      const closed = await step.signal("close", { schema: z.object({ by: z.string() }), within: 2 * HOUR });
      if (closed.status === "expired") return { closed: false };
      const owner = closed.data.by;
      const sure = await step.approval("close books", { question: "Close the books?", details: { owner } });
      if (sure.status !== "approved") return { closed: false, because: sure.status };
      const set = await book.setRecord("set", { id: event.subject, set: { owner } }, { basedOn: judged });
      const paid = await book.pay("pay", { text: `number ${number}` });
      const line = await book.addLine("add", { text: `closed by ${owner}` });
      return { closed: true, set: set.status, paid: paid.status, line: line.status };
    },
  );
}

export const scenario: Scenario = {
  spec: { ...ledgerSpec, onFailure: "compensate" },
  event: { subject: "a" },
  records: { "record/a": { owner: "nobody", grade: "c" } },
  reads: { "ledger.getRecord": ({ id }: { id: string }) => ({ owner: `owner of ${id}` }) },
  decisions: { judge: { value: { verdict: "yes" } } },
  answers: { "close books": approve() },
  signals: [{ name: "close", data: { by: "ada" }, at: HOUR + 60_000 }],
};

export const sure = (changes: Changes = {}) => ({ workflow: bookkeeping(changes), scenario });
