// A run's journal from its first entry to its last: when, what in plain words, in which step, by whom, and the entry itself behind a disclosure.
import type { AuditRow } from "../../db/reads.ts";
import { entryWords } from "./entry-words.ts";
import { JsonDetails } from "./marks.tsx";
import { clock, day } from "./words.ts";

export const Timeline = ({ entries }: { entries: readonly AuditRow[] }) => (
  <ol class="timeline">
    {entries.map((entry, index) => {
      const { text, tone } = entryWords(entry);
      const previous = entries[index - 1];
      const newDay = previous === undefined || day(previous.at) !== day(entry.at);
      return (
        <li class={tone}>
          <time datetime={new Date(entry.at).toISOString()}>
            {newDay ? <span class="day">{day(entry.at)}</span> : null}
            {clock(entry.at)}
          </time>
          <div class="entry">
            <p>{text}</p>
            <Prompt entry={entry} />
            {entry.body === null ? <p class="quiet small">{labelOf(entry)}</p> : <JsonDetails label={labelOf(entry)} value={entry.body} />}
          </div>
        </li>
      );
    })}
  </ol>
);

/** What a model was told to do, and under which digest certificates know it. */
const Prompt = ({ entry: { type, body } }: { entry: AuditRow }) => {
  const { basis } = (type === "decision.made" ? (body?.decision ?? {}) : {}) as { basis?: { prompt?: string } };
  if (!basis?.prompt) return null;
  return (
    <p class="quiet small">
      {"Prompt "}
      <code title={basis.prompt}>{basis.prompt.slice(0, SHOWN_DIGEST)}</code>
      {typeof body?.instruction === "string" ? `: ${body.instruction}` : null}
    </p>
  );
};

/** Enough to tell two prompts of one workflow apart at a glance; the whole stands in the entry. */
const SHOWN_DIGEST = 12;

/** The engine's own doing needs no name; a person's does, and a sentence may not carry it. */
const labelOf = ({ step, type, actor }: AuditRow): string =>
  [step, type, actor === "interlock" ? null : actor].filter((part) => part !== null).join(" · ");
