// One good request for every route of the app, on the stories below: what somebody who may would send. `thing`: it is about something of the workflow
// "ticket-triage", so that a grant for another workflow must not be enough. `decides`: it approves or decides. `otherwise`: how it ends for those who may, where
// that is no success. A route that has none here fails the access test.

import { sha256Hex } from "../../../src/core/crypto.ts";
import { canonical, digest as digestOf } from "../../../src/core/json.ts";

import { keepAssessment } from "../../../src/db/assessments.ts";
import { tripBreaker } from "../../../src/db/breakers.ts";
import { insertCertificate } from "../../../src/db/certificates.ts";
import { eventLetter, keepDeadLetters } from "../../../src/db/dead-letters.ts";
import { keepVersion } from "../../../src/db/model-versions.ts";
import { insertDraft, submitDraft } from "../../../src/db/specs.ts";
import { certificateFor } from "./certified.ts";
import { type Console, openConsole } from "./console.ts";
import { fakeR2 } from "./fake-r2.ts";
import { MINUTE, NOW, SPEC, type Story, tell } from "./stories.ts";
import { FACTS, finished, labelledRecords } from "./validations.ts";
import { CHECKED, FILE, insertBegun, RUNNING, STOPPED, UPLOAD } from "./validations-begun.ts";

export interface Sample {
  readonly path: string;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly thing?: true;
  readonly decides?: true;
  readonly otherwise?: number;
}

export const WORKFLOW = "ticket-triage";
const startedAt = Date.now() - 10 * MINUTE;
const asked = tell({ ending: "asked", ticket: 1, startedAt });
const approved = tell({ ending: "approved", ticket: 2, startedAt });
const unknown = tell({ ending: "unknown", ticket: 3, startedAt });
const failed = tell({ ending: "failed", ticket: 4, startedAt });
const sent = tell({ ending: "approved", ticket: 5, startedAt, sampled: true });
/** A sampled write of a run in which somebody else decided. */
const sampled: Story = {
  ...sent,
  entries: sent.entries.map((entry) =>
    entry.type === "approval.decided" ? { ...entry, decision: { kind: "approved", by: "grace@example.com" } as const } : entry,
  ),
};
const stories = [asked, approved, unknown, failed, sampled];

/** What an answer to somebody with grants for another workflow must not hold. */
export const SECRETS: readonly string[] = [
  ...stories.map(({ id }) => id),
  asked.approvalId,
  "Charged twice",
  "Noor Haddad",
  CHECKED,
  RUNNING,
];

const LETTER = "dl_1";
const CONTEST = "cts_1";
const VERSION = `builtin/${WORKFLOW}@0123456789abcdef`;

export async function openStories(options: NonNullable<Parameters<typeof openConsole>[1]>): Promise<Console> {
  const r2 = fakeR2();
  r2.objects.set(`validation/${CHECKED}`, FILE);
  // Stories are told anew: a request adds to their journals.
  const open = await openConsole(
    stories.map((story) => ({ ...story, entries: [...story.entries] })),
    { ...options, env: { BLOBS: r2.bucket, ...options.env } },
  );
  if (options.image) return open;
  await insertBegun(open.db);
  for (const [spec, author] of [
    [DRAFT, "ada@example.com"],
    [SUBMITTED, "ann@example.com"],
  ] as const) {
    const body = canonical(spec);
    await insertDraft(open.db, { workflow: WORKFLOW, version: spec.version, body, digest: sha256Hex(body), author }, NOW);
  }
  await submitDraft(
    open.db,
    { workflow: WORKFLOW, version: SUBMITTED.version, digest: sha256Hex(canonical(SUBMITTED)), note: null, emergency: null },
    NOW,
  );
  const event = { ...asked.event, id: "evt_9" };
  await keepDeadLetters(open.db, [{ ...eventLetter(event, "no spec"), id: LETTER }], NOW);
  await open.db
    .prepare(
      "insert into contest (id, run, step, person, reason, at, by) values (?, ?, 'tell the team', 'case 7', 'why', ?, 'olga@example.com')",
    )
    .bind(CONTEST, approved.id, NOW)
    .run();
  await keepAssessment(open.db, {
    connection: "slack",
    at: NOW,
    by: "olga@example.com",
    found: {
      findings: [{ check: "auth", summary: "It lets us in", outcome: "confirmed", said: "The token is good" }],
      calls: 1,
      medianMs: 40,
      skewMs: 0,
      wrote: false,
    },
  });
  await insertCertificate(open.db, { certificate: CERTIFICATE, issuedBy: "ann@example.com" });
  await tripBreaker(open.db, { workflow: WORKFLOW, at: NOW, by: "interlock", reason: "9 of 60 were wrong", evidence: { audited: 60 } });
  await finished(open.env, { facts: FACTS, records: VALIDATED });
  await keepVersion(open.db, {
    id: VERSION,
    workflow: WORKFLOW,
    trainedAt: NOW,
    trainedBy: "ann@example.com",
    rows: { shipped: 10, approved: 0, edited: 0 },
    unused: 0,
    fields: [],
    missing: [],
  });
  return open;
}

