// The walls: who may import whom, and what may be done in one place only. The rules are data; each is shown to fail on a small violation, and then held against
// the tree. It reads source text and no types: what it forbids must be visible in the file that does it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

interface Source {
  readonly path: string;
  readonly source: string;
}

// ---- the rules ----

/**
 * Folder or file -> what it may import besides its own folder. A file may import what all rows above it allow together. "type x": types only.
 * Packages are named without their subpaths. Node's modules are packages like any other.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "src/core": ["zod"],
  "src/core/crypto.ts": ["node:crypto"],
  "src/governance": ["src/core", "zod"],
  "src/governance/condition.ts": ["@marcbachmann/cel-js"],
  "src/governance/field-pattern.ts": ["re2js"],
  "src/governance/find-contact.ts": ["libphonenumber-js"],
  "src/governance/find-account.ts": ["ibantools"],
  "src/validation": ["src/core", "src/governance", "zod"],
  "src/validation/import-file.ts": ["csv-parse"],
  "src/connectors": ["src/core", "zod"],
  "src/connectors/xml.ts": ["@xmldom/xmldom"],
  "src/inference": ["src/core", "zod"],
  "src/inference/providers/openai-compatible.ts": ["openai"],
  "src/inference/providers/anthropic-messages.ts": ["@anthropic-ai/sdk"],
  "src/engine": [
    "src/core",
    "src/governance",
    "type src/connectors/define.ts",
    "type src/inference/model.ts",
    "src/inference/agreement.ts",
    "zod",
  ],
  "src/workflows": ["src/engine/define.ts", "src/connectors", "type src/inference", "type src/governance/spec.ts", "src/core", "zod"],
  "src/db": [
    "src/core",
    "src/governance/spec.ts",
    "src/governance/audit-chain.ts",
    "type src/governance",
    // What is stored as JSON is parsed when it is read.
    "src/validation/report-shape.ts",
    // Weeks and bins are counted in SQL as they are read.
    "src/validation/review-week.ts",
    "type src/validation",
    "type src/inference",
    "drizzle-orm",
  ],
  "src/ingress": ["src/core", "src/connectors", "node:buffer"],
  "src/ingress/poll-cursor.ts": ["zod"],
  "src/ingress/schedule.ts": ["zod"],
  "src/ingress/cron.ts": ["croner"],
  "src/operations": [
    "src/core",
    "src/db",
    "src/governance",
    "src/validation",
    "src/connectors",
    "src/ingress",
    "src/engine/manifest.ts",
    "src/engine/flow.ts",
    // A validation runs labelled records through a workflow's body, in memory and without the power to write.
    "src/engine/rehearse.ts",
    "type src/engine",
    "src/deployment.ts",
    "src/connections.ts",
    "type src/inference",
    "zod",
  ],
  "src/queues": ["src/core", "src/operations", "src/db"],
  "src/http": [
    "src/core",
    "src/operations",
    "src/db/reads.ts",
    "src/db/runs.ts",
    "src/db/effects.ts",
    "src/db/workflows.ts",
    // Shares are worded alike in a verdict and on a page.
    "src/validation/share-text.ts",
    "type src/validation",
    "type src/governance",
    "src/deployment.ts",
    "type src/engine",
    "hono",
    "zod",
  ],
  // The one door to the network is handed to jose here, which fetches an identity provider's keys.
  "src/http/identity.ts": ["jose", "src/connectors/http.ts"],
  "src/deployment.ts": [
    "src/core",
    "src/engine/manifest.ts",
    "type src/engine/define.ts",
    "type src/connectors/define.ts",
    "type src/connectors/webhook.ts",
    "type src/connectors/poll.ts",
    // A schedule that can never tick is refused when a deployment is put together.
    "src/ingress/cron.ts",
    // Every model of a deployment is given its price.
    "src/inference/priced.ts",
    "type src/inference",
  ],
  "src/connections.ts": ["src/core", "src/connectors", "src/deployment.ts"],
  "src/config.ts": ["src/deployment.ts", "src/connectors", "src/inference", "src/workflows"],
  "src/worker.ts": [
    "src/deployment.ts",
    "src/operations",
    "src/http/app.tsx",
    "src/queues",
    "durable-objects/run-partition.ts",
    "durable-objects/workflow-limits.ts",
    "durable-objects/connection.ts",
    "durable-objects/poller.ts",
    "durable-objects/scheduler.ts",
  ],
  "src/index.ts": ["src/config.ts", "src/worker.ts"],
  // Runs in Node, on an auditor's machine: no package, so that it can be read and run without installing anything.
  "src/audit-verify.ts": ["src/core", "src/governance", "node:fs", "node:path", "node:process", "node:readline", "node:util"],
  "src/validate.ts": ["src/config.ts", "src/connectors/http.ts", "src/terminal", "node:fs", "node:process"],
  // A validation without a Worker, in Node: what the product's import, rehearsal and report are given there.
  "src/terminal": [
    "src/core",
    "src/deployment.ts",
    "src/engine/define.ts",
    "src/engine/rehearse.ts",
    "src/governance",
    "src/inference",
    "src/operations/answer-record.ts",
    "src/validation",
    "src/http/pages/report-file.ts",
    "zod",
    "node:fs",
    "node:path",
    "node:timers",
    "node:util",
  ],
  // Runs in Node, on the machine of whoever sets a model up.
  "src/assess.ts": ["src/connectors/http.ts", "zod", "node:process", "node:util"],
  "src/probe.ts": ["src/config.ts", "src/connectors/http.ts", "src/operations/probe-model.ts", "node:fs", "node:process", "node:util"],
  "durable-objects": [
    "cloudflare:workers",
    "src/core",
    "src/engine",
    "src/governance",
    "src/connectors",
    "type src/inference",
    "src/deployment.ts",
    "src/connections.ts",
    // Where a poll stands is decided there; the events are stored by what is handed in.
    "src/ingress/poll-cursor.ts",
    "src/ingress/poll-page.ts",
    // The same of a schedule.
    "src/ingress/schedule.ts",
    "src/ingress/cron.ts",
    "src/db/projection.ts",
    "src/db/journal-copy.ts",
    "src/db/provider-cards.ts",
    "src/db/audit-rates.ts",
    "src/db/breakers.ts",
    "src/db/certificates.ts",
    "src/db/model-versions.ts",
  ],
};

/** A folder in which each folder is a world of its own. */
const SEPARATE = "src/workflows";

