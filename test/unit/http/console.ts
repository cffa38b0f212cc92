// The whole HTTP side over a fake D1 and a partition that answers with the engine's own decisions: what a person asks is recorded in the story's journal and
// projected again, as the real one does a moment later.

import { type GrantTo, localGrants, seedGrants } from "../../../sandbox/grants.ts";
import { deployment } from "../../../src/config.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import type { Result } from "../../../src/core/errors.ts";
import { answerApproval } from "../../../src/engine/answer-approval.ts";
import { schemaOfApproval } from "../../../src/engine/execute.ts";
import { askUndo, resolveStep } from "../../../src/engine/external.ts";
import type { Entry, NewEntry } from "../../../src/engine/journal.ts";
import { lookAgain } from "../../../src/engine/look-again.ts";
import type { PartitionPort } from "../../../src/engine/partition-port.ts";
import { askOfRun, forkJournal } from "../../../src/engine/run-requests.ts";
import { previewUndo } from "../../../src/engine/undo-preview.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { createApp } from "../../../src/http/app.tsx";
import type { FakeZendesk } from "../connectors/fake-zendesk.ts";
import { fakeD1 } from "./fake-d1.ts";
import { approveSpec, NOW, project, SPEC, type Story } from "./stories.ts";

export interface Console {
  readonly env: Env;
  readonly db: D1Database;
  /** What reached the partition, in order. */
  readonly asked: { readonly what: string; readonly args: readonly unknown[] }[];
  get(path: string, init?: RequestInit): Promise<Response>;
  /** A form as this console's own page would send it. */
  form(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  json(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

export async function openConsole(
  stories: readonly Story[],
  options: {
    env?: Partial<Env>;
    now?: () => number;
    unreachable?: boolean;
    spec?: GovernanceSpec;
    zendesk?: FakeZendesk;
    /** A database that holds the stories, the spec and the grants already. */
    image?: Uint8Array;
    /** In place of every role but admin for whoever DEV_IDENTITY names. */
    grants?: readonly GrantTo[];
  } = {},
): Promise<Console> {
  const db = fakeD1(options.image);
  const { spec = SPEC } = options;
  const named = options.env?.DEV_IDENTITY ?? "Ada Reviewer <ada@example.com>";
  if (!options.image) {
    await approveSpec(db, spec);
    await project(db, ...stories);
    await seedGrants(
      db,
      options.grants ?? localGrants.map((grant) => ({ ...grant, principal: grant.role === "admin" ? grant.principal : addressIn(named) })),
      NOW,
    );
  }
  const now = options.now ?? Date.now;
  const asked: Console["asked"] = [];
  const find = (id: string) => stories.find((story) => story.id === id) as Story;
  const tell = async (
    what: string,
    runId: string,
    args: readonly unknown[],
    decide: (story: Story) => Result<NewEntry | NewEntry[]>,
  ): Promise<Result<null>> => {
    asked.push({ what, args });
    const story = find(runId);
    const decided = decide(story);
    if (!decided.ok) return decided;
    for (const entry of [decided.value].flat()) story.entries.push({ ...entry, seq: story.entries.length + 1, at: now() } as Entry);
    await project(db, story);
    return { ok: true, value: null };
  };
  const reach = () => {
    const { zendesk } = options;
    if (!zendesk) throw new Error("Network connection lost");
    return createHttp({ baseUrl: "https://zendesk.test", authorization: "Bearer z", system: "Zendesk", now, fetch: zendesk.fetch });
  };
  const triage = deployment.workflows.find(({ name }) => name === "ticket-triage");
  const existing = new Set(stories.map(({ id }) => id));
  const partition: Pick<
    PartitionPort,
    "decide" | "signal" | "undo" | "previewUndo" | "lookAgain" | "resolve" | "inspect" | "start" | "ask" | "restart" | "halt"
  > = {
    start: async ({ starts }) => {
      asked.push({ what: "start", args: starts.map(({ runId }) => runId) });
      const fresh = (runId: string) => existing.size < existing.add(runId).size;
      return { ok: true, value: starts.map(({ runId }) => ({ asked: runId, runId, fresh: fresh(runId) })) };
    },
    decide: (runId, approvalId, decision, by) =>
      tell("decide", runId, [approvalId, decision, by], (story) =>
        answerApproval(story.entries, approvalId, decision, by, spec, now(), null, schemaOfApproval(triage, story.entries, approvalId)),
      ),
    undo: (runId, step, by) => tell("undo", runId, [step, by], (story) => askUndo(story.entries, step, by, { runId, spec, now: now() })),
    lookAgain: async (runId, steps) => {
      const http = reach();
      const workflow = deployment.workflows.find(({ name }) => name === "ticket-triage") ?? null;
      return { ok: true, value: await lookAgain({ entries: find(runId).entries, workflow, connect: () => http }, steps) };
    },
    previewUndo: async (runId, steps) => {
      const http = reach();
      const { entries } = find(runId);
      const workflow = deployment.workflows.find(({ name }) => name === "ticket-triage") ?? null;
      return { ok: true, value: await previewUndo({ runId, entries, spec, workflow, connect: () => http, now: now() }, steps) };
    },
    resolve: (runId, step, choice, by) =>
      tell("resolve", runId, [step, choice, by], (story) => {
        const resolved = resolveStep(story.entries, step, choice, by);
        return resolved.ok ? { ok: true, value: [...resolved.value] } : resolved;
      }),
    signal: async (runId, signal, by) => {
      asked.push({ what: "signal", args: [runId, signal, by] });
      return { ok: true, value: null };
    },
    ask: (runId, request, by) => tell("ask", runId, [runId, request, by], (story) => askOfRun(story.entries, request, by)),
    restart: async (runId, step, newRunId, by) => {
      asked.push({ what: "restart", args: [runId, step, newRunId, by] });
      const fork = forkJournal(find(runId).entries, step);
      return fork.ok ? { ok: true, value: { asked: newRunId, runId: newRunId, fresh: true } } : fork;
    },
    halt: async (switches) => {
      if (options.unreachable) throw new Error("Network connection lost");
      asked.push({ what: "halt", args: [...switches] });
      return { ok: true, value: null };
    },
    inspect: async (runId) => {
      const { id, event, state, entries } = find(runId);
      return {
        ok: true,
        value: {
          id,
          event,
          state,
          entries,
          spec: SPEC,
          erased: null,
          pins: { workflow: "ticket-triage", version: 1, manifestDigest: "m1", specVersion: 3 },
        },
      };
    },
  };
  const env = {
    DB: db,
    RUN_PARTITION: { getByName: () => partition },
    BLOBS: { head: async () => ({}), get: async () => null, put: async () => ({}) },
    VALIDATIONS: {
      sendBatch: async (messages: Iterable<{ body: unknown }>) =>
        void asked.push({ what: "validate", args: [...messages].map(({ body }) => body) }),
    },
    EVENTS: { send: async (message: unknown) => void asked.push({ what: "queue", args: [message] }) },
    HOOK_LIMIT: { limit: async () => ({ success: true }) },
    ENVIRONMENT: "development",
    ACCESS_TEAM_DOMAIN: "",
    ACCESS_AUD: "",
    DEV_IDENTITY: named,
    ...options.env,
  } as unknown as Env;
  const app = createApp(deployment);
  const execution = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} } as unknown as ExecutionContext;
  const send = async (path: string, init: RequestInit) => app.request(path, init, env, execution);
  return {
    env,
    db,
    asked,
    get: (path, init = {}) => send(path, init),
    form: (path, fields, headers = {}) =>
      send(path, { method: "POST", body: new URLSearchParams(fields), headers: { origin: "http://localhost", ...headers } }),
    json: (path, body, headers = {}) =>
      send(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } }),
  };
}

const addressIn = (named: string): string => (/<([^<>]+)>/.exec(named)?.[1] ?? named).toLowerCase();
