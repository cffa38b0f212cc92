// Cases of systems that are sources of events: which declaration each file is about, and everything that such a case states of the outcome. A file is known by its name.
// Two statements are read by what the facts beside the vectors ask for rather than to the letter. A batch that Kafka's sink must not be refused for ("ack": "none", 400)
// is to be answered with 2xx, start nothing and be kept. A delivery that came before ("seen") is no error: it is known again by its id, and has no second effect.
import path from "node:path";
import { bamboohrWebhooks } from "../../src/connectors/bamboohr-webhook.ts";
import { cloudeventsWebhooks } from "../../src/connectors/cloudevents.ts";
import { debeziumWebhooks } from "../../src/connectors/debezium.ts";
import { dynamicsWebhook } from "../../src/connectors/dynamics-webhook.ts";
import { eventbridgeWebhooks } from "../../src/connectors/eventbridge.ts";
import { kafkaWebhooks } from "../../src/connectors/kafka.ts";
import { sapWebhooks } from "../../src/connectors/sap-webhook.ts";
import type { HandshakeAnswer, ParsedEvent, SecretScheme, WebhookDeclaration, WebhookRequest } from "../../src/connectors/webhook.ts";
import { errorFacts } from "../../src/core/errors.ts";
import { type Received, receiveDelivery } from "../../src/ingress/receive.ts";
import type { CaseResult, Stated, VectorCase } from "./cases.ts";
import { json, wordsFor } from "./compare.ts";
import { adjusted, headersOf } from "./delivery.ts";
import type { Subject } from "./schemes.ts";

type Prepare = (vector: VectorCase) => Subject;

const carrying = (declaration: WebhookDeclaration, carried: SecretScheme["carried"]): WebhookDeclaration => ({
  ...declaration,
  scheme: { kind: "shared-secret", carried },
});

/** "HttpHeader:x-key", "WebhookKey", "HttpQueryString:key". */
const dataverse: Prepare = ({ auth }) => {
  const [way, name = ""] = (auth ?? "").split(":");
  if (way === "HttpHeader") return { declaration: dynamicsWebhook({ in: "header", header: name }) };
  if (way === "WebhookKey") return { declaration: dynamicsWebhook({ in: "query", parameter: "code" }) };
  if (way === "HttpQueryString") return { declaration: dynamicsWebhook({ in: "query", parameter: name }) };
  throw new Error(`no way of Dataverse is called "${auth}"`);
};

/** "API_KEY:x-key", "OAUTH", "BASIC" with the password, or with user and password, as the secret. */
const eventbridge: Prepare = ({ auth, secrets }) => {
  const [way, name = ""] = (auth ?? "").split(":");
  if (way === "API_KEY") return { declaration: carrying(eventbridgeWebhooks["api-key"], { in: "header", header: name }) };
  if (way?.startsWith("OAUTH")) return { declaration: eventbridgeWebhooks.bearer };
  if (way === "BASIC") {
    const passwords = secrets.map((secret) => secret.slice(secret.indexOf(":") + 1));
    const user = secrets.find((secret) => secret.includes(":"))?.split(":", 1)[0];
    return { declaration: carrying(eventbridgeWebhooks.basic, { in: "basic", ...(user ? { user } : {}) }), secrets: passwords };
  }
  throw new Error(`no way of EventBridge is called "${auth}"`);
};

/** A case without a secret is about a token, which nobody has published keys for here. */
const debezium: Prepare = ({ secrets }) =>
  secrets.length > 0
    ? { declaration: debeziumWebhooks["standard-webhooks"] }
    : {
        declaration: debeziumWebhooks.oauth,
        settings: { issuer: "https://idp.example", audience: "interlock", keysUrl: "https://idp.example/jwks" },
      };

const SYSTEMS: Readonly<Record<string, Prepare>> = {
  bamboohr: () => ({ declaration: bamboohrWebhooks.employees }),
  "cloudevents-webhook": ({ stated }) => {
    const rate = stated?.headers?.["webhook-allowed-rate"];
    return { declaration: cloudeventsWebhooks.token, ...(rate === undefined ? {} : { settings: { rate } }) };
  },
  "dataverse-webhook": dataverse,
  "debezium-http-sink": debezium,
  "eventbridge-api-destination": eventbridge,
  "kafka-http-sink": () => ({ declaration: kafkaWebhooks.static }),
  "sap-event-mesh": () => ({ declaration: sapWebhooks.token }),
};

export const SOURCE_FILES = Object.keys(SYSTEMS);

/** Null where a file is about another system. */
export function systemOfFile(file: string): string | null {
  const name = path.basename(file, ".json");
  return Object.hasOwn(SYSTEMS, name) ? name : null;
}

export const prepareSource = (system: string, vector: VectorCase): Subject => {
  const prepare = SYSTEMS[system];
  if (!prepare) throw new Error(`no source ${system}`);
  return prepare(vector);
};

interface Outcome {
  readonly received: Received;
  readonly declaration: WebhookDeclaration;
  readonly request: WebhookRequest;
  readonly now: number;
  /** How often an address was asked for anything. */
  readonly asked: number;
}

