// /approvals: the inbox, one approval, who has taken it, what was said, and the answer to it. The answer goes to the run's partition; a refusal is shown where it
// was given.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { DecisionInput } from "../../core/approval.ts";
import { errorFacts, type Failure, fail, failureOf, InterlockError, ok, type Result } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { sameJson } from "../../core/json.ts";
import { type ApprovalDetail, listApprovals, readApproval } from "../../db/reads.ts";
import type { Deployment } from "../../deployment.ts";
import type { Gate } from "../../governance/gate.ts";
import { ClaimInput, claimApproval, claimsNow, releaseApproval } from "../../operations/claim-approval.ts";
import { CommentInput, commentOnApproval, commentsOf } from "../../operations/comment-on-approval.ts";
import { alikeAmong } from "../../operations/decide-together.ts";
import { gateOf } from "../../operations/gate-of.ts";
import { decideApproval } from "../../operations/govern-run.ts";
import { heldTo } from "../../operations/held-to.ts";
import { permitApproval } from "../../operations/require-role.ts";
import { timeAnswer } from "../../operations/time-answer.ts";
import { actionFacts } from "../action-facts.ts";
import { type ConsoleEnv, operationContext, orRefuse, withinOf } from "../console-env.ts";
import { filledIn, LimitInput, PositionInput, parseInput, positionText, readForm } from "../input.ts";
import { APPROVAL_NOTICES, type ApprovalNotice, ApprovalPage } from "../pages/approval-page.tsx";
import { ApprovalsPage } from "../pages/approvals-page.tsx";
import { type Draft, VALUE_PREFIX, WORDS } from "../pages/decision-forms.tsx";
import { editablesOf, readEditor } from "../pages/field-editor.ts";
import { decideTogetherPages } from "./decide-together.tsx";
import { frameFor, renderPage } from "./page.ts";

/** Answers that say what the reviewer made of the change. */
const TIMED: readonly string[] = ["approved", "edited", "rejected"];

const Query = z.object({ status: z.enum(["pending", "decided"]).default("pending"), after: PositionInput.optional(), limit: LimitInput });

export const approvalPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .route("/", decideTogetherPages(deployment))
    .get("/", async (c) => {
      const query = { ...parseInput(Query, c.req.query()), within: withinOf(c, "read approvals") };
      const [{ rows, next }, frame] = await Promise.all([listApprovals(c.env.DB, query), frameFor(c.env.DB, c.get("principal"))]);
      const ids = rows.map(({ id }) => id);
      const now = Date.now();
      const pending = query.status === "pending";
      const [claims, alike] = pending ? await Promise.all([claimsNow(c.env.DB, ids, now), alikeAmong(c.env.DB, ids)]) : [];
      const address = next && `/approvals?${new URLSearchParams({ status: query.status, after: positionText(next) })}`;
      return renderPage(
        c,
        <ApprovalsPage frame={frame} status={query.status} approvals={rows} next={address} now={now} claims={claims} alike={alike} />,
      );
    })
    .get("/:id", async (c) => {
      const notice = c.req.query("notice") ?? "";
      return showApproval(c, deployment, { notice: Object.hasOwn(APPROVAL_NOTICES, notice) ? (notice as ApprovalNotice) : null });
    })
    .post("/:id/claim", async (c) =>
      onTask(c, deployment, async (form) => {
        const input = parseInput(ClaimInput, filledIn(form));
        return claimApproval(operationContext(c, deployment), c.get("principal"), c.req.param("id"), input, Date.now());
      }),
    )
    .post("/:id/release", async (c) =>
      onTask(c, deployment, () => releaseApproval(operationContext(c, deployment), c.get("principal"), c.req.param("id"), Date.now())),
    )
    .post("/:id/comments", async (c) =>
      onTask(c, deployment, async (form) => {
        const input = parseInput(CommentInput, { text: form.text ?? "" });
        return commentOnApproval(operationContext(c, deployment), c.get("principal"), c.req.param("id"), input, Date.now());
      }),
    )
    .post("/:id/decision", async (c) => {
      const id = c.req.param("id");
      const form = await readForm(c.req);
      const asked = await approvalOf(c, id);
      const stood = gateOf(asked, Date.now());
      const draft = draftOf(form);
      const input = decisionOf(form, draft, asked, stood);
      const decided = input.ok ? await decideApproval(operationContext(c, deployment), c.get("principal"), id, input.value) : input;
      if (decided.ok) {
        const shown = Number(c.req.query("shown"));
        if (input.ok && TIMED.includes(input.value.kind))
          await timeAnswer(operationContext(c, deployment), c.get("principal"), id, shown, Date.now());
        const open = input.ok ? staysOpen(input.value, asked, stood) : null;
        if (open !== null) return c.redirect(`/approvals/${encodeURIComponent(id)}?notice=${open}`, 303);
        const isQuestion = asked.approval.approval.question !== undefined;
        const kind = isQuestion ? "answered" : input.ok ? input.value.kind : "approved";
        return c.redirect(`/runs/${encodeURIComponent(asked.approval.run)}?notice=${kind}`, 303);
      }
      // Read again: what refused the answer may be in D1 by now.
      return showApproval(c, deployment, { refused: decided.error, draft });
    });

