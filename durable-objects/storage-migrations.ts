// Numbered statements for an object's SQLite, applied before anything else touches it. Append only: a deployed object runs those it has not yet run.
const PARTITION: readonly string[] = [
  // Numbered, so that rows of work that goes on together lie together: with a digest as the key every run's rows would be pages of their own (measured: nine
  // page writes a run against two). Only the short unique index is in the digests' order.
  `create table run (
    no integer primary key,
    id text not null unique,
    lane text not null,
    -- how many of the lane may be under way while this one begins
    at_once integer not null,
    -- 1: its workflow's limits are kept here, see src/engine/flow.ts
    confined integer not null,
    -- 0 collected (debounce), 1 queued, 2 begun, 3 known to have ended: from then on it takes no place in its lane
    stage integer not null,
    -- order in a queue; while collected only its priority's part
    rank integer not null,
    -- end of its debounce window
    ready integer,
    workflow text not null,
    version integer not null,
    manifest text not null,
    spec_version integer not null,
    -- without its data once the run is closed
    event text not null,
    -- null while the journal alone says how far the run is; otherwise what it waits for, as JSON
    waiting text,
    -- when the alarm must look at it again; null: only a message from outside moves it
    due integer,
    -- last entry that D1 holds
    projected integer not null default 0,
    -- 0 once it has ended and D1 holds all of it: then its entries are gone from here. The row stays for ever, so that no event starts the run twice
    open integer not null default 1,
    created integer not null,
    -- of the hash chain: the salt (only D1 has it once the run is closed, so that it can be erased there) and the hash of the entry that "projected" names
    salt text not null,
    head text not null default ''
  )`,
  // Only open work is indexed: an ended run costs no index row.
  "create index run_open on run (due) where open = 1",
  "create index run_lane on run (lane, stage, rank) where open = 1",
  "create index run_confined on run (workflow, stage, rank) where open = 1 and confined = 1",
  // One row per durable write, holding the entries of that write. id = run number * 2^20 + the first entry's sequence: one key, and the rows of a run in order.
  "create table entry (id integer primary key, body text not null)",
  // Kill switches, as last told.
  'create table halt (scope text primary key, at integer not null, "on" integer not null, by text not null) without rowid',
  // The specs that runs here are pinned to.
  "create table spec (workflow text not null, version integer not null, body text not null, primary key (workflow, version)) without rowid",
  // The last beginnings of a throttled workflow, numbered; as many as its limit looks back.
  "create table beginning (workflow text not null, n integer not null, at integer not null, primary key (workflow, n)) without rowid",
  // Events that became part of another event's run: for ever, so that a second delivery finds it.
  "create table merged (id text primary key, into_run integer not null) without rowid",
];

export const LIMITS: readonly string[] = [
  // One row: what has left in this hour and on this day, as JSON (src/governance/tally.ts).
  "create table tally (one integer primary key check (one = 1), body text not null)",
  // The places that writes of this day have taken, by the write's key.
  "create table taken (key text primary key, day integer not null, body text not null) without rowid",
  // What model calls have cost or may yet (src/governance/budget.ts): "day" of this day, and of each run by its id; in billionths of a dollar.
  "create table spent (of text primary key, at integer not null, nano integer not null) without rowid",
  // Calls that were reserved and not settled yet.
  "create table reservation (id integer primary key autoincrement, day integer not null, run text not null, nano integer not null)",
];

export const CONNECTION: readonly string[] = [
  // One row: the circuit to a provider's host, as JSON (src/engine/circuit.ts).
  "create table circuit (one integer primary key check (one = 1), body text not null)",
  // One row: the token in use with what the next one is asked for with, sealed (durable-objects/connection-token.ts).
  "create table token (one integer primary key check (one = 1), sealed text not null)",
];

export const POLLER: readonly string[] = [
  // One row: which poll this is, and how far it is, as JSON (src/ingress/poll-cursor.ts).
  "create table cursor (one integer primary key check (one = 1), connection text not null, poll text not null, body text not null)",
  // Changes that the next polls will meet again: a digest of id and version, the source's time, our time of the first sight, and whether it was taken.
  "create table seen (key text primary key, at integer not null, first integer not null, taken integer not null) without rowid",
  "create index seen_at on seen (at)",
];

export const SCHEDULER: readonly string[] = [
  // One row: whose schedule this is, and how far it is, as JSON (src/ingress/schedule.ts).
  "create table schedule (one integer primary key check (one = 1), workflow text not null, body text not null)",
];

export function migrate(sql: SqlStorage, statements: readonly string[] = PARTITION): void {
  sql.exec("create table if not exists migration (id integer primary key)");
  const done = sql.exec<{ last: number | null }>("select max(id) as last from migration").one().last ?? 0;
  for (const [index, statement] of statements.entries()) {
    if (index + 1 <= done) continue;
    sql.exec(statement);
    sql.exec("insert into migration (id) values (?)", index + 1);
  }
}
