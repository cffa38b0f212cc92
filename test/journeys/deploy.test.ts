// Deploys in the middle of runs: a Worker with other code is started on the state of the one before it. Runs stay with the version that they began with; code
// that is gone or no longer follows their journal holds them, and fails none; nothing is written twice or by the wrong version.
import { createHmac } from "node:crypto";
import { rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL_VARS } from "../../sandbox/demo/surroundings.ts";
import { freePort } from "../../sandbox/local.ts";
import { startProcess, type WorkerProcess } from "../../sandbox/processes.ts";
import type { RunRow } from "../../src/db/reads.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";

const STATE = path.resolve(import.meta.dirname, "../../.state/deploy");
const SECRET = "deploy-secret";
const spec = {
  ...ticketTriageSpec,
  workflow: "note-taking",
  thresholds: {},
  alwaysAsk: [],
  actions: { "notes.write": { ask: "never" as const, fields: { text: {} } } },
};

/** The notes, by the key that they came with: a repeat of a key is counted and changes nothing. */
const written: { text: string; key: string }[] = [];
let repeats = 0;
/** While it is set, notes are taken and not answered. */
let silent = false;
const system = http.createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk));
  request.on("end", () => {
    const key = String(request.headers["idempotency-key"]);
    if (written.some((note) => note.key === key)) repeats++;
    else written.push({ text: (JSON.parse(body) as { text: string }).text, key });
    if (silent) return;
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"ok":true}');
  });
});
let port = 0;
let worker: WorkerProcess;

const deploy = async (...versions: string[]) => {
  await worker?.stop();
  worker = await startProcess({
    config: "wrangler.toml",
    entry: "test/journeys/deploy-worker.ts",
    define: { DEPLOYED: JSON.stringify(versions) },
    port,
    state: STATE,
    database: true,
    specs: [spec],
    vars: {
      ...LOCAL_VARS,
      NOTES_URL: `http://127.0.0.1:${(system.address() as AddressInfo).port}`,
      NOTES_TOKEN: "t",
      NOTES_SECRET: SECRET,
    },
  });
};

beforeAll(async () => {
  rmSync(STATE, { recursive: true, force: true });
  await new Promise<void>((resolve) => system.listen(0, "127.0.0.1", resolve));
  port = await freePort(9087);
});
afterAll(async () => {
  await worker?.stop();
  system.closeAllConnections();
  system.close();
});

async function open(subject: string): Promise<void> {
  const body = JSON.stringify({ type: "opened", subject });
  const response = await fetch(`${worker.url}/hooks/notes`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-signature": createHmac("sha256", SECRET).update(body).digest("hex") },
    body,
  });
  expect(response.status).toBe(202);
}

const runOf = async (subject: string): Promise<RunRow | undefined> => {
  const { runs } = (await (await fetch(`${worker.url}/api/runs?limit=200`)).json()) as { runs: RunRow[] };
  return runs.find((run) => run.subject === subject);
};

/** Looks until the run is so, and shows how it was when it never is. */
async function comes(subject: string, to: string): Promise<RunRow> {
  const limit = Date.now() + 180_000;
  for (;;) {
    const run = await runOf(subject);
    const state = run?.state;
    const is =
      state?.status === "waiting" ? `waiting: ${state.on.kind === "operator" ? state.on.error.code : state.on.kind}` : state?.status;
    if (run && is === to) return run;
    if (Date.now() > limit) throw new Error(`${subject} is ${is}, not ${to}: ${JSON.stringify(state)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function go(subject: string): Promise<void> {
  const run = await runOf(subject);
  const response = await fetch(`${worker.url}/api/runs/${run?.id}/signals`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "go", id: "1", data: {} }),
  });
  expect(response.status).toBe(202);
}

const textsOf = (subject: string): string[] => written.filter(({ text }) => text.startsWith(`${subject}: `)).map(({ text }) => text);

describe("a deploy in the middle of runs", () => {
  it("holds runs whose code is gone or has changed, and lets them go on under their own version", async () => {
    await deploy("1");
    for (const subject of ["a", "b", "c"]) await open(subject);
    for (const subject of ["a", "b", "c"]) await comes(subject, "waiting: signal");
    // One run is caught while its write is under way.
    silent = true;
    await open("d");
    while (textsOf("d").length === 0) await new Promise((resolve) => setTimeout(resolve, 20));

    await deploy("1 changed", "2");
    silent = false;
    await go("a");
    await comes("a", "waiting: workflow.diverged");
    expect(textsOf("a")).toEqual(["a: before"]);
    await open("e");
    expect((await comes("e", "completed")).version).toBe(2);

    await deploy("2");
    await go("b");
    await comes("b", "waiting: workflow.unknown");
    await comes("d", "waiting: workflow.unknown");

    await deploy("1", "2");
    await go("c");
    for (const subject of ["a", "b", "c"]) {
      expect((await comes(subject, "completed")).version).toBe(1);
      expect(textsOf(subject)).toEqual([`${subject}: before`, `${subject}: after`]);
    }
    await comes("d", "waiting: signal");
    await go("d");
    await comes("d", "completed");
    expect(textsOf("d")).toEqual(["d: before", "d: after"]);
    expect(textsOf("e")).toEqual(["e: by the second version"]);
    // The write that was under way when the code went was finished under its key.
    expect(repeats).toBe(1);
  }, 900_000);
});