/** Something that is done in these files only. `in`: where the rule holds; everywhere unless said. */
interface Door {
  readonly what: string;
  readonly pattern: RegExp;
  readonly in?: readonly string[];
  readonly only: readonly string[];
}

const PURE = ["src/workflows", "src/core", "src/engine", "src/governance", "src/validation", "src/inference", "src/connectors"];

const DOORS: readonly Door[] = [
  {
    what: "the network is called",
    pattern:
      /(?<![.\w$])fetch\s*\(|\b(?:globalThis|self|window)\s*\.\s*fetch\b|(?:[=:(?]|=>)\s*fetch\b(?!\s*:)|\bnew\s+(?:WebSocket|EventSource|XMLHttpRequest)\b/,
    only: ["src/connectors/http.ts"],
  },
  { what: "WebCrypto is used", pattern: /\bsubtle\b/, only: ["src/core"] },
  {
    what: "a clock is read",
    pattern: /\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|\bnew\s+Date\b(?!\s*\()|(?<!new\s+)(?<![.\w])Date\s*\(|\bperformance\s*\.\s*now\b/,
    in: PURE,
    only: [],
  },
  {
    what: "chance is used",
    pattern: /\bMath\s*\.\s*random\b|\brandomUUID\b|\bgetRandomValues\b|\brandomBytes\b/,
    in: PURE,
    only: ["src/core/crypto.ts"],
  },
  { what: "a timer is set", pattern: /\bset(?:Timeout|Interval|Immediate)\b/, in: PURE, only: ["src/connectors/http.ts"] },
  { what: "code is made from text", pattern: /(?<![.\w$])eval\s*\(|\bnew\s+Function\b/, only: [] },
  {
    what: "a module is loaded by a name that is not written out",
    pattern: /\bimport\s*\(\s*[^"'\s]|(?<![.\w$])require\s*\(\s*["']/,
    only: [],
  },
];

/** Modules that only these files may import, whatever the table above would allow. */
const IMPORTED_ONLY_BY: Readonly<Record<string, readonly string[]>> = {
  openai: ["src/inference/providers/openai-compatible.ts"],
  "@anthropic-ai/sdk": ["src/inference/providers/anthropic-messages.ts"],
  jose: ["src/http/identity.ts"],
  hono: ["src/http"],
  "libphonenumber-js": ["src/governance/find-contact.ts"],
  ibantools: ["src/governance/find-account.ts"],
  "drizzle-orm": ["src/db"],
  "node:crypto": ["src/core/crypto.ts"],
  "@marcbachmann/cel-js": ["src/governance/condition.ts"],
  re2js: ["src/governance/field-pattern.ts"],
  "csv-parse": ["src/validation/import-file.ts"],
  // A ruling is obtained in exactly one place, and what it would have been in another; its types may be named anywhere.
  "src/governance/evaluate.ts": ["src/engine/rule.ts", "src/governance/dry-run.ts"],
};

const NAMELESS = /^(?:.*-)?(?:utils?|helpers?|lib|common|services?|types?|misc)$/;

// ---- reading ----

/** The source with comments blanked (`text`), and with what stands in strings and regular expressions blanked as well (`code`). Lines stay where they are. */
function read(source: string): { text: string; code: string } {
  const text = [...source];
  const code = [...source];
  const blank = (chars: string[], from: number, to: number) => {
    for (let i = from; i < to; i++) if (chars[i] !== "\n") chars[i] = " ";
  };
  // Where a template's ${ } began: the depth of braces to come back to.
  const templates: number[] = [];
  let depth = 0;
  let last = "";
  let i = 0;
  const endOf = (from: number, end: RegExp): number => {
    end.lastIndex = from;
    return end.exec(source) ? end.lastIndex : source.length;
  };
  const template = (from: number): number => {
    const end = endOf(from, /(?:\\[\s\S]|[^\\`$]|\$(?!\{))*(?:`|\$\{)/gy);
    const opens = source[end - 1] === "{";
    blank(code, from, end - (opens ? 2 : 1));
    if (opens) templates.push(depth++);
    return end;
  };
  while (i < source.length) {
    const char = source[i] as string;
    const two = source.slice(i, i + 2);
    if (two === "//" || two === "/*") {
      const end = endOf(i, two === "//" ? /[^\n]*/gy : /\/\*[\s\S]*?\*\//gy);
      blank(text, i, end);
      blank(code, i, end);
      i = end;
      continue;
    }
    if (char === '"' || char === "'") {
      const end = endOf(i, char === '"' ? /"(?:\\.|[^"\\\n])*["\n]/gy : /'(?:\\.|[^'\\\n])*['\n]/gy);
      blank(code, i + 1, end - 1);
      i = end;
      last = '"';
      continue;
    }
    if (char === "`") i = template(i + 1) - 1;
    else if (char === "{") depth++;
    else if (char === "}") {
      depth--;
      if (templates.at(-1) === depth) {
        templates.pop();
        i = template(i + 1) - 1;
      }
    } else if (char === "/" && /[(,=:[!&|?{};+\-*%~^\n]|^$|\b(?:return|typeof|case|in|of)$/.test(last)) {
      const literal = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;
      literal.lastIndex = i;
      if (literal.test(source)) {
        blank(code, i, literal.lastIndex);
        i = literal.lastIndex;
        last = '"';
        continue;
      }
    }
    if (/\w/.test(char)) last = /\w$/.test(last) && /\w/.test(source[i - 1] ?? "") ? last + char : char;
    else if (!/\s/.test(char)) last = char;
    i++;
  }
  return { text: text.join(""), code: code.join("") };
}

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

const IMPORT =
  /\b(?:import|export)\s+(?<type>type\s+(?!from\b))?(?:[\w$*{}\s,]+?\s*from\s*)?["'](?<from>[^"']+)["']|\bimport\s*\(\s*["'](?<dynamic>[^"']+)["']|\bimport\s*["'](?<effect>[^"']+)["']/g;

/** What a file imports: a path from the repository's root, or a package's name. */
function importsOf({ path: file, source }: Source): Import[] {
  return [...read(source).text.matchAll(IMPORT)].map(({ groups }) => {
    const name = (groups?.from ?? groups?.dynamic ?? groups?.effect) as string;
    return { target: targetOf(file, name), typeOnly: groups?.type !== undefined };
  });
}

function targetOf(file: string, name: string): string {
  if (name.startsWith(".")) return path.posix.join(path.posix.dirname(file), name);
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}

const isWithin = (place: string, folder: string): boolean => place === folder || place.startsWith(`${folder}/`);

/** The folder whose files may import each other freely. */
function ownFolder(file: string): string | null {
  const depth = isWithin(file, SEPARATE) || file.startsWith("src/") ? (isWithin(file, SEPARATE) ? 3 : 2) : 1;
  const segments = file.split("/");
  return segments.length > depth ? segments.slice(0, depth).join("/") : null;
}

// ---- checking ----

const CHECKS: Readonly<Record<string, (source: Source) => string[]>> = {
  "imports what the table allows": (source) => {
    const rows = Object.keys(MAY_IMPORT).filter((place) => isWithin(source.path, place));
    if (rows.length === 0) return ["is in no row of the table: say what it may import"];
    const allowed = rows.flatMap((row) => MAY_IMPORT[row] ?? []);
    const own = ownFolder(source.path);
    return importsOf(source).flatMap(({ target, typeOnly }) => {
      if (own && isWithin(target, own)) return [];
      const isAllowed = allowed.some((entry) =>
        entry.startsWith("type ") ? typeOnly && isWithin(target, entry.slice(5)) : isWithin(target, entry),
      );
      return isAllowed ? [] : [`imports ${target}${typeOnly ? " (types)" : ""}`];
    });
  },

  "goes through the one door": (source) => {
    const { code, text } = read(source.source);
    return DOORS.flatMap(({ what, pattern, only, in: places }) => {
      if (places && !places.some((place) => isWithin(source.path, place))) return [];
      if (only.some((place) => isWithin(source.path, place))) return [];
      const found = (what.startsWith("a module") ? text : code).match(pattern);
      return found ? [`${what}: ${found[0]}`] : [];
    });
  },

  "imports what only one place may": (source) =>
    importsOf(source).flatMap(({ target, typeOnly }) => {
      const only = IMPORTED_ONLY_BY[target];
      if (!only || only.some((place) => isWithin(source.path, place))) return [];
      return typeOnly && target.startsWith("src/") ? [] : [`imports ${target}, which only ${only.join(" and ")} may`];
    }),

  "has a name that says something, in small letters": ({ path: file }) =>
    file.split("/").flatMap((segment) => {
      const name = segment.replace(/(\.[a-z]+)*\.[a-z]+$/, "");
      if (NAMELESS.test(name)) return [`"${segment}" says nothing`];
      return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) ? [] : [`"${segment}" is not in kebab-case`];
    }),

  "begins with a comment that says its idea": ({ source }) => (/^\/[/*][/*! ]*\w/.test(source) ? [] : ["begins without a comment"]),

  "renders pages in src/http only": ({ path: file }) => (file.endsWith(".tsx") && !isWithin(file, "src/http") ? ["is a .tsx file"] : []),
};

const violationsOf = (check: string, sources: readonly Source[]): string[] =>
  sources.flatMap((source) => (CHECKS[check]?.(source) ?? []).map((violation) => `${source.path} ${violation}`));

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.posix.join(entry.parentPath.replaceAll("\\", "/"), entry.name))
    .toSorted();
}

const load = (file: string): Source => ({ path: file, source: readFileSync(file, { encoding: "utf8" }) });
const tree = ["src", "durable-objects"].flatMap(filesIn).map(load);

// ---- the tree ----

describe("every source file", () => {
  it("is read", () => {
    expect(tree.length).toBeGreaterThan(100);
    expect(tree.flatMap(importsOf).length).toBeGreaterThan(300);
  });

  it.each(Object.keys(CHECKS))("%s", (check) => {
    expect(violationsOf(check, tree)).toEqual([]);
  });

  it("is found where a rule names it", () => {
    const named = [
      ...Object.keys(MAY_IMPORT),
      ...Object.values(MAY_IMPORT).flat(),
      ...DOORS.flatMap(({ only }) => only),
      ...Object.values(IMPORTED_ONLY_BY).flat(),
    ].map((entry) => entry.replace(/^type /, ""));
    expect(named.filter((place) => place.includes("/") && !place.startsWith("@") && !existsSync(place))).toEqual([]);
  });

  it("names each import in a way that this test understands", () => {
    for (const { path: file, source } of tree) {
      const { text } = read(source);
      const lines = text.split("\n").filter((line) => /^\s*(?:import\b(?!\s*\.)|\}?\s*from\s*["']|export\b.*\bfrom\s*["'])/.test(line));
      const specifiers = lines.filter((line) => /["'][^"']+["'];?\s*$/.test(line)).length;
      expect(importsOf({ path: file, source }).length, file).toBeGreaterThanOrEqual(specifiers);
    }
  });
});

it("every test, bench and sandbox file has a name that says something", () => {
  const files = ["test", "bench", "sandbox"].filter((folder) => existsSync(folder)).flatMap(filesIn);
  expect(
    violationsOf(
      "has a name that says something, in small letters",
      files.map((file) => ({ path: file, source: "" })),
    ),
  ).toEqual([]);
});

// ---- the rules themselves ----

describe("a violation is found", () => {
  const IMPORTS = "imports what the table allows";
  const DOOR = "goes through the one door";
  const ONLY = "imports what only one place may";
  const NAME = "has a name that says something, in small letters";

  const violations: [string, string, string, string][] = [
    [IMPORTS, "src/core/x.ts", 'import { a } from "../engine/define.ts";', "src/core/x.ts imports src/engine/define.ts"],
    [IMPORTS, "src/assess.ts", 'import { deployment } from "./config.ts";', "src/assess.ts imports src/config.ts"],
    [IMPORTS, "src/probe.ts", 'import { createApp } from "./http/app.tsx";', "src/probe.ts imports src/http/app.tsx"],
    [IMPORTS, "src/core/x.ts", 'import { createHash } from "node:crypto";', "src/core/x.ts imports node:crypto"],
    [IMPORTS, "src/core/x.ts", 'import type { A } from "../engine/define.ts";', "src/core/x.ts imports src/engine/define.ts (types)"],
    [IMPORTS, "src/validation/x.ts", 'import { a } from "../inference/cost.ts";', "src/validation/x.ts imports src/inference/cost.ts"],
    [IMPORTS, "src/governance/x.ts", 'import { a } from "../db/reads.ts";', "src/governance/x.ts imports src/db/reads.ts"],
    [IMPORTS, "src/connectors/x.ts", 'import { a } from "../inference/model.ts";', "src/connectors/x.ts imports src/inference/model.ts"],
    [IMPORTS, "src/inference/x.ts", 'import OpenAI from "openai";', "src/inference/x.ts imports openai"],
    [
      IMPORTS,
      "src/inference/x.ts",
      'import { createHttp } from "../connectors/http.ts";',
      "src/inference/x.ts imports src/connectors/http.ts",
    ],
    [IMPORTS, "src/engine/x.ts", 'import { a } from "../connectors/define.ts";', "src/engine/x.ts imports src/connectors/define.ts"],
    [
      IMPORTS,
      "src/engine/x.ts",
      'import type { A } from "../connectors/slack.ts";',
      "src/engine/x.ts imports src/connectors/slack.ts (types)",
    ],
    [IMPORTS, "src/engine/x.ts", 'import { a } from "../db/reads.ts";', "src/engine/x.ts imports src/db/reads.ts"],
    [IMPORTS, "src/workflows/a/x.ts", 'import { a } from "../b/y.ts";', "src/workflows/a/x.ts imports src/workflows/b/y.ts"],
    [IMPORTS, "src/workflows/a/x.ts", 'import { a } from "../../engine/pass.ts";', "src/workflows/a/x.ts imports src/engine/pass.ts"],
    [
      IMPORTS,
      "src/workflows/a/x.ts",
      'import { a } from "../../governance/spec.ts";',
      "src/workflows/a/x.ts imports src/governance/spec.ts",
    ],
    [IMPORTS, "src/validate.ts", 'import * as z from "zod";', "src/validate.ts imports zod"],
    [IMPORTS, "src/terminal/x.ts", 'import { a } from "../db/reads.ts";', "src/terminal/x.ts imports src/db/reads.ts"],
    [IMPORTS, "src/audit-verify.ts", 'import * as z from "zod";', "src/audit-verify.ts imports zod"],
    [IMPORTS, "src/db/x.ts", 'import { a } from "../operations/context.ts";', "src/db/x.ts imports src/operations/context.ts"],
    [IMPORTS, "src/ingress/x.ts", 'import { eq } from "drizzle-orm";', "src/ingress/x.ts imports drizzle-orm"],
    [IMPORTS, "src/ingress/x.ts", 'import { a } from "../db/reads.ts";', "src/ingress/x.ts imports src/db/reads.ts"],
    [IMPORTS, "src/operations/x.ts", 'import { a } from "../engine/pass.ts";', "src/operations/x.ts imports src/engine/pass.ts"],
    [IMPORTS, "src/operations/x.ts", 'import { Hono } from "hono";', "src/operations/x.ts imports hono"],
    [IMPORTS, "src/queues/x.ts", 'import { a } from "../engine/manifest.ts";', "src/queues/x.ts imports src/engine/manifest.ts"],
    [IMPORTS, "src/http/x.ts", 'import { a } from "../db/starting.ts";', "src/http/x.ts imports src/db/starting.ts"],
    [IMPORTS, "src/http/x.ts", 'import { a } from "../connectors/http.ts";', "src/http/x.ts imports src/connectors/http.ts"],
    [IMPORTS, "src/http/x.ts", 'import { sql } from "drizzle-orm/sql";', "src/http/x.ts imports drizzle-orm"],
    [IMPORTS, "src/deployment.ts", 'import { a } from "./config.ts";', "src/deployment.ts imports src/config.ts"],
    [IMPORTS, "src/connections.ts", 'import { a } from "./config.ts";', "src/connections.ts imports src/config.ts"],
    [IMPORTS, "src/config.ts", 'import { a } from "./db/reads.ts";', "src/config.ts imports src/db/reads.ts"],
    [IMPORTS, "src/worker.ts", 'import { a } from "./config.ts";', "src/worker.ts imports src/config.ts"],
    [IMPORTS, "src/index.ts", 'import { a } from "./core/ids.ts";', "src/index.ts imports src/core/ids.ts"],
    [IMPORTS, "durable-objects/x.ts", 'import { a } from "../src/db/reads.ts";', "durable-objects/x.ts imports src/db/reads.ts"],
    [
      IMPORTS,
      "durable-objects/x.ts",
      'import { a } from "../src/inference/model.ts";',
      "durable-objects/x.ts imports src/inference/model.ts",
    ],
    [IMPORTS, "src/core/x.ts", 'export { a } from "../db/reads.ts";', "src/core/x.ts imports src/db/reads.ts"],
    [IMPORTS, "src/core/x.ts", 'export * from "../db/reads.ts";', "src/core/x.ts imports src/db/reads.ts"],
    [IMPORTS, "src/core/x.ts", 'const a = await import("../db/reads.ts");', "src/core/x.ts imports src/db/reads.ts"],
    [IMPORTS, "src/core/x.ts", 'import "../db/reads.ts";', "src/core/x.ts imports src/db/reads.ts"],
    [IMPORTS, "src/core/x.ts", 'import {\n  a,\n  type B,\n} from "../db/reads.ts";', "src/core/x.ts imports src/db/reads.ts"],
    [IMPORTS, "src/core/x.ts", "import * as a from '@scope/name/deep';", "src/core/x.ts imports @scope/name"],
    [IMPORTS, "src/billing/x.ts", "", "src/billing/x.ts is in no row of the table: say what it may import"],

    [DOOR, "src/http/x.ts", "await fetch(url)", "src/http/x.ts the network is called: fetch("],
    [DOOR, "src/http/x.ts", "await globalThis.fetch(url)", "src/http/x.ts the network is called: globalThis.fetch"],
    [DOOR, "src/http/x.ts", "const send = fetch;", "src/http/x.ts the network is called: = fetch"],
    [DOOR, "src/http/x.ts", "const send = given ?? fetch;", "src/http/x.ts the network is called: ? fetch"],
    [DOOR, "src/http/x.ts", "new SDK({ fetch: fetch })", "src/http/x.ts the network is called: : fetch"],
    [DOOR, "src/http/x.ts", `\`\${await fetch(url)}\``, "src/http/x.ts the network is called: fetch("],
    [DOOR, "durable-objects/x.ts", "new WebSocket(url)", "durable-objects/x.ts the network is called: new WebSocket"],
    [DOOR, "src/http/x.ts", "await crypto.subtle.digest(a, b)", "src/http/x.ts WebCrypto is used: subtle"],
    [DOOR, "src/http/x.ts", "const { subtle } = crypto;", "src/http/x.ts WebCrypto is used: subtle"],
    [DOOR, "src/engine/x.ts", "const now = Date.now();", "src/engine/x.ts a clock is read: Date.now"],
    [DOOR, "src/engine/x.ts", "const ports = { now: Date.now };", "src/engine/x.ts a clock is read: Date.now"],
    [DOOR, "src/workflows/a/x.ts", "const now = new Date();", "src/workflows/a/x.ts a clock is read: new Date()"],
    [DOOR, "src/core/x.ts", "const now = new Date;", "src/core/x.ts a clock is read: new Date"],
    [DOOR, "src/core/x.ts", "const now = Date();", "src/core/x.ts a clock is read: Date("],
    [DOOR, "src/inference/x.ts", "const now = performance.now();", "src/inference/x.ts a clock is read: performance.now"],
    [DOOR, "src/governance/x.ts", "const a = Math.random();", "src/governance/x.ts chance is used: Math.random"],
    [DOOR, "src/connectors/x.ts", "const id = crypto.randomUUID();", "src/connectors/x.ts chance is used: randomUUID"],
    [DOOR, "src/connectors/x.ts", "setTimeout(work, 5);", "src/connectors/x.ts a timer is set: setTimeout"],
    [DOOR, "src/connectors/http.ts", "const now = Date.now();", "src/connectors/http.ts a clock is read: Date.now"],
    [DOOR, "src/queues/x.ts", "new Function('a')", "src/queues/x.ts code is made from text: new Function"],
    [DOOR, "src/queues/x.ts", "await import(name)", "src/queues/x.ts a module is loaded by a name that is not written out: import(n"],

    [
      ONLY,
      "src/inference/providers/x.ts",
      'import OpenAI from "openai";',
      "src/inference/providers/x.ts imports openai, which only src/inference/providers/openai-compatible.ts may",
    ],
    [
      ONLY,
      "src/inference/x.ts",
      'import type OpenAI from "openai/resources";',
      "src/inference/x.ts imports openai, which only src/inference/providers/openai-compatible.ts may",
    ],
    [
      ONLY,
      "src/inference/providers/openai-compatible.ts",
      'import { Messages } from "@anthropic-ai/sdk/resources/messages/messages";',
      "src/inference/providers/openai-compatible.ts imports @anthropic-ai/sdk, which only src/inference/providers/anthropic-messages.ts may",
    ],
    [ONLY, "src/http/x.ts", 'import { jwtVerify } from "jose";', "src/http/x.ts imports jose, which only src/http/identity.ts may"],
    [
      ONLY,
      "src/engine/x.ts",
      'import { parsePhoneNumberFromString } from "libphonenumber-js/min";',
      "src/engine/x.ts imports libphonenumber-js, which only src/governance/find-contact.ts may",
    ],
    [
      ONLY,
      "src/governance/x.ts",
      'import { isValidIBAN } from "ibantools";',
      "src/governance/x.ts imports ibantools, which only src/governance/find-account.ts may",
    ],
    [ONLY, "src/queues/x.ts", 'import { Hono } from "hono/tiny";', "src/queues/x.ts imports hono, which only src/http may"],
    [ONLY, "src/operations/x.ts", 'import { sql } from "drizzle-orm";', "src/operations/x.ts imports drizzle-orm, which only src/db may"],
    [
      ONLY,
      "src/core/x.ts",
      'import { createHash } from "node:crypto";',
      "src/core/x.ts imports node:crypto, which only src/core/crypto.ts may",
    ],
    [
      ONLY,
      "src/governance/x.ts",
      'import { parse } from "@marcbachmann/cel-js";',
      "src/governance/x.ts imports @marcbachmann/cel-js, which only src/governance/condition.ts may",
    ],
    [
      ONLY,
      "src/engine/x.ts",
      'import { RE2JS } from "re2js";',
      "src/engine/x.ts imports re2js, which only src/governance/field-pattern.ts may",
    ],
    [
      ONLY,
      "src/operations/x.ts",
      'import { parse } from "csv-parse/sync";',
      "src/operations/x.ts imports csv-parse, which only src/validation/import-file.ts may",
    ],
    [
      ONLY,
      "src/engine/x.ts",
      'import { evaluate } from "../governance/evaluate.ts";',
      "src/engine/x.ts imports src/governance/evaluate.ts, which only src/engine/rule.ts and src/governance/dry-run.ts may",
    ],
    [
      ONLY,
      "src/governance/x.ts",
      'export { evaluate } from "./evaluate.ts";',
      "src/governance/x.ts imports src/governance/evaluate.ts, which only src/engine/rule.ts and src/governance/dry-run.ts may",
    ],

    ...["utils", "helpers", "lib", "common", "services", "types", "misc", "string-utils"].map((name): [string, string, string, string] => [
      NAME,
      `src/core/${name}.ts`,
      "",
      `src/core/${name}.ts "${name}.ts" says nothing`,
    ]),
    [NAME, "src/lib/x.ts", "", 'src/lib/x.ts "lib" says nothing'],
    [NAME, "src/core/types.d.ts", "", 'src/core/types.d.ts "types.d.ts" says nothing'],
    [NAME, "src/core/RunState.ts", "", 'src/core/RunState.ts "RunState.ts" is not in kebab-case'],
    [
      "begins with a comment that says its idea",
      "src/core/x.ts",
      'import * as z from "zod";\n// Later.',
      "src/core/x.ts begins without a comment",
    ],
    ["begins with a comment that says its idea", "src/core/x.ts", "//\nconst a = 1;", "src/core/x.ts begins without a comment"],
    ["renders pages in src/http only", "src/operations/x.tsx", "", "src/operations/x.tsx is a .tsx file"],
  ];

  it.each(violations)("%s: %s, %j", (check, file, source, expected) => {
    expect(violationsOf(check, [{ path: file, source }])).toEqual([expected]);
  });

  it("for every rule there is", () => {
    expect(new Set(violations.map(([check]) => check))).toEqual(new Set(Object.keys(CHECKS)));
    const doors = violations
      .filter(([check]) => check === DOOR)
      .map(([, file, , expected]) => expected.slice(file.length + 1).split(":")[0]);
    expect(new Set(doors)).toEqual(new Set(DOORS.map(({ what }) => what)));
    const rows = violations.filter(([check]) => check === IMPORTS).map(([, file]) => file);
    const folders = Object.keys(MAY_IMPORT).filter((row) => !/\/.*\//.test(row) && row !== "src/core/crypto.ts");
    expect(folders.filter((folder) => !rows.some((file) => isWithin(file, folder)) && folder !== "src/http/identity.ts")).toEqual([]);
    const modules = violations.filter(([check]) => check === ONLY).map(([, , , expected]) => expected.split(" ")[2]?.replace(",", ""));
    expect(new Set(modules)).toEqual(new Set(Object.keys(IMPORTED_ONLY_BY)));
  });
});

describe("nothing is found in", () => {
  it.each([
    ["a comment", "src/engine/x.ts", '// fetch(url), Date.now() and import { a } from "../db/reads.ts";\nconst a = 1;'],
    ["a longer comment", "src/engine/x.ts", '/* import "../db/reads.ts";\n * setTimeout(work) */ const a = 1;'],
    ["a string", "src/engine/x.ts", "const a = \"fetch(url)\"; const b = 'Date.now()'; const c = `new Date() Math.random()`;"],
    ["a string with quotes and slashes in it", "src/engine/x.ts", 'const a = "it\\"s // fetch(url)"; const b = \'/* setTimeout\';'],
    ["a regular expression", "src/engine/x.ts", 'const a = /"fetch(url)/; const b = /[/"]Date.now/.test("x"); const c = 1 / 2 / 3;'],
    ["a type", "src/engine/x.ts", "interface Options { readonly fetch: typeof fetch }"],
    ["another object's method", "src/worker.ts", "const a = { fetch: (request: Request) => app.fetch(request) };"],
    ["a function that has such a name in it", "src/engine/x.ts", "const prefetch = () => outboundFetch(url); stub.fetch(request);"],
    ["a date that is given", "src/engine/x.ts", "const a = new Date(now); const b = Date.parse(text); const c = Date.UTC(2026);"],
    ["a clock where there may be one", "durable-objects/x.ts", "const now = Date.now(); setTimeout(work, Math.random());"],
    ["the network's one door", "src/connectors/http.ts", "const a = (input) => fetch(input); setTimeout(a, 5);"],
    [
      "types that may be named",
      "src/engine/x.ts",
      'import type { A } from "../connectors/define.ts";\nexport type { Ruling } from "../governance/evaluate.ts";',
    ],
    ["one's own folder", "src/inference/providers/x.ts", 'import { a } from "../model.ts";\nimport { b } from "./y.ts";'],
    ["a workflow's own folder", "src/workflows/a/samples/x.ts", 'import { a } from "../labels.ts";'],
    ["a package's subpath", "src/http/x.ts", 'import { csrf } from "hono/csrf";\nimport * as z from "zod/v4";'],
    ["the one place for rulings", "src/engine/rule.ts", 'import { evaluate, type Ruling } from "../governance/evaluate.ts";'],
    ["a function that happens to be called evaluate", "src/inference/x.ts", "const value = evaluate(x, gradient);"],
    [
      "an export that is no import",
      "src/engine/x.ts",
      'export type Kind = "a" | "b";\nexport const from = "../db/reads.ts";\nexport default "x";',
    ],
  ])("%s", (_, file, source) => {
    const found = Object.keys(CHECKS).flatMap((check) => violationsOf(check, [{ path: file, source: `// An idea.\n${source}` }]));
    expect(found).toEqual([]);
  });
});
