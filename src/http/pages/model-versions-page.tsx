// The built-in model of each workflow: which version answers today and by whose word, every version with what it learned and how it measured itself, and the forms that ask
// for training and make a version current. Figures are the model's own, from records that were left out of the fit; whether it may write alone, a certificate says.
import type { Failure } from "../../core/errors.ts";
import { may } from "../../operations/access.ts";
import type { ModelTraining, ModelVersion, ModelView } from "../../operations/read-model-versions.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { Bar, Chip, When } from "./marks.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import { capital, listing, percent, sentence } from "./words.ts";

export interface ModelVersionsPageProps {
  readonly frame: Frame;
  readonly models: readonly ModelView[];
  readonly now: number;
  readonly done?: "asked" | "current" | null;
  readonly refused?: Failure | null;
}

const NOTICES = {
  asked:
    "Training is under way where events are consumed. Load this page again in a moment; the new version is not used before a process owner makes it current.",
  current:
    "It is current, and runs go by it within seconds. What was certified for another version does not speak for this one: measure it before it may write alone.",
};

export const ModelVersionsPage = ({ frame, models, now, done = null, refused = null }: ModelVersionsPageProps) => (
  <Layout frame={frame} title="Built-in models" section="models">
    <div class="page-head">
      <p class="crumb">
        <a href="/workflows">Workflows</a>
      </p>
      <h1>Built-in models</h1>
      <p class="lead">
        A statistical model, not a language model: it chooses among labels that it has seen, and finds days and amounts in a text. It learns
        from the records that this deployment ships and from what reviewers approve and correct. A new version is used only when the process
        owner makes it current.
      </p>
    </div>
    {refused ? <Refusal failure={refused} /> : null}
    {done ? <Notice>{NOTICES[done]}</Notice> : null}
    {models.length === 0 ? (
      <Empty title="No built-in model">
        No workflow that you may see is answered by one. Name it under models in src/config.ts: builtinSource with its labelled records.
      </Empty>
    ) : null}
    {models.map((model, index) => (
      <ModelPanel model={model} index={index} frame={frame} now={now} />
    ))}
  </Layout>
);

