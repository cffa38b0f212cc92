import { beforeEach, describe, expect, it, vi } from "vitest";
import { deployment } from "../../../src/config.ts";
import { readRun } from "../../../src/db/reads.ts";
import type { Context } from "../../../src/operations/context.ts";
import { sweep } from "../../../src/operations/sweep.ts";
import { projectAll } from "../db/projected.ts";
import { fakeD1 } from "../http/fake-d1.ts";
import { fakeR2 } from "../http/fake-r2.ts";
import { approveSpec, DAY, type Ending, MINUTE, NOW, tell } from "../http/stories.ts";

describe("the sweep", () => {
  let db: D1Database;
  let context: Context;
  let deleted: string[];
  const wake = vi.fn();
  const log = vi.spyOn(console, "error");

  beforeEach(async () => {
    db = fakeD1();
    deleted = [];
    await approveSpec(db);
    wake.mockReset().mockImplementation(async (_: string, runs: readonly string[]) => ({ ok: true, value: runs.length }));
    log.mockReset();
    const env = {
      DB: db,
      RUN_PARTITION: { getByName: (name: string) => ({ wake: (runs: readonly string[]) => wake(name, runs) }) },
      BLOBS: { ...fakeR2().bucket, delete: async (keys: string[]) => deleted.push(...keys) },
    } as unknown as Env;
    context = { env, deployment, waitUntil: () => undefined };
  });
  const put = async (ending: Ending, ticket: number, eraseAt: number | null = null) => {
    const story = tell({ ending, ticket });
    await projectAll(db, story, eraseAt);
    return story;
  };

  it("wakes each partition once, with those of its runs that are overdue by more than its grace", async () => {
    const runs = [await put("retrying", 1), await put("retrying", 2)];
    await put("asked", 3);
    await db.prepare("update run set partition = 'p1' where id = ?").bind(runs[1]?.id).run();
    const due = await db.prepare("select max(due) as due from run where status = 'waiting' and due < ?").bind(NOW).first<number>("due");
    const { due: until } = due as unknown as { due: number };
    expect(await sweep(context, until + MINUTE)).toEqual({ woken: 0, erased: 0 });
    expect(wake).not.toHaveBeenCalled();
    expect(await sweep(context, until + MINUTE + 1)).toEqual({ woken: 2, erased: 0 });
    expect(wake.mock.calls.sort()).toEqual([
      ["p1", [runs[1]?.id]],
      ["p7", [runs[0]?.id]],
    ]);
  });

  it("erases what is due until none is, and large events from R2", async () => {
    const stories = [];
    for (let ticket = 1; ticket <= 230; ticket++) stories.push(await put("approved", ticket, NOW - ticket));
    const kept = await put("approved", 999, NOW + DAY);
    expect(await sweep(context, NOW)).toEqual({ woken: 0, erased: 230 });
    expect(deleted.sort()).toEqual(stories.map(({ event }) => `event/${event.id}`).sort());
    expect((await readRun(db, kept.id))?.audit[0]?.body).not.toBeNull();
    expect(await sweep(context, NOW)).toEqual({ woken: 0, erased: 0 });
  });

  it("goes on with the rest when a partition does not answer or refuses, and says so", async () => {
    await put("retrying", 1);
    await put("approved", 2, NOW);
    wake.mockRejectedValueOnce(new Error("no such object"));
    expect(await sweep(context, NOW + DAY)).toEqual({ woken: 0, erased: 1 });
    expect(log.mock.calls.flat().join()).toContain("wake failed, will be repeated");
    wake.mockResolvedValueOnce({ ok: false, error: { code: "internal", message: "broken" } });
    expect(await sweep(context, NOW + DAY)).toEqual({ woken: 0, erased: 0 });
  });

  it("erases nothing in D1 whose event R2 still has", async () => {
    const story = await put("approved", 1, NOW);
    context.env.BLOBS.delete = () => Promise.reject(new Error("R2 is away"));
    expect(await sweep(context, NOW)).toEqual({ woken: 0, erased: 0 });
    expect((await readRun(db, story.id))?.run.erasedAt).toBeNull();
    expect(log.mock.calls.flat().join()).toContain("erase failed, will be repeated");
  });
});
