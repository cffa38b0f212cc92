// Numbered statements for a partition's SQLite, applied before anything else touches it. Append only: a deployed object runs those it has not yet run.
const MIGRATIONS: readonly string[] = [
  // Text keys, so WITHOUT ROWID: one b-tree and one billed row per insert.
  `create table run (
    id text primary key,
    workflow text not null,
    version integer not null,
    manifest text not null,
    spec_version integer not null,
    event text not null,
    -- null while the journal alone says how far the run is; otherwise what it waits for, as JSON
    waiting text,
    -- when the alarm must look at it again; null: only a message from outside moves it
    due integer,
    -- last entry that D1 holds
    projected integer not null default 0,
    -- 0 once it has ended and D1 holds all of it
    open integer not null default 1,
    created integer not null
  ) without rowid`,
  // Only open work is indexed: an ended run costs no index row.
  "create index run_open on run (due) where open = 1",
  // One row per durable write, holding the entries of that write.
  "create table entry (run text not null, seq integer not null, body text not null, primary key (run, seq)) without rowid",
  // The specs that runs here are pinned to.
  "create table spec (workflow text not null, version integer not null, body text not null, primary key (workflow, version)) without rowid",
];

export function migrate(sql: SqlStorage): void {
  sql.exec("create table if not exists migration (id integer primary key)");
  const done = sql.exec<{ last: number | null }>("select max(id) as last from migration").one().last ?? 0;
  for (const [index, statement] of MIGRATIONS.entries()) {
    if (index + 1 <= done) continue;
    sql.exec(statement);
    sql.exec("insert into migration (id) values (?)", index + 1);
  }
}
