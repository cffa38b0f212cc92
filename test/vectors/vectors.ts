// Runs signature and handshake vectors through the receiving code that production uses, and compares everything a case states:
// accepted or rejected, for which reason, under which keys, and with what answer.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { WebhookDeclaration } from "../../src/connectors/webhook.ts";
import { type Received, receiveDelivery } from "../../src/ingress/receive.ts";
import { type CaseResult, readCase, type VectorCase } from "./cases.ts";
import { answers, describe, holds, json, keysOf, sameKeys, signedUri, wordsFor } from "./compare.ts";
import { adjusted, headersOf } from "./delivery.ts";
import { runOAuth1 } from "./oauth1-cases.ts";
import { runOutbound } from "./outbound.ts";
import { prepareFor, type Refer, references, STANDARD, type Subject } from "./schemes.ts";
import { prepareSource, runSource, systemOfFile } from "./sources.ts";

export type { CaseResult };

export interface FileResult {
  readonly file: string;
  readonly cases: readonly CaseResult[];
  /** Set where no case could be read at all. */
  readonly notRun: string | null;
}

export async function runCase(vector: VectorCase, subject: Subject): Promise<CaseResult> {
  const { id } = vector;
  const { declaration, settings = {}, secrets = vector.secrets, published } = subject;
  if (vector.now === null && declaration.scheme.kind === "hmac-sha256" && declaration.scheme.timestamp)
    return { id, outcome: "not run", detail: "the case states no time" };
  const headers = headersOf(vector);
  if (!headers) return { id, outcome: "not run", detail: "a header that HTTP cannot carry" };
  const request = { method: vector.method, url: vector.url, headers, body: vector.body };
  const receive = (held: WebhookDeclaration): Promise<Received> =>
    receiveDelivery({
      connection: { id: "vectors", connector: "vectors", declaration: held, secrets, settings },
      request,
      published: async (url) => {
        const found = published?.(url);
        return found === undefined ? { kind: "absent" } : { kind: "found", text: found };
      },
      now: vector.now ?? 0,
    });
  const received = await receive(adjusted(declaration, vector));

  const words = [...wordsFor(received, declaration)];
  // A delivery with several defects has one of them named, and which is nobody's rule: with any age allowed, the other shows.
  if (received.kind === "rejected" && /^(stale|future)_timestamp$/.test(received.reason)) {
    const undated = await receive(adjusted(declaration, { ...vector, toleranceSeconds: Number.POSITIVE_INFINITY }));
    words.push(...wordsFor(undated, declaration).filter((word) => word !== "ok"));
  }
  const accepted = received.kind !== "rejected" && words.includes("ok");
  const wrong = [
    accepted !== vector.accept,
    vector.reason !== null && !words.includes(vector.reason),
    vector.dedupeKeys !== null && !sameKeys(vector.dedupeKeys, keysOf(declaration, request, received, vector.now ?? 0)),
    vector.response !== null && !answers(vector.response, received),
    vector.decrypted !== undefined && !holds(received, vector.decrypted),
    vector.signedUri !== null && signedUri(declaration, vector.url) !== vector.signedUri,
  ];
  if (!wrong.includes(true)) return { id, outcome: "passed", detail: "" };
  const expected = [
    `${vector.accept ? "accept" : "reject"} ${vector.reason ?? ""}`.trim(),
    ...(vector.dedupeKeys === null ? [] : [`keys ${[vector.dedupeKeys].flat().slice(0, 3).join(", ")}`]),
    ...(vector.response === null ? [] : [`answer ${JSON.stringify(vector.response)}`]),
    ...(vector.decrypted === undefined ? [] : [`holding ${JSON.stringify(vector.decrypted)}`]),
    ...(vector.signedUri === null ? [] : [`over ${vector.signedUri}`]),
  ];
  return { id, outcome: "failed", detail: `expected ${expected.join(", ")}; got ${describe(received, words)}` };
}

async function safely(vector: VectorCase, refer: Refer, fallback: string | null, system: string | null): Promise<CaseResult> {
  if (system !== null) return runSource(vector, prepareSource(system, vector));
  if (vector.kind === "outbound" || vector.kind === "token-response") return runOutbound(vector, refer);
  const scheme = vector.scheme ?? fallback;
  const prepare = scheme === null ? null : prepareFor(scheme);
  if (!prepare) return { id: vector.id, outcome: "not run", detail: `no declaration for ${scheme ?? "this system"}` };
  try {
    return await runCase(vector, prepare(vector, refer));
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

export async function runFile(file: string): Promise<FileResult> {
  const raw = json(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  if (!Array.isArray(raw) || raw.length === 0) return { file, cases: [], notRun: "not a list of cases" };
  const fallback = schemeOfFile(file, raw);
  const system = systemOfFile(file);
  const refer = references(path.dirname(file));
  const cases: CaseResult[] = [];
  for (const [index, one] of raw.entries()) {
    const vector = readCase(one, `${path.basename(file)}#${index + 1}`);
    if (vector) cases.push(await safely(vector, refer, fallback, system));
    else cases.push(runOAuth1(one, `#${index + 1}`) ?? { id: `#${index + 1}`, outcome: "not run", detail: "a case of another form" });
  }
  return { file, cases, notRun: null };
}

/** Every `*.json` of a folder, by name; or the one file that is named. */
export async function runVectors(place: string): Promise<readonly FileResult[]> {
  if (statSync(place).isFile()) return [await runFile(place)];
  const names = readdirSync(place).filter((name) => name.endsWith(".json"));
  const files: FileResult[] = [];
  for (const name of names.sort()) files.push(await runFile(path.join(place, name)));
  return files;
}
