// The audit as an auditor needs it: whether one run's records hold, what was recorded lately, copies to take away, and the checkpoints against which a copy is
// verified. It says in words what a verification proves and what it does not.
import type { Failure, Result } from "../../core/errors.ts";
import type { Report } from "../../governance/audit-verify.ts";
import type { AuditOverview } from "../../operations/read-audit.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { Chip, When } from "./marks.tsx";
import { Refusal } from "./refusal.tsx";
import type { StatusWords } from "./status-words.ts";
import { listing, sentence } from "./words.ts";

export interface Verified {
  readonly run: string;
  readonly result: Result<Report>;
}

export interface AuditPageProps {
  readonly frame: Frame;
  readonly workflows: readonly string[];
  /** The fields as they were sent. */
  readonly entered: Readonly<Record<string, string>>;
  /** Null for somebody who may not read it. */
  readonly overview: AuditOverview | null;
  /** Among how many of the latest records those shown were looked for. */
  readonly look: number;
  readonly verified: Verified | null;
  readonly refused: Failure | null;
  readonly now: number;
}

const SIGNED: StatusWords = { label: "Signed", tone: "good", shape: "check" };
const UNSIGNED: StatusWords = { label: "Not signed", tone: "warn", shape: "question" };

export const AuditPage = ({ frame, workflows, entered, overview, look, verified, refused, now }: AuditPageProps) => (
  <Layout frame={frame} title="Audit" section="audit">
    <div class="page-head">
      <h1>Audit</h1>
      <p class="lead">
        What was done, when and by whom, as the engine wrote it. Each run’s records are chained by their hashes; a checkpoint a day keeps
        the ends of the chains outside the database.
      </p>
    </div>
    {refused ? <Refusal failure={refused} /> : null}
    {verified?.result.ok ? <Verdict run={verified.run} report={verified.result.value} /> : null}
    {overview === null ? null : (
      <>
        <section class="panel" aria-labelledby="verify-one">
          <h2 id="verify-one">Verify one run</h2>
          <form method="get" action="/audit" class="filter">
            <div class="field">
              <label for="verify">Run</label>
              <input
                type="text"
                id="verify"
                name="verify"
                value={entered.verify ?? ""}
                required
                maxlength={500}
                autocomplete="off"
                spellcheck={false}
              />
            </div>
            <button type="submit" class="button">
              Verify now
            </button>
          </form>
        </section>
        <h2 class="between">Records</h2>
        <Filter workflows={workflows} entered={entered} />
        <Copies entered={entered} />
        {overview.latest.length === 0 ? (
          <Empty title="No records">{`Nothing that matches is among the latest ${look.toLocaleString("en")} records. A copy looks at all of them.`}</Empty>
        ) : (
          <Latest overview={overview} now={now} />
        )}
        <h2 class="between">Checkpoints</h2>
        <Key overview={overview} />
        {overview.checkpoints === null ? (
          <p class="quiet">A checkpoint covers every workflow: an auditor of all of them can read it, and who took copies.</p>
        ) : overview.checkpoints.length === 0 ? (
          <Empty title="No checkpoint yet">The first is written after midnight, UTC.</Empty>
        ) : (
          <Checkpoints checkpoints={overview.checkpoints} now={now} />
        )}
        {overview.exports === null ? null : <h2 class="between">Copies that were taken</h2>}
        {overview.exports?.length === 0 ? <p class="quiet">Nobody has taken a copy.</p> : null}
        {overview.exports?.length ? <Exports exports={overview.exports} now={now} /> : null}
      </>
    )}
  </Layout>
);

const Verdict = ({ run, report }: { run: string; report: Report }) =>
  report.ok ? (
    <div class="banner good" role="status">
      <h2>The run’s records hold</h2>
      <p>
        <a href={`/runs/${encodeURIComponent(run)}`}>{run}</a>
        {`: ${report.records} records, compared with ${report.checkpoints} ${report.checkpoints === 1 ? "checkpoint" : "checkpoints"}.`}
      </p>
      {report.notes.map((note) => (
        <p>{note}</p>
      ))}
    </div>
  ) : (
    <div class="banner bad" role="alert">
      <h2>The run’s records do not hold</h2>
      <p>{sentence(`First at ${report.broken.what}: ${report.broken.why}`)}</p>
      <p>Keep the database and the checkpoints as they are, and take a copy of both before anything else is done.</p>
    </div>
  );

const FIELDS = [
  ["run", "Run", "text"],
  ["type", "Kind of record", "text"],
  ["actor", "By", "text"],
  ["from", "From (day)", "date"],
  ["to", "Before (day)", "date"],
] as const;

