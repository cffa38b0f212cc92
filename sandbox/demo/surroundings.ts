// Interlock and the sandbox as two local processes that know each other, on ports that are free, with fresh state.
import { rmSync } from "node:fs";
import path from "node:path";
import type { GovernanceSpec } from "../../src/governance/spec.ts";
import { connectedTo, FIRST_TWO } from "../connected.ts";
import { freePort } from "../local.ts";
import { startProcess, type WorkerProcess } from "../processes.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Who somebody is on this machine, and the secrets of the two systems that every test's deployment has. */
export const LOCAL_VARS = {
  ENVIRONMENT: "development",
  DEV_IDENTITY: "Ada Reviewer <ada@example.com>",
  ACCESS_TEAM_DOMAIN: "",
  ACCESS_AUD: "",
  ...FIRST_TWO,
} as const;

export interface Surroundings {
  /** Folder of both Workers' state and logs. */
  readonly state: string;
  interlock: WorkerProcess;
  readonly sandbox: WorkerProcess;
  /** Starts Interlock again on the state that it left. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface SurroundingsOptions {
  readonly state: string;
  readonly ports?: readonly [number, number];
  readonly vars?: Readonly<Record<string, string>>;
  /** Told when a wanted port was taken. */
  readonly say?: (line: string) => void;
  readonly entry?: string;
  /** Approved in place of the repository's. */
  readonly specs?: readonly GovernanceSpec[];
}

export async function startSurroundings(options: SurroundingsOptions): Promise<Surroundings> {
  const [wantedInterlock, wantedSandbox] = options.ports ?? [8787, 8788];
  const interlockPort = await freePort(wantedInterlock);
  const sandboxPort = await freePort(wantedSandbox, interlockPort);
  // Whoever has the wanted port may be a demo of this folder: its state is not ours to remove.
  const state = path.resolve(ROOT, interlockPort === wantedInterlock ? options.state : `${options.state}-${interlockPort}`);
  rmSync(state, { recursive: true, force: true });
  if (interlockPort !== wantedInterlock) options.say?.(`Port ${wantedInterlock} is taken: Interlock listens on ${interlockPort} instead.`);
  if (sandboxPort !== wantedSandbox) options.say?.(`Port ${wantedSandbox} is taken: the sandbox listens on ${sandboxPort} instead.`);
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const startInterlock = () =>
    startProcess(
      {
        config: "wrangler.toml",
        ...(options.entry ? { entry: options.entry } : {}),
        ...(options.specs ? { specs: options.specs } : {}),
        port: interlockPort,
        state: path.join(state, "interlock"),
        database: true,
        vars: { ...LOCAL_VARS, ...connectedTo(sandboxUrl), CONSOLE_URL: `http://127.0.0.1:${interlockPort}`, ...options.vars },
      },
      path.join(state, "interlock.log"),
    );
  const [sandbox, interlock] = await Promise.all([
    startProcess(
      {
        config: "sandbox/wrangler.toml",
        port: sandboxPort,
        state: path.join(state, "sandbox"),
        vars: { INTERLOCK_URL: `http://127.0.0.1:${interlockPort}` },
      },
      path.join(state, "sandbox.log"),
    ),
    startInterlock(),
  ]);
  const surroundings: Surroundings = {
    state,
    interlock,
    sandbox,
    restart: async () => {
      surroundings.interlock = await startInterlock();
    },
    stop: async () => {
      await Promise.all([surroundings.interlock.stop(), sandbox.stop()]);
    },
  };
  return surroundings;
}
