// Tells people in a chat what waits for them: once when they are asked, and again for each reminder and escalation that a run has recorded; and tells each of those
// messages how it ended. Part of the sweep: a notice stops no run, and one that could not be posted is tried again.
import { errorFacts, failureOf } from "../core/errors.ts";
import { dueNotices, noticeClosed, noticeSent, noticesToClose, takeNotice } from "../db/approval-notices.ts";
import { type Task, tasksOf } from "../db/approval-tasks.ts";
import { readSpec } from "../db/reads.ts";
import { type NoticeFacts, noticeOf, settledNotice } from "../governance/notice.ts";
import type { Context } from "./context.ts";
import { type NoticePlace, noticePlace } from "./notice-place.ts";

/** Per sweep and kind. Slack takes about one message a second in a channel; what is left over waits a minute. */
const NOTICES = 20;

/** How many messages were posted or rewritten. Stops at the first that the chat does not take: the next one would not fare better. */
export async function sendNotices(context: Context, now: number): Promise<number> {
  const place = noticePlace(context);
  if (!place) return 0;
  const db = context.env.DB;
  const [due, settled] = await Promise.all([dueNotices(db, now, NOTICES), noticesToClose(db, NOTICES)]);
  if (due.length + settled.length === 0) return 0;
  const facts = await factsOf(
    context,
    place,
    [...due, ...settled].map(({ approval }) => approval),
  );
  for (const notice of due) {
    const about = facts.get(notice.approval);
    if (!about || !(await takeNotice(db, notice, now))) continue;
    const posted = await place.chat.post(place.channel, noticeOf(notice.kind, about), place.http);
    await noticeSent(db, notice, posted, now);
  }
  for (const notice of settled) {
    const about = facts.get(notice.approval);
    if (!about) continue;
    const rewritten = place.chat.rewrite(notice, settledNotice(about, notice.status, notice.decidedBy), place.http);
    // A message that somebody has removed is not asked for again.
    await rewritten.catch((thrown) => {
      if (errorFacts(failureOf(thrown).code).retry !== "never") throw thrown;
    });
    await noticeClosed(db, notice, now);
  }
  return due.length + settled.length;
}

/** What is known of these approvals, by id. */
export async function factsOf(
  context: Context,
  { linkTo }: Pick<NoticePlace, "linkTo">,
  approvals: readonly string[],
): Promise<ReadonlyMap<string, NoticeFacts>> {
  const db = context.env.DB;
  const tasks = await tasksOf(db, [...new Set(approvals)]);
  const keyOf = ({ workflow, specVersion }: Task) => `${workflow}@${specVersion}`;
  const wanted = [...new Map(tasks.map((task) => [keyOf(task), task])).values()];
  const specs = new Map(
    await Promise.all(
      wanted.map(async (task) => [keyOf(task), (await readSpec(db, task.workflow, task.specVersion))?.spec ?? null] as const),
    ),
  );
  return new Map(
    tasks.map((task) => {
      const { id, workflow, approval } = task;
      return [id, { workflow, approval, spec: specs.get(keyOf(task)) ?? null, link: linkTo(id) }];
    }),
  );
}
