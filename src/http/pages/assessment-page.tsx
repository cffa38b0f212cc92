// One connection's last assessment as a document that a project owner signs: the verdict, what is to be done, every finding, and the line for the name.
import type { Assessment, ConnectionStanding } from "../../operations/assess-connection.ts";
import { assessedChip, byWeight, FINDING, verdictOf } from "./connection-words.ts";
import type { Frame } from "./layout.tsx";
import { Chip } from "./marks.tsx";
import { Facts, Loud, Paper, Part, Sentences, Sheet } from "./paper.tsx";
import { utc } from "./words.ts";

export interface AssessmentPageProps {
  readonly frame: Frame;
  readonly standing: ConnectionStanding;
  readonly assessment: Assessment;
  readonly now: number;
}

export const AssessmentPage = ({ frame, standing, assessment, now }: AssessmentPageProps) => {
  const { findings, at, by, calls, medianMs } = assessment;
  const verdict = verdictOf(standing.title, assessment);
  const todo = byWeight(findings).flatMap(({ outcome, said, fix }) =>
    outcome === "confirmed" || fix === undefined ? [] : [`${said}: ${fix}.`],
  );
  return (
    <Paper
      frame={frame}
      title="Integration assessment"
      of={`${standing.title}, connection “${standing.connection}”`}
      back={{ href: "/connections", text: "Connections" }}
      now={now}
      section="connections"
    >
      <Part title="Verdict">
        <p>
          <Chip words={assessedChip(assessment)} />
        </p>
        {findings.some(({ outcome }) => outcome === "missing") ? <Loud>{verdict}</Loud> : <p>{verdict}</p>}
        <Facts
          rows={[
            ["Address", standing.address ?? "not set"],
            ["It posts to", standing.hook ?? "nothing: it only receives"],
            ["Used by", standing.workflows.join(", ") || "no workflow"],
            ["Assessed", `${utc(at)}, by ${by}`],
            ["Calls made", medianMs === null ? String(calls) : `${calls}, half of them answered within ${Math.round(medianMs)} ms`],
          ]}
        />
      </Part>
      <Part title="What is to be done">{todo.length === 0 ? <p>Nothing.</p> : <Sentences of={todo} />}</Part>
      <Part title="What was asked, and what was found">
        <Sheet
          label="Findings"
          head={["Question", "Outcome", "Found"]}
          rows={byWeight(findings).map(({ summary, outcome, said }) => [summary, <Chip words={FINDING[outcome]} />, said])}
        />
      </Part>
      <Part title="Accepted for the project">
        <Facts
          rows={[
            ["Name", "______________________________"],
            ["Date", "______________________________"],
            ["Signature", "______________________________"],
          ]}
        />
      </Part>
    </Paper>
  );
};
