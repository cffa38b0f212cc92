// The two forms in which signature vectors are written, read into one. A file or case of another form is not an error: it is not run, and why is said.
import * as z from "zod";

/** One delivery and what must become of it. */
export interface VectorCase {
  readonly id: string;
  /** Which declaration it belongs to, such as "zendesk-hmac"; null where the case does not say. */
  readonly scheme: string | null;
  readonly secrets: readonly string[];
  /** Seconds; null where the scheme has no time. */
  readonly now: number | null;
  readonly toleranceSeconds: number | null;
  readonly allowTestSecret: boolean;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly accept: boolean;
  readonly reason: string | null;
  readonly dedupeKey: string | null;
  readonly response: ExpectedResponse | null;
}

const ExpectedResponse = z.object({
  status: z.number().optional(),
  body: z.unknown(),
  headers: z.record(z.string(), z.string()).optional(),
});
export type ExpectedResponse = z.infer<typeof ExpectedResponse>;

const HeaderPairs = z.array(z.tuple([z.string(), z.string()]));
/** Pairs may repeat a name; an object repeats one by a list of values. */
const HeaderObject = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .transform((headers) => Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])));
const CaseHeaders = z.union([HeaderPairs, HeaderObject]).default([]);

const delivery = {
  now: z.number().nullish(),
  method: z.string().default("POST"),
  url: z.string().default("https://receiver.example/hooks"),
  headers: CaseHeaders,
  body: z.string().nullish(),
  body_base64: z.string().nullish(),
  scheme: z.string().optional(),
  dedupe_key: z.string().nullish(),
  response: ExpectedResponse.nullish(),
};

const Secret = z.union([z.string(), z.array(z.string())]).nullish();

/** `expect: "accept" | "reject"`, `reason`, `config`. */
const Worded = z.object({
  ...delivery,
  id: z.string(),
  kind: z.enum(["inbound", "handshake"]).default("inbound"),
  secret: Secret,
  secrets: z.array(z.string()).optional(),
  config: z.object({ tolerance_s: z.number().nullish(), allow_test_secret: z.boolean().nullish() }).nullish(),
  expect: z.enum(["accept", "reject"]),
  reason: z.string().nullish(),
});

/** `expect: { valid, reason }`, `secrets`, `tolerance_s`. */
const Flagged = z.object({
  ...delivery,
  id: z.string().optional(),
  why: z.string().optional(),
  secret: Secret,
  secrets: z.array(z.string()).optional(),
  tolerance_s: z.number().nullish(),
  expect: z.object({ valid: z.boolean(), reason: z.string().nullish() }),
});

const asList = (secret: z.infer<typeof Secret>): readonly string[] => (typeof secret === "string" ? [secret] : (secret ?? []));

const bytesOf = (text: string | null | undefined, base64: string | null | undefined): Uint8Array =>
  typeof base64 === "string" ? new Uint8Array(Buffer.from(base64, "base64")) : new TextEncoder().encode(text ?? "");

function shared(raw: z.infer<typeof Worded> | z.infer<typeof Flagged>) {
  return {
    secrets: raw.secrets ?? asList(raw.secret),
    scheme: raw.scheme ?? null,
    now: raw.now ?? null,
    method: raw.method,
    url: raw.url,
    headers: raw.headers,
    body: bytesOf(raw.body, raw.body_base64),
    dedupeKey: raw.dedupe_key ?? null,
    response: raw.response ?? null,
  };
}

/** Null where the case is of neither form. `position` names a case that has no id of its own. */
export function readCase(raw: unknown, position: string): VectorCase | null {
  const worded = Worded.safeParse(raw);
  if (worded.success) {
    const { id, config, expect, reason } = worded.data;
    return {
      ...shared(worded.data),
      id,
      toleranceSeconds: config?.tolerance_s ?? null,
      allowTestSecret: config?.allow_test_secret ?? false,
      accept: expect === "accept",
      reason: reason ?? null,
    };
  }
  const flagged = Flagged.safeParse(raw);
  if (!flagged.success) return null;
  const { id, why, tolerance_s, expect } = flagged.data;
  return {
    ...shared(flagged.data),
    id: id ?? `${position}${why ? ` (${why})` : ""}`,
    toleranceSeconds: tolerance_s ?? null,
    allowTestSecret: false,
    accept: expect.valid,
    reason: expect.reason ?? null,
  };
}
