// The connections of this deployment: where each system is, where it posts to, who uses it, what is not set; for whoever may a button that really calls it.
import type { Failure } from "../../core/errors.ts";
import { may } from "../../operations/access.ts";
import type { ConnectionStanding } from "../../operations/assess-connection.ts";
import { pollWords, standingChip } from "./connection-words.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { Chip, When } from "./marks.tsx";
import { Refusal } from "./refusal.tsx";

export interface ConnectionsPageProps {
  readonly frame: Frame;
  readonly connections: readonly ConnectionStanding[];
  readonly now: number;
  readonly refused?: Failure | null;
}

export const ConnectionsPage = ({ frame, connections, now, refused = null }: ConnectionsPageProps) => {
  const mayAssess = frame.principal !== null && may(frame.principal, "assess connections", null);
  return (
    <Layout frame={frame} title="Connections" section="connections">
      <div class="page-head">
        <h1>Connections</h1>
        <p class="lead">
          Each system that this deployment speaks to. An assessment really calls it, with the credential and the limits of a run, and says
          what is confirmed, what is missing and how to mend it.
        </p>
      </div>
      {refused ? <Refusal failure={refused} /> : null}
      {connections.length === 0 ? <Empty title="No connection">src/config.ts names none.</Empty> : null}
      <div class="cards">
        {connections.map((one, index) => (
          <article class="panel" aria-labelledby={`connection-${index}`}>
            <div class="write-head">
              <h2 id={`connection-${index}`}>{one.title}</h2>
              <Chip words={standingChip(one)} />
            </div>
            <dl class="facts">
              <Fact name="Name" value={one.connection} />
              <Fact name="Address" value={one.address ?? "not set"} />
              <Fact name="It posts to" value={one.hook ?? (one.polls.length > 0 ? "nothing: it is polled" : "nothing: it only receives")} />
              <Fact name="Used by" value={one.workflows.join(", ") || "no workflow"} />
            </dl>
            {one.polls.map((poll) => {
              const { said, trouble } = pollWords(poll, now);
              return (
                <>
                  <p class="small">{`Polled: ${poll.summary}, ${said}.`}</p>
                  {trouble === null ? null : <p class="note">{trouble}</p>}
                </>
              );
            })}
            {one.standing === "absent" ? (
              <details>
                <summary>What it takes to connect it</summary>
                {one.missing.map(({ said, fix }) => (
                  <p class="small">{`${said}.${fix ? ` ${fix}.` : ""}`}</p>
                ))}
              </details>
            ) : (
              one.missing.map(({ said, fix }) => <p class="note">{`${said}.${fix ? ` ${fix}.` : ""}`}</p>)
            )}
            {one.assessment === null ? null : (
              <p class="small">
                <a href={`/connections/${encodeURIComponent(one.connection)}`}>Read the assessment</a>
                {" of "}
                <When at={one.assessment.at} now={now} />
              </p>
            )}
            {mayAssess && one.standing !== "absent" ? (
              <form method="post" action={`/connections/${encodeURIComponent(one.connection)}/assess`}>
                <p class="check">
                  <input type="checkbox" id={`write-${index}`} name="write" value="yes" />
                  <label for={`write-${index}`}>Try a write as well, and take it back</label>
                </p>
                <button type="submit" class="button">{`Assess ${one.connection}`}</button>
              </form>
            ) : null}
          </article>
        ))}
      </div>
    </Layout>
  );
};

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);
