// Starts one Worker locally through the Miniflare API: bundle, migrate, seed, listen. The demo, the benchmark and the tests that need a real process use it;
// `npm run dev` uses wrangler. Loopback only. The bindings are read from the Worker's own wrangler.toml, so nothing is configured twice.
import { mkdir, readdir, readFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

const ROOT = path.resolve(import.meta.dirname, "..");

export interface LocalOptions {
  /** The Worker's wrangler.toml, relative to the repository. */
  readonly config: string;
  /** Another entry than the config's main. */
  readonly entry?: string;
  readonly port: number;
  /** Folder for D1, R2 and object storage; kept between starts. */
  readonly state: string;
  readonly vars?: Readonly<Record<string, string>>;
  /** Constants to replace in the bundle. */
  readonly define?: Readonly<Record<string, string>>;
  /** Opens the runtime's inspector, for a profiler. */
  readonly inspectorPort?: number;
  readonly onLog?: (line: string) => void;
}

export interface LocalWorker {
  readonly url: string;
  readonly d1: () => Promise<D1Database>;
  readonly stop: () => Promise<void>;
}

/** One ES module, as wrangler would bundle it for workerd. */
async function bundle(entry: string, define: Readonly<Record<string, string>> = {}): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*", "node:*"],
    jsx: "automatic",
    jsxImportSource: "hono/jsx",
    loader: { ".sql": "text", ".css": "text" },
    define: { "process.env.NODE_ENV": '"production"', ...define },
    logLevel: "error",
  });
  return (result.outputFiles[0] as { text: string }).text;
}

export async function startLocal(options: LocalOptions): Promise<LocalWorker> {
  const configPath = path.join(ROOT, options.config);
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(configPath);
  const script = await bundle(options.entry ? path.join(ROOT, options.entry) : (main as string), options.define);
  await mkdir(options.state, { recursive: true });
  const decoder = new TextDecoder();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...workerOptions,
      host: "127.0.0.1",
      port: options.port,
      cf: false,
      ...(options.inspectorPort ? { inspectorPort: options.inspectorPort, inspectorHost: "127.0.0.1" } : {}),
      log: new Log(LogLevel.ERROR),
      logRequests: false,
      modules: [{ type: "ESModule", path: "worker.mjs", contents: script }],
      modulesRoot: ROOT,
      rootPath: ROOT,
      bindings: { ...(workerOptions.bindings as object), ...options.vars },
      resourcePersistencePath: path.resolve(options.state),
      handleRuntimeStdio: (stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream) => {
        for (const stream of [stdout, stderr]) stream.on("data", (chunk: Buffer) => options.onLog?.(decoder.decode(chunk)));
      },
    } as unknown as Parameters<typeof convertV4MiniflareOptions>[0]),
  );
  await miniflare.ready;
  return {
    url: `http://127.0.0.1:${options.port}`,
    d1: () => miniflare.getD1Database("DB") as unknown as Promise<D1Database>,
    stop: () => miniflare.dispose(),
  };
}

/** Applies the numbered migrations that this database has not had, in the table that wrangler uses for the same purpose. */
export async function applyMigrations(db: D1Database): Promise<number> {
  await db
    .prepare(
      "create table if not exists d1_migrations (id integer primary key autoincrement, name text unique, applied_at timestamp default current_timestamp not null)",
    )
    .run();
  const { results } = await db.prepare("select name from d1_migrations").all<{ name: string }>();
  const done = new Set(results.map((row) => row.name));
  const files = (await readdir(path.join(ROOT, "migrations"))).filter((name) => name.endsWith(".sql") && !done.has(name)).sort();
  for (const name of files) {
    const text = await readFile(path.join(ROOT, "migrations", name), "utf8");
    const statements = text.split("--> statement-breakpoint").map((statement) => db.prepare(statement.trim()));
    await db.batch([...statements, db.prepare("insert into d1_migrations (name) values (?)").bind(name)]);
  }
  return files.length;
}

/** The wanted port, or the next free one; `taken` is promised to somebody who does not listen yet. */
export async function freePort(wanted: number, taken?: number): Promise<number> {
  for (let port = wanted; port < wanted + 50; port++) if (port !== taken && (await isFree(port))) return port;
  throw new Error(`No free port between ${wanted} and ${wanted + 49} on 127.0.0.1`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