interface Shown {
  readonly notice?: ApprovalNotice | null;
  readonly refused?: Failure | null;
  readonly draft?: Draft | null;
  /** A comment that was refused. */
  readonly said?: string;
}

async function showApproval(
  c: HonoContext<ConsoleEnv, "/:id">,
  deployment: Deployment,
  { notice = null, refused = null, draft = null, said }: Shown = {},
): Promise<Response> {
  const id = c.req.param("id");
  const now = Date.now();
  const detail = await approvalOf(c, id);
  const [frame, claims, comments, held] = await Promise.all([
    frameFor(c.env.DB, c.get("principal")),
    claimsNow(c.env.DB, [id], now),
    commentsOf(c.env.DB, id),
    heldTo(c.env.DB, detail),
  ]);
  const page = (
    <ApprovalPage
      frame={frame}
      detail={detail}
      action={actionFacts(deployment, detail.approval.approval.action)}
      now={now}
      gate={gateOf(detail, now)}
      notice={notice}
      refused={refused}
      draft={draft}
      held={held}
      task={{ claim: claims.get(id) ?? null, comments, said }}
    />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}

/** Does what a form beside the decision asks, and shows the page again. */
async function onTask(
  c: HonoContext<ConsoleEnv, "/:id">,
  deployment: Deployment,
  work: (form: Record<string, string>) => Promise<Result<unknown>>,
): Promise<Response> {
  const form = Object.fromEntries(await readForm(c.req));
  const done = await work(form).catch((thrown): Result<never> => {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  });
  return done.ok
    ? c.redirect(`/approvals/${encodeURIComponent(c.req.param("id"))}`, 303)
    : showApproval(c, deployment, { refused: done.error, ...(form.text === undefined ? {} : { said: form.text }) });
}

async function approvalOf(c: HonoContext<ConsoleEnv>, id: string): Promise<ApprovalDetail> {
  orRefuse(await permitApproval(c.env.DB, c.get("principal"), "read approvals", id));
  const detail = await readApproval(c.env.DB, id);
  if (!detail) throw new InterlockError("approval.not_found", `No approval ${id}`);
  return detail;
}

function draftOf(form: ReadonlyMap<string, string>): Draft {
  const values = [...form].flatMap(([name, text]) =>
    name.startsWith(VALUE_PREFIX) ? [[name.slice(VALUE_PREFIX.length), text] as const] : [],
  );
  const kind = form.get("kind") ?? "";
  return { kind, values: Object.fromEntries(values), reason: form.get(WORDS[kind] ?? "reason") ?? "" };
}

/** What was said leaves the approval open: by which name that is told on its page. Null where it is decided. */
function staysOpen(said: DecisionInput, { spec }: ApprovalDetail, stood: Gate | null): ApprovalNotice | null {
  switch (said.kind) {
    case "ask":
    case "inform":
    case "reassign":
      return said.kind;
    case "approved":
      return (stood?.missing ?? 1) > 1 ? said.kind : null;
    case "edited":
      return (spec?.spec.review.approvals ?? 1) > 1 ? said.kind : null;
    case "rejected":
    case "insufficient":
      return null;
  }
}

/** The form as a decision. Texts become values by the editors that the page showed; values that nobody touched are an approval of what was asked. */
function decisionOf(form: ReadonlyMap<string, string>, draft: Draft, detail: ApprovalDetail, stood: Gate | null): Result<DecisionInput> {
  const digest = form.get("digest") ?? "";
  const words =
    draft.reason === "" && (draft.kind === "approved" || draft.kind === "edited") ? {} : { [WORDS[draft.kind] ?? ""]: draft.reason };
  try {
    if (draft.kind !== "edited") return ok(parseInput(DecisionInput, { kind: draft.kind, digest, ...words }));
    const { approval } = detail.approval;
    const shown = stood?.values ?? approval.values;
    const regulated = Boolean(detail.spec?.spec.regulated);
    const rules = detail.spec?.spec.actions[approval.action]?.fields ?? {};
    const read: [string, Json][] = [];
    for (const { field, proposed, editor } of editablesOf(approval, shown, rules)) {
      const text = draft.values[field];
      if (text === undefined)
        return fail("approval.edit_refused", `${field}: give a value for every field that was asked about`, { field });
      if (text === "" && regulated && !approval.answer)
        return fail("approval.edit_refused", `${field}: give a value yourself, this decision is regulated and nothing is filled in`, {
          field,
        });
      const value = readEditor(editor, field, text, proposed);
      if (!value.ok) return value;
      read.push([field, value.value]);
    }
    const values = Object.fromEntries(read);
    return ok(
      parseInput(
        DecisionInput,
        sameJson(values, shown) ? { kind: "approved", digest, ...words } : { kind: "edited", digest, values, ...words },
      ),
    );
  } catch (thrown) {
    return { ok: false, error: withoutFieldName(failureOf(thrown)) };
  }
}

/** Beside its own form field, an error need not begin with the field's name. */
const withoutFieldName = (failure: Failure): Failure =>
  failure.field && failure.message.startsWith(`${failure.field}: `)
    ? { ...failure, message: failure.message.slice(failure.field.length + 2) }
    : failure;