const ModelPanel = ({ model, index, frame, now }: { model: ModelView; index: number; frame: Frame; now: number }) => {
  const { workflow, current, versions, choices, trainings } = model;
  const mayTrain = frame.principal !== null && may(frame.principal, "train models", workflow);
  const mayChoose = frame.principal !== null && may(frame.principal, "choose models", workflow);
  const address = `/models/${encodeURIComponent(workflow)}`;
  const [latest] = trainings;
  return (
    <section class="panel" aria-labelledby={`model-${index}`}>
      <h2 id={`model-${index}`}>{workflow}</h2>
      <p>{standing(model)}</p>
      {latest ? <Latest training={latest} now={now} /> : null}
      {mayTrain ? (
        <form method="post" action={`${address}/trainings`}>
          <button type="submit">Train a new version</button>
          <p class="quiet small">
            It learns from the records that are shipped and from decided approvals whose contents have not been erased.
          </p>
        </form>
      ) : (
        <p class="quiet small">Authors and process owners ask for training.</p>
      )}
      {versions.length === 0 ? (
        <Empty title="No version yet">
          {current === null
            ? "Ask for training once reviewers have decided enough."
            : "What it learned and how right it is stands here once it is trained."}
        </Empty>
      ) : (
        <Versions versions={versions} current={current} address={mayChoose ? address : null} now={now} />
      )}
      {choices.length === 0 ? null : (
        <details class="more">
          <summary>Who made which version current</summary>
          <ul class="dots">
            {choices.map(({ at, by, model: chosen }) => (
              <li>
                <When at={at} now={now} />
                {`: ${by} made `}
                <code>{short(chosen)}</code>
                {" current"}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
};

function standing({ current, shipped, choices, versions }: ModelView): string {
  const [choice] = choices;
  if (current === null) return "Nothing answers yet: no records are shipped, and no version was made current.";
  if (choice) return `${short(current)} answers: ${choice.by} made it current.`;
  if (versions.length === 0) return "No event has come yet: the first version is trained from the shipped records when one does.";
  return `${short(shipped ?? current)} answers: the version that is shipped, because nobody has made another current.`;
}

const Latest = ({ training: { askedAt, askedBy, endedAt, model, problem }, now }: { training: ModelTraining; now: number }) => (
  <p class="note">
    {`Training was asked for by ${askedBy}, `}
    <When at={askedAt} now={now} relative />
    {endedAt === null
      ? ": it has not ended yet."
      : model === null
        ? `: it made no version. ${sentence(capital(problem ?? ""))}`
        : `: it made ${short(model)}.`}
  </p>
);

const Versions = ({
  versions,
  current,
  address,
  now,
}: {
  versions: readonly ModelVersion[];
  current: string | null;
  address: string | null;
  now: number;
}) => (
  <>
    <table class="list">
      <caption class="unseen">Versions, the newest first, with what each learned and how it measured itself</caption>
      <thead>
        <tr>
          <th scope="col">Version, and what it learned from</th>
          <th scope="col">Right on records left out</th>
        </tr>
      </thead>
      <tbody>
        {versions.map((version) => (
          <tr>
            <th scope="row">
              <code>{short(version.id)}</code>
              <span class="meta">{rowWords(version)}</span>
              {version.unused === 0 ? null : <span class="meta">{`${version.unused} decided, of no use to learn from`}</span>}
              {version.missing.map(({ field, labels }) => (
                <span class="meta">{missingWords(field, labels)}</span>
              ))}
              <span class="meta">
                <When at={version.trainedAt} now={now} />
                {`, asked for by ${version.trainedBy}`}
              </span>
            </th>
            <td>
              {version.fields.map((field) => (
                <Measured field={field} />
              ))}
              {version.id === current ? <Chip words={CURRENT} /> : <Use version={version} address={address} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    <p class="quiet small">
      Reviewers see what the model was unsure of, so records of theirs are harder than most, and accuracy on all records may fall as they
      come in. The shipped records are the same for each version: compare versions by them, and by a validation before one goes live. ECE is
      how far stated confidence lies from the share that is right.
    </p>
  </>
);

const CURRENT = { label: "Current", tone: "good", shape: "check" } as const;

const Measured = ({ field: { field, heldOut, shipped } }: { field: ModelVersion["fields"][number] }) => (
  <>
    <p class="small">{`${field}: ${percent(heldOut.accuracy)} of ${heldOut.rows}, ECE ${heldOut.ece.toFixed(3)}`}</p>
    <Bar share={heldOut.accuracy} />
    {shipped.rows === 0 || shipped.rows === heldOut.rows ? null : (
      <p class="quiet small">{`of the ${shipped.rows} shipped: ${percent(shipped.accuracy)}`}</p>
    )}
  </>
);

const Use = ({ version, address }: { version: ModelVersion; address: string | null }) =>
  address === null ? (
    <span class="quiet small">A process owner makes it current.</span>
  ) : (
    <form method="post" action={`${address}/current`}>
      <input type="hidden" name="model" value={version.id} />
      <button type="submit">
        Make current<span class="unseen">{`: ${short(version.id)}`}</span>
      </button>
    </form>
  );

const rowWords = ({ rows: { shipped, approved, edited } }: ModelVersion): string =>
  listing([
    ...(shipped > 0 ? [`${shipped} shipped`] : []),
    ...(approved > 0 ? [`${approved} approved`] : []),
    ...(edited > 0 ? [`${edited} corrected`] : []),
  ]);

const missingWords = (field: string, labels: readonly string[]): string =>
  labels.includes("other")
    ? `No record is labelled “other” for ${field}: an unknown topic gets another label. Label some.`
    : `No record has ${field} ${listing(labels)}: it never answers that.`;

/** The workflow stands above. */
const short = (id: string): string => id.split("@").at(-1) ?? id;
