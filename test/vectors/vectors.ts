// Runs signature and handshake vectors through the receiving code that production uses, and compares everything a case states:
// accepted or rejected, for which reason, under which delivery id, and with what answer.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { slackWebhook } from "../../src/connectors/slack-webhook.ts";
import { standardWebhooksDeclaration } from "../../src/connectors/standard-webhooks.ts";
import type { WebhookDeclaration } from "../../src/connectors/webhook.ts";
import { zendeskWebhook } from "../../src/connectors/zendesk-webhook.ts";
import { receiveDelivery } from "../../src/ingress/receive.ts";
import { readCase, type VectorCase } from "./cases.ts";
import { answers, describe, json, wordsFor } from "./compare.ts";

export interface CaseResult {
  readonly id: string;
  readonly outcome: "passed" | "failed" | "not run";
  /** For a failed case what was expected and what came; for one not run why. */
  readonly detail: string;
}

export interface FileResult {
  readonly file: string;
  readonly cases: readonly CaseResult[];
  /** Set where no case could be read at all. */
  readonly notRun: string | null;
}

const STANDARD = "standard-webhooks";

/** The declarations under the names that vectors give their schemes. */
const DECLARATIONS: Readonly<Record<string, WebhookDeclaration>> = {
  "zendesk-hmac": zendeskWebhook,
  "slack-v0": slackWebhook,
  [STANDARD]: standardWebhooksDeclaration,
};

/** The declaration with the case's tolerance and its permission to use a published secret. */
function adjusted(declaration: WebhookDeclaration, vector: VectorCase): WebhookDeclaration {
  const { scheme } = declaration;
  if (scheme.kind !== "hmac-sha256") return declaration;
  const timestamp =
    scheme.timestamp && vector.toleranceSeconds !== null
      ? { ...scheme.timestamp, toleranceSeconds: vector.toleranceSeconds }
      : scheme.timestamp;
  return {
    ...declaration,
    scheme: {
      ...scheme,
      ...(timestamp ? { timestamp } : {}),
      ...(vector.allowTestSecret ? { publicTestSecrets: [] } : {}),
    },
  };
}

/** As `fetch` presents them: repeated names joined with ", ". Null for a value that HTTP cannot carry. Text beyond Latin-1 becomes its bytes on the wire. */
function headersOf(vector: VectorCase): Headers | null {
  const headers = new Headers();
  for (const [name, value] of vector.headers) {
    const latin1 = Buffer.from(value, "latin1").toString("latin1") === value;
    try {
      headers.append(name, latin1 ? value : Buffer.from(value, "utf8").toString("latin1"));
    } catch {
      return null;
    }
  }
  return headers;
}

export function runCase(vector: VectorCase, declaration: WebhookDeclaration): CaseResult {
  const { id } = vector;
  if (vector.now === null && declaration.scheme.kind === "hmac-sha256" && declaration.scheme.timestamp)
    return { id, outcome: "not run", detail: "the case states no time" };
  const headers = headersOf(vector);
  if (!headers) return { id, outcome: "not run", detail: "a header that HTTP cannot carry" };
  const connection = { id: "vectors", connector: "vectors", declaration: adjusted(declaration, vector), secrets: vector.secrets };
  const request = { method: vector.method, url: vector.url, headers, body: vector.body };
  const received = receiveDelivery({ connection, request, now: (vector.now ?? 0) * 1000 });

  const words = wordsFor(received, declaration);
  const accepted = received.kind !== "rejected" && words[0] === "ok";
  const deliveryKey = "deliveryKey" in received ? received.deliveryKey : null;
  const wrong = [
    accepted !== vector.accept,
    vector.reason !== null && !words.includes(vector.reason),
    vector.dedupeKey !== null && vector.dedupeKey !== deliveryKey,
    vector.response !== null && !answers(vector.response, received),
  ];
  if (!wrong.includes(true)) return { id, outcome: "passed", detail: "" };
  const expected = [
    `${vector.accept ? "accept" : "reject"} ${vector.reason ?? ""}`.trim(),
    ...(vector.dedupeKey === null ? [] : [`delivery id ${vector.dedupeKey}`]),
    ...(vector.response === null ? [] : [`answer ${JSON.stringify(vector.response)}`]),
  ];
  return { id, outcome: "failed", detail: `expected ${expected.join(", ")}; got ${describe(received, words)}` };
}

function safely(vector: VectorCase, declaration: WebhookDeclaration): CaseResult {
  try {
    return runCase(vector, declaration);
  } catch (thrown) {
    return { id: vector.id, outcome: "failed", detail: `expected ${vector.accept ? "accept" : "reject"}; threw ${String(thrown)}` };
  }
}

const OwnHeaders = z.object({ headers: z.record(z.string(), z.unknown()) }).transform(({ headers }) => Object.keys(headers));
const Cited = z.object({ source: z.string() });

/** Cases without a `scheme` are Standard Webhooks where the file says so: by its place, by the source it cites, or by the headers of every case. */
function schemeOfFile(file: string, raw: readonly unknown[]): string | null {
  const [folder, name] = path.resolve(file).split(path.sep).slice(-2);
  const named = Boolean(folder?.includes(STANDARD) || name?.includes(STANDARD));
  const cited = raw.some((one) => Cited.safeParse(one).data?.source.includes(STANDARD));
  const carried = raw.every((one) => OwnHeaders.safeParse(one).data?.some((header) => /^webhook-(id|timestamp|signature)$/i.test(header)));
  return named || cited || carried ? STANDARD : null;
}

export function runFile(file: string): FileResult {
  const raw = json(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  if (!Array.isArray(raw) || raw.length === 0) return { file, cases: [], notRun: "not a list of cases" };
  const fallback = schemeOfFile(file, raw);
  const cases = raw.map((one: unknown, index): CaseResult => {
    const vector = readCase(one, `${path.basename(file)}#${index + 1}`);
    if (!vector) return { id: `#${index + 1}`, outcome: "not run", detail: "a case of another form" };
    const scheme = vector.scheme ?? fallback;
    const declaration = scheme === null ? undefined : DECLARATIONS[scheme];
    if (!declaration) return { id: vector.id, outcome: "not run", detail: `no declaration for ${scheme ?? "this system"}` };
    return safely(vector, declaration);
  });
  return { file, cases, notRun: null };
}

/** Every `*.json` of a folder, by name; or the one file that is named. */
export function runVectors(place: string): readonly FileResult[] {
  if (statSync(place).isFile()) return [runFile(place)];
  const names = readdirSync(place).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => runFile(path.join(place, name)));
}
