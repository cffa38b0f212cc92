// The demo's claims, checked: what was routed alone, what a reviewer decided through the console's forms, what was refused and undone, and that the sandbox's
// records are those that the audit says were written. Every claim that does not hold is a line; none is an exception that hides the others.
import type { RunRow } from "../../src/db/reads.ts";
import type { TicketState } from "../client.ts";
import type { RunDetail } from "./console-client.ts";
import { type Story, settle } from "./story.ts";

export async function checkStory(
  { sandbox, console, sent }: Story,
  say: (line: string) => void,
): Promise<{ passed: number; broken: string[] }> {
  let passed = 0;
  const broken: string[] = [];
  const claim = (text: string, holds: boolean) => {
    if (holds) passed++;
    else broken.push(text);
    say(`  ${holds ? "ok    " : "BROKEN"} ${text}`);
  };
  const runOf = (runs: readonly RunRow[], id: number) => runs.filter((run) => run.subject === String(id));
  const started = sent.filter(({ ticket }) => ticket.expect !== "refused");
  let runs = await console.runs();

  say("\nWhat came in:");
  for (const { ticket, id, statuses } of sent) {
    if (ticket.deliver === "bad-signature") {
      claim(
        `${ticket.name}: the forged webhook was refused with 401`,
        statuses.every((status) => status === 401),
      );
      claim(`${ticket.name}: it started no run`, runOf(runs, id).length === 0);
    } else if (ticket.deliver === "twice") {
      claim(`${ticket.name}: both deliveries were accepted`, statuses.length === 2 && statuses.every((status) => status === 202));
      claim(`${ticket.name}: they made one run`, runOf(runs, id).length === 1);
    }
  }

  say("\nWhat was decided alone, and what was asked:");
  for (const { ticket, id } of started) {
    const [run] = runOf(runs, id);
    const asked = run?.state.status === "waiting" && run.state.on.kind === "approval";
    if (ticket.expect === "automatic") claim(`${ticket.name}: routed without a person`, run?.state.status === "completed" && routed(run));
    else claim(`${ticket.name}: a reviewer is asked first`, asked === true);
  }

  say("\nThe reviewer answers, through the console's forms:");
  const asked = started.filter(({ ticket }) => ticket.expect === "asked");
  const pending = await console.pending();
  const answers = new Map<number, "approved" | "edited" | "rejected">();
  for (const [index, { ticket, id }] of asked.entries()) {
    const approval = pending.find((one) => one.subject === String(id));
    if (!approval) continue;
    const kind = index === asked.length - 1 ? "rejected" : index === 1 ? "edited" : "approved";
    if (kind === "edited") {
      const form = (await console.page(`/approvals/${approval.id}`)).find((one) => one.fields.get("kind") === "edited");
      const forbidden = form && (await console.submit(form, { "value:group": "the-board", "value:priority": "low" }));
      claim(`${ticket.name}: an edit to a group that the spec does not allow is refused`, forbidden?.status === 422);
    }
    await console.decide(
      approval.id,
      kind,
      kind === "edited"
        ? { "value:group": "technical", "value:priority": "low" }
        : kind === "rejected"
          ? { reason: "Not a support request" }
          : {},
    );
    answers.set(id, kind);
    say(`  ticket ${id}: ${kind}`);
  }
  runs = await settle(
    console,
    started.length,
    (run) => run.state.status !== "waiting",
    () => undefined,
  );

  const details = new Map<number, RunDetail>();
  for (const { id } of started) details.set(id, await console.run(runOf(runs, id)[0]?.id ?? ""));
  const [first] = started;
  const undone = first?.id ?? 0;
  say("\nAn operator undoes one route, through the run's page:");
  const undoneRun = runOf(runs, undone)[0]?.id ?? "";
  await console.undo(undoneRun, "route ticket");
  details.set(
    undone,
    await until(
      () => console.run(undoneRun),
      (detail) => effectOf(detail, "route ticket")?.status === "undone",
    ),
  );
  claim("the undo is proved and in the audit", details.get(undone)?.audit.some((row) => row.type === "undo.done") === true);

  say("\nThe sandbox's records against the audit:");
  const state = await sandbox.state();
  const groups = new Map(state.groups.map((group) => [group.id, group.name]));
  for (const { ticket, id } of started) {
    const record = state.tickets.find((one) => one.id === id) as TicketState;
    const detail = details.get(id) as RunDetail;
    const route = effectOf(detail, "route ticket");
    const answer = answers.get(id);
    const kept = !route || route.status === "refused" || route.status === "undone";
    const expected = kept ? route?.body.before : route?.body.values;
    const group = groups.get(record.group_id ?? 0) ?? null;
    claim(
      `ticket ${id} (${ticket.name}${answer ? `, ${answer}` : ""}): the record holds group ${group}, priority ${record.priority ?? "none"}, as the audit says`,
      group === expected?.group && (record.priority ?? null) === expected?.priority,
    );
    const writes = detail.audit.filter((row) => row.type === "effect.applied" && row.step !== "tell the team").length;
    const undos = detail.audit.filter((row) => row.type === "undo.sending").length;
    claim(
      `ticket ${id}: ${record.writes.applied} writes arrived, ${writes + undos} are in the audit`,
      record.writes.applied === writes + undos,
    );
    const notes = record.comments.filter((comment) => comment.body.startsWith("Interlock sent this ticket")).length;
    claim(`ticket ${id}: ${notes} note${notes === 1 ? "" : "s"} of ours`, notes === (route?.status === "refused" ? 0 : 1));
    if (answer === "edited")
      claim(`ticket ${id}: what was written is what the reviewer chose`, group === "technical" && record.priority === "low");
  }
  const told = Object.values(state.slack.messages).flat().length;
  const tellings = [...details.values()].filter((detail) => effectOf(detail, "tell the team")?.status === "applied").length;
  claim(`${told} Slack messages were posted, ${tellings} are in the audit`, told === tellings);
  return { passed, broken };
}

const effectOf = (detail: RunDetail | undefined, step: string) => detail?.effects.find((effect) => effect.step === step);

const routed = (run: RunRow): boolean => run.state.status === "completed" && (run.state.output as { routed?: boolean }).routed === true;

async function until<T>(read: () => Promise<T>, done: (value: T) => boolean): Promise<T> {
  const limit = Date.now() + 15_000;
  for (;;) {
    const value = await read();
    if (done(value) || Date.now() > limit) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