/** Few: the access test opens these stories for every kind of person. */
const VALIDATED = labelledRecords(3);
const REPORT = `/validations/${FACTS.id}`;
const RELABEL = { record: "t-1", revision: 1, labels: { team: "privacy" }, reason: "It is about deletion" };
const CERTIFICATE = certificateFor(WORKFLOW);

const digest = (() => {
  const entry = asked.entries.find(({ type }) => type === "approval.requested");
  return entry?.type === "approval.requested" ? entry.approval.digest : "";
})();

const STEP = "route ticket";
/** Of no text that anybody was shown. */
const OTHER = "0".repeat(64);
const DAYS = { dpaSignedOn: "2026-03-01", dpaExpires: "2027-02-28" };
const FORM_CARD = { provider: "openai", host: "api.openai.com", ...DAYS, region: "eu", keeps: "nothing", transfer: "none" };
const CARD = { provider: "openai", host: "api.openai.com", ...DAYS, region: "eu", zeroRetention: true, transfer: "none" };
const RULES = `/specs/${WORKFLOW}`;
/** Who asks wrote the one and not the other. */
const DRAFT = { ...SPEC, version: SPEC.version + 1 };
const SUBMITTED = { ...SPEC, version: SPEC.version + 2 };
const NEXT = { ...SPEC, version: SPEC.version + 3 };
const DRAFT_AT = `${RULES}/${DRAFT.version}`;
const SUBMITTED_AT = `${RULES}/${SUBMITTED.version}`;
/** The preview of what these stories wrote: nobody answers at the records' address. */
const PREVIEW = digestOf(
  ["tell the team", STEP].map((step) => ({ run: approved.id, step, outlook: { kind: "unread", code: "internal" } })),
);
const CHECK = { run: sampled.id, step: "tell the team", verdict: "right" };
const GRANT = { principal: "grace@example.com", role: "operator", workflow: WORKFLOW };
/** Of test/unit/http/access.test.ts. */
const REVOKED = { principal: "grace@example.com", role: "auditor", workflow: "*" };

const WORK = { volume: 4000, minutesManual: 6, minutesReview: 1.5, hourlyCost: 38, costPerError: 25, platformCost: 1500, setupCost: 30000 };
const WORK_FORM = Object.fromEntries(Object.entries(WORK).map(([name, value]) => [name, String(value)]));

const CONTESTED = { step: "tell the team", person: "case 8", reason: "It is about me" };

