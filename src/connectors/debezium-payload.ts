// A change that Debezium read from a database's log: its envelope (before, after, source, op), bare, with a schema, or inside a CloudEvent. Which change it is, the source's
// position says; a snapshot's rows share one, so the row is part of the identity. What Debezium tells beside changes (heartbeats, transactions, schema changes) is no event.
import { sha256Hex } from "../core/crypto.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { at, digitsAt, textAt } from "./payload.ts";
import { isObject, type RecordRead, skipped, unreadable } from "./records.ts";

const OPERATIONS: Readonly<Record<string, string>> = {
  c: "created",
  u: "updated",
  d: "deleted",
  r: "snapshot",
  t: "truncated",
  m: "message",
};

/** Where in its log each database says that a change is. Sources of other databases are taken whole. */
const POSITIONS: Readonly<Record<string, readonly string[]>> = {
  postgresql: ["lsn", "txId"],
  sqlserver: ["commit_lsn", "change_lsn", "event_serial_no"],
  oracle: ["commit_scn", "scn", "rs_id", "ssn"],
};
/** After a switch to another server a file and a position mean something else, and a GTID does not. */
const MYSQL_GTID = ["gtid", "row"];
const MYSQL_FILE = ["file", "pos", "row"];

interface Change {
  readonly op: string;
  readonly source: Json;
  readonly before: Json;
  readonly after: Json;
  readonly message: Json;
  /** Epoch milliseconds, of the change in the database or of its reading. */
  readonly time: number | null;
}

const numberAt = (value: Json, ...path: readonly string[]): number | null => {
  const digits = digitsAt(value, ...path);
  const number = digits === null ? Number.NaN : Number(digits);
  return Number.isSafeInteger(number) ? number : null;
};

/** With schemas enabled every message is `{schema, payload}`. */
const unwrapped = (record: Json): Json =>
  isObject(record) && at(record, "schema") !== undefined ? (at(record, "payload") ?? record) : record;

const changeOf = (envelope: Json, op: string): Change => ({
  op,
  source: at(envelope, "source") ?? null,
  before: at(envelope, "before") ?? null,
  after: at(envelope, "after") ?? null,
  message: at(envelope, "message") ?? null,
  time: numberAt(envelope, "source", "ts_ms") || numberAt(envelope, "ts_ms"),
});

/** A CloudEvent's extensions are the source's members, in lower case and as text. */
const EXTENSIONS: readonly (readonly [string, string])[] = [
  ...["connector", "name", "db", "schema", "table", "lsn", "file", "pos", "row", "gtid", "scn", "ssn", "snapshot"].map(
    (name) => [`iodebezium${name}`, name] as const,
  ),
  ["iodebeziumtxid", "txId"],
  ["iodebeziumchangelsn", "change_lsn"],
  ["iodebeziumcommitlsn", "commit_lsn"],
  ["iodebeziumeventserialno", "event_serial_no"],
  ["iodebeziumcommitscn", "commit_scn"],
  ["iodebeziumrsid", "rs_id"],
];

function changeOfCloudEvent(event: Json, op: string): Change {
  const source = Object.fromEntries(
    EXTENSIONS.flatMap(([name, member]) => [at(event, name)].flatMap((value) => (value == null ? [] : [[member, value]]))),
  );
  const envelope: JsonObject = { ...(unwrapped(at(event, "data") ?? null) as JsonObject | null) };
  return { ...changeOf({ ...envelope, source }, op), time: numberAt(event, "iodebeziumtsms") };
}

/** Avro comes as text. */
const readableCloudEvent = (event: Json): boolean => isObject(at(event, "data") ?? null);

function positionOf(source: Json): Json {
  const connector = textAt(source, "connector") ?? "";
  const mysql = connector === "mysql" || connector === "mariadb";
  const names = mysql ? (textAt(source, "gtid") === null ? MYSQL_FILE : MYSQL_GTID) : POSITIONS[connector];
  // A number here and its digits in a CloudEvent are one position.
  return names ? names.map((name) => String(at(source, name) ?? "")) : source;
}

