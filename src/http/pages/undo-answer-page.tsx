// What became of a request to take writes back: how many are under way, which were refused and why, and where to see how they end.
import type { UndoAnswer, UndoWanted } from "../../operations/undo-effects.ts";
import { effectsAddress, undoAddress, undoText } from "./effects-filter.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { Notice } from "./refusal.tsx";
import { sentence } from "./words.ts";

export interface UndoAnswerPageProps {
  readonly frame: Frame;
  readonly wanted: UndoWanted;
  readonly answer: UndoAnswer;
  readonly next: string | null;
}

const count = (n: number): string => `${n} ${n === 1 ? "write" : "writes"}`;

export const UndoAnswerPage = ({ frame, wanted, answer: { asked, left, refused }, next }: UndoAnswerPageProps) => (
  <Layout frame={frame} title="The undo is under way" section="effects">
    <div class="page-head">
      <p class="crumb">
        <a href={effectsAddress(wanted)}>Writes</a>
      </p>
      <h1>{asked > 0 ? "The undo is under way" : "Nothing is being undone"}</h1>
      <p class="lead">{`Asked of ${undoText(wanted)}.`}</p>
    </div>
    {asked > 0 ? (
      <Notice>
        {`${count(asked)} ${asked === 1 ? "is" : "are"} being taken back, each with a look at its record and a proof. `}
        <a href={effectsAddress(wanted)}>See how each one ends</a>.
      </Notice>
    ) : null}
    {left > 0 ? <p>{`${count(left)} ${left === 1 ? "was" : "were"} left as the preview said.`}</p> : null}
    {next === null ? null : (
      <p class="paging">
        <a class="button" href={undoAddress({ ...wanted, before: next })}>
          Go on with the older ones
        </a>
      </p>
    )}
    {refused.length === 0 ? null : (
      <table class="list">
        <caption class="unseen">Writes whose undo was refused</caption>
        <thead>
          <tr>
            <th scope="col">Write</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {refused.map(({ run, step, code, message }) => (
            <tr>
              <th scope="row">
                <a href={`/runs/${encodeURIComponent(run)}`}>{step}</a>
                <span class="meta">{run}</span>
              </th>
              <td>
                {sentence(message)}
                <span class="meta">{code}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </Layout>
);