export const SAMPLES: Readonly<Record<string, Sample>> = {
  "GET /api/runs": { path: "/api/runs" },
  "GET /api/runs/:id": { path: `/api/runs/${approved.id}`, thing: true },
  "GET /api/runs/:id/history": { path: `/api/runs/${approved.id}/history`, thing: true },
  "GET /api/runs/:id/journal": { path: `/api/runs/${approved.id}/journal`, thing: true },
  "POST /api/runs/bulk": { path: "/api/runs/bulk", json: { filter: { status: "waiting" }, request: { do: "pause" } } },
  "POST /api/runs/:id/lifecycle": { path: `/api/runs/${asked.id}/lifecycle`, json: { do: "pause" }, thing: true },
  "POST /api/runs/:id/replay": { path: `/api/runs/${failed.id}/replay`, json: {}, thing: true },
  "POST /api/runs/:id/restart": { path: `/api/runs/${failed.id}/restart`, json: { step: "triage" }, thing: true },
  "POST /api/runs/:id/undo": { path: `/api/runs/${approved.id}/undo`, json: { step: STEP }, thing: true },
  "POST /api/runs/:id/signals": { path: `/api/runs/${asked.id}/signals`, json: { name: "go", id: "s1", data: null }, thing: true },
  "POST /api/runs/:id/resolve": { path: `/api/runs/${unknown.id}/resolve`, json: { step: STEP, choice: "applied" }, thing: true },
  "GET /api/approvals": { path: "/api/approvals" },
  "GET /api/approvals/:id": { path: `/api/approvals/${asked.approvalId}`, thing: true },
  "POST /api/approvals/:id/decision": {
    path: `/api/approvals/${asked.approvalId}/decision`,
    json: { kind: "approved", digest },
    thing: true,
    decides: true,
  },
  "POST /api/approvals/bulk": {
    path: "/api/approvals/bulk",
    json: { digestOfChange: "d", ids: [asked.approvalId], decision: "approved" },
    thing: true,
    decides: true,
  },
  "POST /api/approvals/:id/claim": { path: `/api/approvals/${asked.approvalId}/claim`, json: {}, thing: true, decides: true },
  "POST /api/approvals/:id/release": { path: `/api/approvals/${asked.approvalId}/release`, json: {}, thing: true, decides: true },
  "POST /api/approvals/:id/comments": { path: `/api/approvals/${asked.approvalId}/comments`, json: { text: "Hm" }, thing: true },
  "POST /api/runs/:id/contests": { path: `/api/runs/${approved.id}/contests`, json: CONTESTED, thing: true },
  "GET /api/contests": { path: "/api/contests" },
  "POST /api/contests/:id/closing": {
    path: `/api/contests/${CONTEST}/closing`,
    json: { outcome: "upheld", reason: "I looked" },
    thing: true,
    decides: true,
  },
  "GET /api/validations": { path: "/api/validations" },
  "POST /api/validations": { path: "/api/validations", json: UPLOAD, thing: true },
  "GET /api/validations/:id": { path: `/api/validations/${RUNNING}`, thing: true },
  "POST /api/validations/:id/start": { path: `/api/validations/${CHECKED}/start`, json: {}, thing: true },
  "POST /api/validations/:id/cancel": { path: `/api/validations/${RUNNING}/cancel`, json: {}, thing: true },
  "POST /api/validations/:id/resume": { path: `/api/validations/${STOPPED}/resume`, json: {}, thing: true },
  "GET /validations": { path: "/validations" },
  // Whoever may sends a file with it; this form has none, and is refused for that.
  "POST /validations": { path: "/validations", form: { workflow: WORKFLOW, limit: "0.05" }, thing: true, otherwise: 400 },
  "GET /validations/:id": { path: `/validations/${RUNNING}`, thing: true },
  "POST /validations/:id/start": { path: `/validations/${CHECKED}/start`, form: {}, thing: true },
  "POST /validations/:id/cancel": { path: `/validations/${RUNNING}/cancel`, form: {}, thing: true },
  "POST /validations/:id/resume": { path: `/validations/${STOPPED}/resume`, form: {}, thing: true },
  "GET /api/effects": { path: "/api/effects" },
  "GET /api/effects/export": { path: "/api/effects/export" },
  "GET /api/effects/undo": { path: `/api/effects/undo?run=${approved.id}`, thing: true },
  "POST /api/effects/undo": { path: "/api/effects/undo", json: { filter: { run: approved.id }, digest: PREVIEW }, thing: true },
  "GET /api/effects/checks": { path: "/api/effects/checks" },
  "POST /api/effects/checks": { path: "/api/effects/checks", json: CHECK, thing: true, decides: true },
  "GET /api/costs": { path: "/api/costs" },
  "GET /api/costs/export": { path: "/api/costs/export" },
  "GET /api/dead-letters": { path: "/api/dead-letters", thing: true },
  "POST /api/dead-letters/replay": { path: "/api/dead-letters/replay", json: { reason: "no spec" }, thing: true },
  "POST /api/dead-letters/:id/replay": { path: `/api/dead-letters/${LETTER}/replay`, json: {}, thing: true },
  "GET /api/halts": { path: "/api/halts" },
  "POST /api/halts": { path: "/api/halts", json: { scope: WORKFLOW, on: true, reason: "wrong teams" }, thing: true },
  "GET /api/breakers": { path: "/api/breakers" },
  "POST /api/breakers/:workflow/close": {
    path: `/api/breakers/${WORKFLOW}/close`,
    json: { openedAt: NOW, reason: "The prompt is mended" },
    thing: true,
    decides: true,
  },
  "GET /api/connections": { path: "/api/connections" },
  "POST /api/connections/:name/assess": { path: "/api/connections/zendesk/assess", json: { write: false } },
  "GET /api/certificates": { path: "/api/certificates" },
  "POST /api/certificates": {
    path: "/api/certificates",
    json: { validation: FACTS.id, digest: OTHER },
    thing: true,
    otherwise: 409,
  },
  "GET /api/certificates/:id": { path: `/api/certificates/${CERTIFICATE.id}`, thing: true },
  "GET /api/workflows": { path: "/api/workflows" },
  "GET /api/workflows/:name/data-flow": { path: `/api/workflows/${WORKFLOW}/data-flow`, thing: true },
  "POST /api/workflows/:name/data-flow/approvals": {
    path: `/api/workflows/${WORKFLOW}/data-flow/approvals`,
    json: { digest: OTHER },
    thing: true,
    decides: true,
    otherwise: 409,
  },
  "GET /api/workflows/:name/business-case": { path: `/api/workflows/${WORKFLOW}/business-case`, thing: true },
  "POST /api/workflows/:name/business-case": { path: `/api/workflows/${WORKFLOW}/business-case`, json: WORK, thing: true },
  "GET /api/provider-cards": { path: "/api/provider-cards", thing: true },
  "POST /api/provider-cards": { path: "/api/provider-cards", json: CARD, thing: true, decides: true },
  "GET /api/audit/key": { path: "/api/audit/key", otherwise: 404 },
  "GET /api/audit/checkpoints": { path: "/api/audit/checkpoints", thing: true },
  "GET /api/audit/checkpoints/:number": { path: "/api/audit/checkpoints/1", thing: true, otherwise: 404 },
  "GET /api/audit/runs/:id": { path: `/api/audit/runs/${approved.id}`, thing: true },
  "GET /api/audit/export": { path: "/api/audit/export?format=csv" },
  "GET /api/specs": { path: "/api/specs" },
  "GET /api/specs/:workflow/diff": { path: `/api${RULES}/diff?from=${SPEC.version}&to=${SPEC.version}`, thing: true },
  "GET /api/specs/:workflow/:version": { path: `/api${RULES}/${SPEC.version}`, thing: true },
  "POST /api/specs/:workflow/drafts": { path: `/api${RULES}/drafts`, json: { spec: NEXT }, thing: true },
  "PUT /api/specs/:workflow/:version": { path: `/api${DRAFT_AT}`, json: { spec: DRAFT }, thing: true },
  "POST /api/specs/:workflow/:version/submit": { path: `/api${DRAFT_AT}/submit`, json: {}, thing: true },
  "POST /api/specs/:workflow/:version/approve": {
    path: `/api${SUBMITTED_AT}/approve`,
    json: { digest: sha256Hex(canonical(SUBMITTED)) },
    thing: true,
    decides: true,
  },
  "POST /api/specs/:workflow/:version/reject": {
    path: `/api${SUBMITTED_AT}/reject`,
    json: { reason: "not yet" },
    thing: true,
    decides: true,
  },
  "POST /api/specs/:workflow/:version/retire": {
    path: `/api${RULES}/${SPEC.version}/retire`,
    json: { reason: "over" },
    thing: true,
    decides: true,
  },
  "POST /api/specs/dry-run": { path: "/api/specs/dry-run", json: { spec: SPEC, last: 5 }, thing: true },
  "GET /api/validations/:id/report": { path: `/api${REPORT}/report`, thing: true },
  "GET /api/validations/:id/threshold": { path: `/api${REPORT}/threshold?threshold=0.9`, thing: true },
  "GET /api/validations/:id/export/:format": { path: `/api${REPORT}/export/jsonl`, thing: true },
  "POST /api/validations/:id/relabel": { path: `/api${REPORT}/relabel`, json: RELABEL, thing: true },
  "GET /api/overview": { path: "/api/overview" },
  "GET /api/model-versions": { path: "/api/model-versions" },
  "POST /api/model-versions/:workflow/trainings": { path: `/api/model-versions/${WORKFLOW}/trainings`, json: {}, thing: true },
  "POST /api/model-versions/:workflow/current": {
    path: `/api/model-versions/${WORKFLOW}/current`,
    json: { model: VERSION },
    thing: true,
    decides: true,
  },
  "GET /api/workflows/:name/review": { path: `/api/workflows/${WORKFLOW}/review`, thing: true },
  "GET /api/workflows/:name/shadow": { path: `/api/workflows/${WORKFLOW}/shadow`, thing: true },
  "POST /api/workflows/:name/shadow/compare": { path: `/api/workflows/${WORKFLOW}/shadow/compare`, json: {}, thing: true },
  "GET /api/grants": { path: "/api/grants", thing: true },
  "POST /api/grants": { path: "/api/grants", json: GRANT, thing: true },
  "POST /api/grants/revoke": { path: "/api/grants/revoke", json: REVOKED, thing: true },

  "GET /": { path: "/" },
  "GET /approvals": { path: "/approvals" },
  "GET /approvals/:id": { path: `/approvals/${asked.approvalId}`, thing: true },
  "POST /approvals/:id/decision": {
    path: `/approvals/${asked.approvalId}/decision`,
    form: { kind: "approved", digest },
    thing: true,
    decides: true,
  },
  "GET /approvals/:id/together": { path: `/approvals/${asked.approvalId}/together`, thing: true },
  "POST /approvals/:id/together": {
    path: `/approvals/${asked.approvalId}/together`,
    form: { digestOfChange: "d", [`approval:${asked.approvalId}`]: "yes", decision: "approved" },
    thing: true,
    decides: true,
  },
  "POST /approvals/:id/claim": { path: `/approvals/${asked.approvalId}/claim`, form: {}, thing: true, decides: true },
  "POST /approvals/:id/release": { path: `/approvals/${asked.approvalId}/release`, form: {}, thing: true, decides: true },
  "POST /approvals/:id/comments": { path: `/approvals/${asked.approvalId}/comments`, form: { text: "Hm" }, thing: true },
  "POST /runs/:id/contests": { path: `/runs/${approved.id}/contests`, form: CONTESTED, thing: true },
  "GET /contests": { path: "/contests" },
  "POST /contests/:id/closing": {
    path: `/contests/${CONTEST}/closing`,
    form: { outcome: "upheld", reason: "I looked" },
    thing: true,
    decides: true,
  },
  "GET /runs": { path: "/runs" },
  "POST /runs/bulk": { path: "/runs/bulk", form: { status: "waiting", ask: "pause", confirmed: "yes" } },
  "GET /runs/:id": { path: `/runs/${approved.id}`, thing: true },
  "POST /runs/:id/undo": { path: `/runs/${approved.id}/undo`, form: { step: STEP }, thing: true },
  "POST /runs/:id/resolve": { path: `/runs/${unknown.id}/resolve`, form: { step: STEP, choice: "applied" }, thing: true },
  "POST /runs/:id/pause": { path: `/runs/${asked.id}/pause`, form: {}, thing: true },
  "POST /runs/:id/resume": { path: `/runs/${asked.id}/resume`, form: {}, thing: true },
  "POST /runs/:id/retry": { path: `/runs/${failed.id}/retry`, form: {}, thing: true },
  "POST /runs/:id/cancel": { path: `/runs/${asked.id}/cancel`, form: { compensate: "no" }, thing: true },
  "POST /runs/:id/replay": { path: `/runs/${failed.id}/replay`, form: {}, thing: true },
  "POST /runs/:id/restart": { path: `/runs/${failed.id}/restart`, form: { step: "triage" }, thing: true },
  "GET /effects": { path: "/effects" },
  "POST /effects/checks": { path: "/effects/checks", form: CHECK, thing: true, decides: true },
  "GET /effects/undo": { path: `/effects/undo?run=${approved.id}`, thing: true },
  "POST /effects/undo": { path: "/effects/undo", form: { run: approved.id, digest: PREVIEW, confirmed: "yes" }, thing: true },
  "GET /costs": { path: "/costs" },
  "GET /workflows": { path: "/workflows" },
  "GET /workflows/:name/data-flow": { path: `/workflows/${WORKFLOW}/data-flow`, thing: true },
  "POST /workflows/:name/data-flow": {
    path: `/workflows/${WORKFLOW}/data-flow`,
    form: { digest: OTHER },
    thing: true,
    decides: true,
    otherwise: 409,
  },
  "GET /workflows/:name/business-case": { path: `/workflows/${WORKFLOW}/business-case`, thing: true },
  "POST /workflows/:name/business-case": { path: `/workflows/${WORKFLOW}/business-case`, form: WORK_FORM, thing: true },
  "GET /workflows/:name/review": { path: `/workflows/${WORKFLOW}/review`, thing: true },
  "POST /workflows/:name/review/draft": {
    path: `/workflows/${WORKFLOW}/review/draft`,
    form: { to: "0.7", decision: "triage" },
    thing: true,
    otherwise: 409,
  },
  "POST /workflows/:name/review/breaker": { path: `/workflows/${WORKFLOW}/review/breaker`, form: {}, thing: true, decides: true },
  "GET /workflows/:name/second-reviews": { path: `/workflows/${WORKFLOW}/second-reviews`, thing: true },
  "POST /workflows/:name/second-reviews/:approval": {
    path: `/workflows/${WORKFLOW}/second-reviews/${approved.approvalId}`,
    form: { reject: "yes", note: "Not ours" },
    thing: true,
    decides: true,
    otherwise: 404,
  },
  "GET /workflows/:name/shadow": { path: `/workflows/${WORKFLOW}/shadow`, thing: true },
  "POST /workflows/:name/shadow/compare": { path: `/workflows/${WORKFLOW}/shadow/compare`, form: {}, thing: true },
  "GET /workflows/:name/shadow/export": { path: `/workflows/${WORKFLOW}/shadow/export`, thing: true },
  "GET /workflows/:name/art-30": { path: `/workflows/${WORKFLOW}/art-30`, thing: true },
  "GET /specs/:workflow/:version/document": { path: `/specs/${WORKFLOW}/${SPEC.version}/document`, thing: true },
  // The deployment's own model is built in: there is nothing to probe.
  "GET /api/models": { path: "/api/models", thing: true },
  "POST /api/models/probe": { path: "/api/models/probe", json: { model: "default" }, thing: true, otherwise: 400 },
  "POST /providers/probe": { path: "/providers/probe", form: { model: "default" }, thing: true, otherwise: 400 },
  "GET /models": { path: "/models" },
  "POST /models/:workflow/trainings": { path: `/models/${WORKFLOW}/trainings`, form: {}, thing: true },
  "POST /models/:workflow/current": { path: `/models/${WORKFLOW}/current`, form: { model: VERSION }, thing: true, decides: true },
  "GET /providers": { path: "/providers", thing: true },
  "POST /providers": { path: "/providers", form: { ...FORM_CARD }, thing: true, decides: true },
  "GET /specs": { path: "/specs" },
  "GET /specs/:workflow/new": { path: `${RULES}/new`, thing: true },
  "POST /specs/:workflow/new": { path: `${RULES}/new`, form: { text: JSON.stringify(NEXT) }, thing: true },
  "GET /specs/:workflow/:version": { path: `${RULES}/${SPEC.version}`, thing: true },
  "GET /specs/:workflow/:version/edit": { path: `${DRAFT_AT}/edit`, thing: true },
  "POST /specs/:workflow/:version/edit": { path: `${DRAFT_AT}/edit`, form: { text: JSON.stringify(DRAFT) }, thing: true },
  "POST /specs/:workflow/:version/submit": { path: `${DRAFT_AT}/submit`, form: {}, thing: true },
  "POST /specs/:workflow/:version/approve": {
    path: `${SUBMITTED_AT}/approve`,
    form: { digest: sha256Hex(canonical(SUBMITTED)) },
    thing: true,
    decides: true,
  },
  "POST /specs/:workflow/:version/reject": { path: `${SUBMITTED_AT}/reject`, form: { reason: "not yet" }, thing: true, decides: true },
  "POST /specs/:workflow/:version/retire": {
    path: `${RULES}/${SPEC.version}/retire`,
    form: { reason: "over" },
    thing: true,
    decides: true,
  },
  "POST /specs/:workflow/:version/dry-run": { path: `${RULES}/${SPEC.version}/dry-run`, form: {}, thing: true },
  "GET /validations/:id/report": { path: `${REPORT}/report`, thing: true },
  "GET /validations/:id/threshold": { path: `${REPORT}/threshold?threshold=0.9&limit=0.1`, thing: true },
  "GET /validations/:id/export/:format": { path: `${REPORT}/export/html`, thing: true },
  "GET /validations/:id/records/:record": { path: `${REPORT}/records/t-1`, thing: true },
  "POST /validations/:id/records/:record": {
    path: `${REPORT}/records/t-1`,
    form: { revision: "1", "label:team": "privacy", reason: "It is about deletion" },
    thing: true,
  },
  "GET /dead-letters": { path: "/dead-letters", thing: true },
  "POST /dead-letters/replay": { path: "/dead-letters/replay", form: { confirmed: "yes" }, thing: true },
  "POST /dead-letters/:id/replay": { path: `/dead-letters/${LETTER}/replay`, form: {}, thing: true },
  "GET /stops": { path: "/stops" },
  "POST /stops": { path: "/stops", form: { scope: WORKFLOW, turn: "on", reason: "wrong teams" }, thing: true },
  "POST /stops/breakers/:workflow/close": {
    path: `/stops/breakers/${WORKFLOW}/close`,
    form: { openedAt: String(NOW), reason: "The prompt is mended" },
    thing: true,
    decides: true,
  },
  "GET /connections": { path: "/connections" },
  "GET /connections/:name": { path: "/connections/slack" },
  "POST /connections/:name/assess": { path: "/connections/zendesk/assess", form: {} },
  "GET /certificates": { path: "/certificates" },
  "POST /certificates": { path: "/certificates", form: { validation: FACTS.id, digest: OTHER }, thing: true, otherwise: 409 },
  "GET /certificates/:id": { path: `/certificates/${CERTIFICATE.id}`, thing: true },
  "GET /audit": { path: "/audit" },
  "GET /people": { path: "/people", thing: true },
  "POST /people/grant": { path: "/people/grant", form: GRANT, thing: true },
  "POST /people/revoke": { path: "/people/revoke", form: REVOKED, thing: true },
};

/** Answered without an identity: the stylesheet, and deliveries, whose signature is their proof. */
export const PUBLIC: readonly string[] = ["GET /console.css", "ALL /hooks/:connection", "ALL /hooks/:connection/:secret"];