/** "public.customers", or with a database where there are no schemas. */
const tableOf = (source: Json): string | null => {
  const table = textAt(source, "table") ?? textAt(source, "collection");
  const within = textAt(source, "schema") ?? textAt(source, "db");
  return table === null ? null : within === null ? table : `${within}.${table}`;
};

/** The row's key: what PostgreSQL says of the row before, which is its key alone unless told otherwise; or `id`; or the first column. */
function keyOf({ before, after }: Change): string | null {
  const row = after ?? before;
  const own = digitsAt(row, "id") ?? textAt(row, "id");
  const members = isObject(before) && Object.keys(before as JsonObject).length === 1 ? before : row;
  const [first] = isObject(members) ? Object.keys(members as JsonObject) : [];
  return own ?? (first === undefined ? null : (digitsAt(members, first) ?? textAt(members, first)));
}

function opOf(record: Json, member: string): string | null {
  const op = textAt(record, member);
  return op !== null && Object.hasOwn(OPERATIONS, op) ? op : null;
}

export function readChange(record: Json, receivedAt: number): RecordRead {
  if (record === null) return skipped("A tombstone");
  const cloud = textAt(record, "specversion") !== null;
  const envelope = cloud ? record : unwrapped(record);
  if (envelope === null) return skipped("A tombstone");
  const op = opOf(envelope, cloud ? "iodebeziumop" : "op");
  if (op === null) return cloud ? withoutExtensions(envelope, receivedAt) : besides(envelope);
  if (cloud && !readableCloudEvent(envelope))
    return unreadable("The CloudEvent’s data is no JSON: set debezium.format.value to json or cloudevents with JSON data");
  const change = cloud ? changeOfCloudEvent(envelope, op) : changeOf(envelope, op);
  if (!isObject(change.source)) return unreadable("The change has no source: it cannot be told from another one");
  const name = textAt(change.source, "name") ?? "";
  // Some sources do not say which table (the Oracle samples of its documentation): the server’s name is left.
  const table = tableOf(change.source) ?? (op === "m" ? "log" : name || null);
  if (table === null) return unreadable("The change names neither a table nor a server");
  const identity = [
    textAt(change.source, "connector") ?? "",
    name,
    table,
    op,
    positionOf(change.source),
    change.before,
    change.after,
    change.message,
  ];
  return {
    kind: "event",
    event: {
      signedId: sha256Hex(JSON.stringify(identity)),
      type: `${table}.${OPERATIONS[op]}`,
      subject: keyOf(change) ?? textAt(change.message, "prefix") ?? table,
      time: change.time ?? receivedAt,
      data: envelope,
    },
  };
}

/** A CloudEvent whose extensions are switched off names neither its table nor what became of the row: only the server and the rows are left. */
function withoutExtensions(event: Json, receivedAt: number): RecordRead {
  const server = /^\/debezium\/[^/]+\/([^/]+)$/.exec(textAt(event, "source") ?? "")?.[1];
  const id = textAt(event, "id");
  const data = unwrapped(at(event, "data") ?? null);
  if (server === undefined || id === null || !isObject(data))
    return unreadable("The CloudEvent is none of Debezium’s, or its data is no JSON");
  const change = changeOf(data, "");
  if (change.before === null && change.after === null) return besides(data);
  const time = textAt(event, "time");
  return {
    kind: "event",
    event: {
      signedId: sha256Hex(JSON.stringify([server, id, change.before, change.after])),
      type: `${server}.changed`,
      subject: keyOf(change) ?? server,
      time: (time === null ? null : parseRfc3339(time)) ?? receivedAt,
      data: event,
    },
  };
}

function besides(envelope: Json): RecordRead {
  const members = isObject(envelope) ? Object.keys(envelope as JsonObject) : [];
  if (members.some((name) => name === "ddl" || name === "tableChanges")) return skipped("A change of the schema");
  if (/^(BEGIN|END)$/.test(textAt(envelope, "status") ?? "")) return skipped("A transaction’s beginning or end");
  if (members.length > 0 && members.every((name) => /^ts_(ms|us|ns)$/.test(name))) return skipped("A heartbeat");
  return unreadable("The record is no change of Debezium’s: op is missing or unknown; leave out transforms that unwrap it");
}
