// Local Workers as child processes: start, wait until ready, stop, and kill without warning. For the demo and for tests that pull the plug.
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import type { ServeOptions } from "./serve.ts";

/** Seconds are usual; a machine that is busy with other things may take a minute. */
const READY_MS = 180_000;

export interface WorkerProcess {
  readonly url: string;
  readonly pid: number;
  /** Ends it in order. */
  readonly stop: () => Promise<void>;
  /** SIGKILL to it and to the runtime that it started: what is not on disk is gone. */
  readonly kill: () => Promise<void>;
}

export async function startProcess(options: ServeOptions, logFile?: string): Promise<WorkerProcess> {
  // A process group of its own, so that a kill takes workerd along.
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "serve.ts"), JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  const tail: string[] = [];
  if (logFile) mkdirSync(path.dirname(logFile), { recursive: true });
  const log = logFile ? createWriteStream(logFile, { flags: "a" }) : null;
  const keep = (chunk: Buffer) => {
    log?.write(chunk);
    tail.push(chunk.toString());
    if (tail.length > 50) tail.shift();
  };
  child.stderr?.on("data", keep);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${options.config} was not ready in ${READY_MS / 1000} s\n${tail.join("")}`)),
      READY_MS,
    );
    child.once("exit", (code) => reject(new Error(`${options.config} ended with ${code} before it was ready\n${tail.join("")}`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      keep(chunk);
      if (!chunk.toString().includes("ready ")) return;
      clearTimeout(timer);
      resolve();
    });
  });
  const end = async (signal: "SIGTERM" | "SIGKILL") => {
    signalGroup(child, signal);
    await exited;
    log?.end();
  };
  return {
    url: `http://127.0.0.1:${options.port}`,
    pid: child.pid as number,
    stop: () => (child.exitCode === null ? end("SIGTERM") : Promise.resolve()),
    kill: () => end("SIGKILL"),
  };
}

function signalGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(signal === "SIGKILL" ? -(child.pid as number) : (child.pid as number), signal);
  } catch {
    // It has ended by itself.
  }
}
