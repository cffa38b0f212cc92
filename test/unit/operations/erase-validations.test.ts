// What the records of a validation said goes when its time has come, and everything that its report rests on stays: over D1 with its triggers, and the pages.
import { beforeEach, describe, expect, it } from "vitest";
import { answeredRecords, readValidationRow } from "../../../src/db/validations.ts";
import { eraseValidations } from "../../../src/operations/erase-validations.ts";
import { decideCertificate } from "../../../src/validation/decide-certificate.ts";
import { computeGate } from "../../../src/validation/offline-gate.ts";
import { computeReport } from "../../../src/validation/report.ts";
import { type Console, openConsole } from "../http/console.ts";
import { fakeR2 } from "../http/fake-r2.ts";
import { DAY } from "../http/stories.ts";
import { FACTS, finished, labelledRecords } from "../http/validations.ts";
import { CHECKED, insertBegun, RUNNING, STOPPED } from "../http/validations-begun.ts";

const RECORDS = labelledRecords(300);
const DUE = FACTS.finishedAt + 30 * DAY;
const text = async (answer: Promise<Response>) => (await (await answer).text()).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

describe("the contents of a validation", () => {
  let open: Console;
  let context: { env: Env };
  const deleted: string[] = [];

  beforeEach(async () => {
    open = await openConsole([]);
    deleted.length = 0;
    const BLOBS = { ...fakeR2().bucket, delete: async (keys: string[]) => deleted.push(...keys) };
    context = { env: { ...open.env, BLOBS } as unknown as Env };
  });

  it("are there until the days that its workflow keeps them are over, and then gone from D1 and R2", async () => {
    await finished(open.env, { facts: FACTS, records: RECORDS });
    expect(await eraseValidations(context, DUE - 1)).toBe(0);
    expect(await text(open.get(`/validations/${FACTS.id}/report`))).toContain(
      "are erased on 23 Dec 2026, 30 days after the end as for the workflow’s runs",
    );
    expect(await eraseValidations(context, DUE)).toBe(1);
    expect(deleted).toEqual([`validation/${FACTS.id}`]);
    const { results } = await open.db.prepare("select body, answer from validation_record").all();
    const left = JSON.stringify([results, await readValidationRow(open.db, FACTS.id)]);
    for (const said of ["has a question for", "About my", "does not fit the declared schema", "other", "is empty"])
      expect(left).not.toContain(said);
    expect(await eraseValidations(context, DUE + DAY)).toBe(0);
  });

  it("leave behind all that a report, another threshold and a certificate rest on", async () => {
    const { digest } = await finished(open.env, { facts: FACTS, records: RECORDS });
    await eraseValidations(context, DUE);
    const records = await answeredRecords(open.db, FACTS.id);
    expect(computeReport(FACTS, records)).toEqual(computeReport(FACTS, RECORDS));
    expect(computeReport(FACTS, records).digest).toBe(digest);
    expect(computeGate(records, 0.5, FACTS)).toEqual(computeGate(RECORDS, 0.5, FACTS));
    expect(decideCertificate(FACTS, records)).toEqual(decideCertificate(FACTS, RECORDS));
    const at = `/validations/${FACTS.id}`;
    const report = await text(open.get(`${at}/report`));
    expect(report).toContain("were erased on 23 Dec 2026");
    expect(report).toContain("What it said is not kept.");
    expect(await text(open.get(`${at}/threshold?threshold=0.5`))).toContain("At 0.5, which is not proved");
    expect(await text(open.get(`${at}/records/t-1`))).toContain("It was erased on 23 Dec 2026. Its label and the answer stay.");
    expect(await text(open.get(`${at}/export/csv`))).not.toContain("has a question for");
  });

  it("are not compared any more: nobody knows whether another record said the same", async () => {
    await finished(open.env, { facts: FACTS, records: RECORDS });
    await eraseValidations(context, DUE);
    const later = { ...FACTS, id: "val_2", startedAt: DUE + 1, finishedAt: DUE + 2 };
    expect((await finished(open.env, { facts: later, records: RECORDS })).report.comparison).toBeNull();
  });

  it("end one that never ended: nothing is asked of an empty record", async () => {
    await insertBegun(open.db);
    const created = (await readValidationRow(open.db, CHECKED))?.createdAt ?? 0;
    expect(await eraseValidations(context, created + 30 * DAY)).toBe(3);
    for (const id of [CHECKED, RUNNING, STOPPED])
      expect(await readValidationRow(open.db, id)).toMatchObject({
        status: "cancelled",
        because: { message: expect.stringContaining("erased") },
      });
    expect((await open.form(`/validations/${STOPPED}/resume`, {})).status).toBe(409);
    const { results } = await open.db.prepare("select count(*) as n from validation_record where body like '%labelled ticket%'").all();
    expect(results).toEqual([{ n: 0 }]);
  });

  it("cannot be taken out early, and nothing else of an ended validation can be changed with them", async () => {
    await finished(open.env, { facts: FACTS, records: RECORDS });
    const run = (sql: string) => open.db.prepare(sql).run();
    const empty = "update validation_record set body = json_set(body, '$.input', json('{}'))";
    await expect(run(empty)).rejects.toThrow("stays as the file had it");
    await expect(run("update validation set erased_at = 1, facts = '{}'")).rejects.toThrow("stays as it is");
    await expect(run("update validation set keep_days = 1")).rejects.toThrow("stays as it is");
    await eraseValidations(context, DUE);
    await expect(run("update validation set erased_at = null")).rejects.toThrow("stays as it is");
    for (const change of ["body = json_set(body, '$.expected.team', 'x')", "answer = json_set(answer, '$.score', 1)", "answer = null"])
      await expect(run(`update validation_record set ${change} where number = 1`)).rejects.toThrow("stays as the file had it");
  });
});