const Filter = ({ workflows, entered }: { workflows: readonly string[]; entered: Readonly<Record<string, string>> }) => (
  <form method="get" action="/audit" class="filter" aria-label="Filter">
    <div class="field">
      <label for="workflow">Workflow</label>
      <select id="workflow" name="workflow">
        <option value="">All</option>
        {[...new Set([...workflows, ...(entered.workflow ? [entered.workflow] : [])])].map((name) => (
          <option value={name} selected={name === entered.workflow}>
            {name}
          </option>
        ))}
      </select>
    </div>
    {FIELDS.map(([name, label, type]) => (
      <div class="field">
        <label for={name}>{label}</label>
        <input type={type} id={name} name={name} value={entered[name] ?? ""} autocomplete="off" spellcheck={false} />
      </div>
    ))}
    <button type="submit" class="button">
      Filter
    </button>
    {filterOf(entered).length === 0 ? null : (
      <a class="button" href="/audit">
        Show all
      </a>
    )}
  </form>
);

const filterOf = (entered: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(entered).filter(([name]) => name === "workflow" || FIELDS.some(([field]) => field === name));

const Copies = ({ entered }: { entered: Readonly<Record<string, string>> }) => {
  const address = (format: string) => `/api/audit/export?${new URLSearchParams([["format", format], ...filterOf(entered)])}`;
  return (
    <p class="paging">
      <a class="button" href={address("jsonl")}>
        Copy as JSONL, to verify
      </a>{" "}
      <a class="button" href={address("csv")}>
        Copy as CSV, to read
      </a>{" "}
      <span class="quiet small">of all records that match. Who takes a copy is recorded.</span>
    </p>
  );
};

const Latest = ({ overview: { latest }, now }: { overview: AuditOverview; now: number }) => (
  <table class="list">
    <caption class="unseen">The latest records that match, newest first</caption>
    <thead>
      <tr>
        <th scope="col" class="time">
          When
        </th>
        <th scope="col">What and by whom</th>
        <th scope="col">Run</th>
      </tr>
    </thead>
    <tbody>
      {latest.map(({ run, seq, at, type, step, actor }) => (
        <tr>
          <th scope="row">
            <When at={at} now={now} />
          </th>
          <td>
            <code>{type}</code>
            <span class="meta">{`${step === null ? "" : `${step}, `}by ${actor}`}</span>
          </td>
          <td>
            <a href={`/runs/${encodeURIComponent(run)}`}>{run}</a>
            <span class="meta">
              {`record ${seq}, `}
              <a href={`/audit?${new URLSearchParams({ verify: run })}`}>verify</a>
            </span>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Key = ({ overview: { key } }: { overview: AuditOverview }) => {
  if (!key.ok) return <p class="error">{sentence(key.error.message)}</p>;
  return key.value === null ? (
    <p>
      Checkpoints are not signed, because this deployment has no key: whoever can write both the database and the bucket could replace them
      unnoticed. An operator sets AUDIT_SIGNING_KEY.
    </p>
  ) : (
    <p>
      They are signed with the key <code>{key.value}</code>. Fetch <a href="/api/audit/key">its public half</a> once and keep it where this
      deployment cannot write.
    </p>
  );
};

const Checkpoints = ({ checkpoints, now }: { checkpoints: NonNullable<AuditOverview["checkpoints"]>; now: number }) => (
  <table class="list">
    <caption class="unseen">Checkpoints, newest first</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          Day
        </th>
        <th scope="col">Digest</th>
      </tr>
    </thead>
    <tbody>
      {checkpoints.map(({ number, date, at, digest, signedBy, runs, records }) => (
        <tr>
          <th scope="row">
            <a href={`/api/audit/checkpoints/${number}`}>{date}</a>
            <span class="meta">
              {`number ${number}, `}
              <When at={at} now={now} />
            </span>
          </th>
          <td>
            <code>{digest}</code>
            <span class="meta">
              <Chip words={signedBy === null ? UNSIGNED : SIGNED} />
              {` ${records} new records of ${runs} ${runs === 1 ? "run" : "runs"}${signedBy === null ? "" : `, key ${signedBy}`}`}
            </span>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Exports = ({ exports, now }: { exports: NonNullable<AuditOverview["exports"]>; now: number }) => (
  <table class="list">
    <caption class="unseen">Copies of the audit, newest first</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          When
        </th>
        <th scope="col">By whom, and what</th>
      </tr>
    </thead>
    <tbody>
      {exports.map(({ at, by, format, filter }) => (
        <tr>
          <th scope="row">
            <When at={at} now={now} />
          </th>
          <td>
            {`${by}, as ${format === "csv" ? "CSV" : "JSONL"}`}
            <span class="meta">
              {Object.keys(filter).length === 0
                ? "All records"
                : sentence(
                    listing(
                      Object.entries(filter).map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`),
                    ),
                  )}
            </span>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