export async function runSource(
  vector: VectorCase,
  { declaration, settings = {}, secrets = vector.secrets }: Subject,
): Promise<CaseResult> {
  const { id, stated } = vector;
  const result = (outcome: CaseResult["outcome"], detail: string): CaseResult => ({ id, outcome, detail });
  if (!stated) return result("not run", "a case of another form");
  const headers = unstripped(vector);
  if (!headers) return result("not run", "a header that HTTP cannot carry");
  const request = { method: vector.method, url: vector.url, headers, body: vector.body };
  const now = vector.now ?? 0;
  let asked = 0;
  const received = await receiveDelivery({
    connection: { id: "vectors", connector: "vectors", declaration: adjusted(declaration, vector), secrets, settings },
    request,
    published: async () => {
      asked += 1;
      return { kind: "absent" };
    },
    now,
  });
  const wrong = differences(vector, stated, { received, declaration, request, now, asked });
  return wrong.length === 0 ? result("passed", "") : result("failed", wrong.join("; "));
}

/** As a server that leaves the spaces around a value would hand it over: whether they count is then the comparison's to say. */
function unstripped(vector: VectorCase): Headers | null {
  const headers = headersOf(vector);
  const padded = new Map(vector.headers.filter(([, value]) => value !== value.trim()).map(([name, value]) => [name.toLowerCase(), value]));
  if (!headers || padded.size === 0) return headers;
  const get = headers.get.bind(headers);
  headers.get = (name) => padded.get(name.toLowerCase()) ?? get(name);
  return headers;
}

/** What the sender is answered with. */
function answerOf(received: Received): HandshakeAnswer {
  switch (received.kind) {
    case "answer":
      return received;
    case "rejected":
      return { status: received.status ?? errorFacts(received.failure.code).status, body: "" };
    case "dead_letter":
      return received.stored ?? { status: 200, body: "" };
    case "accepted":
    case "ignored":
      return received.stored ?? { status: 202, body: "" };
  }
}

const sameStatus = (expected: number, got: number): boolean => expected === got || (expected < 300 && Math.floor(got / 100) === 2);

function differences(vector: VectorCase, stated: Stated, outcome: Outcome): readonly string[] {
  const { received, declaration, asked } = outcome;
  const answer = answerOf(received);
  const events = eventsOf(outcome);
  const keys = events.map(({ signedId }) => signedId ?? "");
  const repeated =
    vector.seen.length > 0 && keys.length > 0 && keys.every((key) => key.split("/").some((part) => vector.seen.includes(part)));
  const parked = received.kind === "dead_letter" && stated.ack === "none" && answer.status < 300;
  const words = [
    ...wordsFor(received, declaration),
    ...(received.kind === "dead_letter" ? ["bad_json"] : []),
    ...(repeated ? ["stale"] : []),
  ];
  // Kept for a person, and nothing started: as good as received where the case asks for no more than authenticity.
  const valid = received.kind === "accepted" || (received.kind === "dead_letter" && stated.valid === true);
  const checks: readonly (readonly [boolean, string])[] = [
    [stated.valid !== true || valid, "is to be accepted"],
    [stated.valid !== false || !valid || repeated, "is to be refused"],
    [
      stated.valid !== "depends_on_jwt" || (received.kind === "rejected" && received.reason === "bad_alg"),
      "is to be judged by its token, not by the form of the header",
    ],
    [stated.reason == null || words.includes(stated.reason), `is to be refused as ${stated.reason}`],
    [stated.status === undefined || parked || sameStatus(stated.status, answer.status), `is to be answered ${stated.status}`],
    [
      Object.entries(stated.headers ?? {}).every(([name, value]) => answer.headers?.[name] === value),
      `is to be answered with ${JSON.stringify(stated.headers)}`,
    ],
    [stated.no_header === undefined || answer.headers?.[stated.no_header] === undefined, `is to be answered without ${stated.no_header}`],
    [stated.follow_callback === undefined || (asked === 0 && received.kind === "answer"), "is to be granted without calling anybody"],
    [stated.events === undefined || events.length === stated.events, `has ${stated.events} events`],
    [stated.new_events === undefined || startedBy(received) === stated.new_events, `starts ${stated.new_events}`],
    [
      stated.dedupe === undefined || stated.dedupe.join() === keys.join() || stated.dedupe.join("/") === keys.join(),
      `is known as ${stated.dedupe?.join()}`,
    ],
    [stated.dedupe_on_ce_id_alone === undefined || !sameForAnotherRow(outcome, keys), "is known by more than its id"],
    [stated.duplicate === undefined || (repeated && received.kind === "accepted"), "is known to have come before"],
  ];
  const wrong = checks.flatMap(([holds, expected]) => (holds ? [] : [expected]));
  return wrong.length === 0 ? [] : [...wrong, `got ${received.kind} ${words[0]}, ${answer.status}, keys ${keys.join()}`];
}

const startedBy = (received: Received): number => (received.kind === "accepted" ? received.events.length : 0);

function eventsOf({ received, declaration, request, now }: Outcome, body = request.body): readonly ParsedEvent[] {
  if (received.kind !== "accepted") return [];
  const parsed = declaration.parse({ ...request, body }, now);
  return parsed.kind === "events" ? parsed.events : parsed.kind === "event" ? [parsed] : [];
}

/** The same CloudEvent about another row, as a snapshot has many of: would it be taken for this one? */
function sameForAnotherRow(outcome: Outcome, keys: readonly string[]): boolean {
  const event = json(new TextDecoder().decode(outcome.request.body)) as { data: { after: object } };
  const other = { ...event, data: { ...event.data, after: { ...event.data.after, pk: "another" } } };
  const [another] = eventsOf(outcome, new TextEncoder().encode(JSON.stringify(other)));
  return another === undefined || keys.includes(another.signedId ?? "");
}
