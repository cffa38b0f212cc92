// The two forms in which signature vectors are written, read into one. A file or case of another form is not an error: it is not run, and why is said.
import * as z from "zod";

/** One delivery and what must become of it; or one request of ours, and what it must carry. */
export interface VectorCase {
  readonly id: string;
  readonly kind: "inbound" | "handshake" | "outbound" | "token-response";
  /** Which declaration it belongs to, such as "zendesk-hmac"; null where the case does not say. */
  readonly scheme: string | null;
  readonly secrets: readonly string[];
  /** Epoch milliseconds; null where the scheme has no time. */
  readonly now: number | null;
  readonly toleranceSeconds: number | null;
  readonly allowTestSecret: boolean;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly config: Readonly<Record<string, unknown>>;
  readonly accept: boolean;
  readonly reason: string | null;
  /** Keys of the events in it, in their order; or how many different ones. */
  readonly dedupeKeys: readonly string[] | number | null;
  readonly response: ExpectedResponse | null;
  /** What was sealed in it, undefined where nothing was. */
  readonly decrypted: unknown;
  /** The text under the MAC, and the address in it. */
  readonly signed: string | null;
  readonly signedUri: string | null;
  /** How the sender is configured to prove itself, such as "API_KEY:x-api-key"; null where the case does not say. */
  readonly auth: string | null;
  /** What else a case of a source states of the outcome; null where it is of another form. */
  readonly stated: Stated | null;
  /** Ids that had come before. */
  readonly seen: readonly string[];
  /** Of an outbound case. */
  readonly expected: Readonly<Record<string, unknown>> | null;
}

export interface CaseResult {
  readonly id: string;
  readonly outcome: "passed" | "failed" | "not run";
  /** For a failed case what was expected and what came; for one not run why. */
  readonly detail: string;
}

const ExpectedResponse = z.object({
  status: z.number().optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
});
export type ExpectedResponse = z.infer<typeof ExpectedResponse>;

const HeaderPairs = z.array(z.tuple([z.string(), z.string()]));
/** Pairs may repeat a name; an object repeats one by a list of values. */
const HeaderObject = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .transform((headers) => Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])));
const CaseHeaders = z.union([HeaderPairs, HeaderObject]).default([]);

const Facts = z.record(z.string(), z.unknown());

const delivery = {
  now: z.number().nullish(),
  method: z.string().default("POST"),
  url: z.string().default("https://receiver.example/hooks"),
  headers: CaseHeaders,
  body: z.string().nullish(),
  body_base64: z.string().nullish(),
  scheme: z.string().optional(),
  dedupe_key: z.string().nullish(),
  dedupe_keys: z.union([z.array(z.string()), z.number()]).nullish(),
  response: ExpectedResponse.nullish(),
  decrypted: z.unknown().optional(),
  signed: z.string().nullish(),
  signed_uri: z.string().nullish(),
  expected: Facts.nullish(),
};

const Secret = z.union([z.string(), z.array(z.string())]).nullish();

/** `expect: "accept" | "reject"`, `reason`, `config`. */
const Worded = z.object({
  ...delivery,
  id: z.string(),
  kind: z.enum(["inbound", "handshake", "outbound", "token-response"]).default("inbound"),
  secret: Secret,
  secrets: z.array(z.string()).optional(),
  config: Facts.nullish(),
  expect: z.enum(["accept", "reject"]),
  reason: z.string().nullish(),
});

/** What cases of sources state. `valid` is a text where it depends on a token that the case does not have. */
const Stated = z.strictObject({
  valid: z.union([z.boolean(), z.literal("depends_on_jwt")]).optional(),
  reason: z.string().nullish(),
  status: z.number().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  no_header: z.string().optional(),
  follow_callback: z.literal(false).optional(),
  events: z.number().optional(),
  new_events: z.number().optional(),
  dedupe: z.union([z.string().transform((key) => [key]), z.array(z.string())]).optional(),
  dedupe_on_ce_id_alone: z.literal(false).optional(),
  duplicate: z.literal(true).optional(),
  ack: z.literal("none").optional(),
  note: z.string().optional(),
});
export type Stated = z.infer<typeof Stated>;

/** `expect: { valid, reason }`, `secrets`, `tolerance_s`. */
const Flagged = z.object({
  ...delivery,
  id: z.string().optional(),
  why: z.string().optional(),
  secret: Secret,
  secrets: z.array(z.string()).optional(),
  tolerance_s: z.number().nullish(),
  expect: Stated,
  auth: z.string().optional(),
  seen: z.array(z.string()).default([]),
});

const asList = (secret: z.infer<typeof Secret>): readonly string[] => (typeof secret === "string" ? [secret] : (secret ?? []));

const bytesOf = (text: string | null | undefined, base64: string | null | undefined): Uint8Array =>
  typeof base64 === "string" ? new Uint8Array(Buffer.from(base64, "base64")) : new TextEncoder().encode(text ?? "");

const jsonOr = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

function shared(raw: z.infer<typeof Worded> | z.infer<typeof Flagged>) {
  const { now = null, scheme = null } = raw;
  return {
    secrets: raw.secrets ?? asList(raw.secret),
    scheme,
    // HubSpot's cases count milliseconds, as its header does.
    now: now === null ? null : scheme?.startsWith("hubspot-") ? now : now * 1000,
    method: raw.method,
    url: raw.url,
    headers: raw.headers,
    body: bytesOf(raw.body, raw.body_base64),
    dedupeKeys: raw.dedupe_keys ?? (raw.dedupe_key == null ? null : [raw.dedupe_key]),
    response: raw.response ?? null,
    decrypted: typeof raw.decrypted === "string" ? jsonOr(raw.decrypted) : (raw.decrypted ?? undefined),
    signed: raw.signed ?? null,
    signedUri: raw.signed_uri ?? null,
    expected: raw.expected ?? null,
  };
}

/** Which of the names that cases give a tolerance. */
function toleranceIn({ tolerance_s, tolerance_ms }: Readonly<Record<string, unknown>>): number | null {
  if (typeof tolerance_s === "number") return tolerance_s;
  return typeof tolerance_ms === "number" ? tolerance_ms / 1000 : null;
}

/** Null where the case is of neither form. `position` names a case that has no id of its own. */
export function readCase(raw: unknown, position: string): VectorCase | null {
  const worded = Worded.safeParse(raw);
  if (worded.success) {
    const { id, kind, expect, reason } = worded.data;
    const config = worded.data.config ?? {};
    return {
      ...shared(worded.data),
      auth: null,
      stated: null,
      seen: [],
      id,
      kind,
      config,
      toleranceSeconds: toleranceIn(config),
      allowTestSecret: config.allow_test_secret === true,
      accept: expect === "accept",
      reason: reason ?? null,
    };
  }
  const flagged = Flagged.safeParse(raw);
  if (!flagged.success) return null;
  const { id, why, tolerance_s, expect, auth = null, seen } = flagged.data;
  return {
    ...shared(flagged.data),
    auth,
    seen,
    stated: expect,
    id: id ?? `${position}${why ? ` (${why})` : ""}`,
    kind: "inbound",
    config: {},
    toleranceSeconds: tolerance_s ?? null,
    allowTestSecret: false,
    accept: expect.valid === true,
    reason: expect.reason ?? null,
  };
}
