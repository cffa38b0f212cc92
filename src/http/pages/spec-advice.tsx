// The review that a draft came from, for whoever approves it: what was counted, what follows from it, and whether the text is still the one that the review wrote. It says
// what was found then; how things stand today the review says.
import type { AdviceBehind } from "../../operations/spec-advice.ts";
import { When } from "./marks.tsx";
import { reviewAddress } from "./review-page.tsx";
import { about, adviceSentence, verdictSentence } from "./review-words.ts";
import { day, sentence } from "./words.ts";

export const SpecAdvice = ({ workflow, advice, now }: { workflow: string; advice: AdviceBehind; now: number }) => {
  const { decision, days, since, until, from, spec, limit, counts, by, at, asWritten } = advice;
  const asked = { decision, days, limit: limit.from === "asked" ? limit.share : undefined };
  return (
    <section class="panel" aria-labelledby="spec-advice">
      <h2 id="spec-advice">The review that advised this</h2>
      <p class="quiet small">
        {`Of ${decision}, ${days} days, ${day(since)} to ${day(until)}${spec === null ? "" : `, against version ${spec}`}. Made a draft by ${by}, `}
        <When at={at} now={now} />.
      </p>
      {asWritten ? null : (
        <p class="note">The text was changed after the review wrote it: what is below speaks for the review’s own text alone.</p>
      )}
      <p>
        <strong>{verdictSentence(advice)}</strong>
      </p>
      <p>{adviceSentence({ ...advice, threshold: from, perField: false })}</p>
      <dl class="facts">
        <Fact name="Written without asking" value={counts.written} />
        <Fact name="Looked at: right" value={counts.right} />
        <Fact name="Looked at: wrong" value={counts.wrong} />
        <Fact name="Nobody could tell" value={counts.cannotTell} />
      </dl>
      <p class="quiet small">
        {sentence(LIMIT_FROM[limit.from](about(limit.share)))} <a href={reviewAddress(workflow, asked)}>The review as it is now</a>
      </p>
    </section>
  );
};

const LIMIT_FROM: Record<AdviceBehind["limit"]["from"], (share: string) => string> = {
  certificate: (share) => `The limit of ${share} was the certificate's`,
  asked: (share) => `The limit of ${share} was the one that the reader asked for, and nobody had approved it`,
  assumed: (share) => `Nobody had set a limit: ${share} was assumed`,
};

const Fact = ({ name, value }: { name: string; value: number }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);
