// The model providers: how each one's data-processing agreement stands today, which workflows need it and what they send there; for a data-protection officer the form
// that puts a card on record; the models and what their last probes found; and every card that ever was.

import type { Failure } from "../../core/errors.ts";
import { may } from "../../operations/access.ts";
import type { ModelStanding } from "../../operations/read-models.ts";
import type { ProviderStanding, ProvidersView, ProviderUse } from "../../operations/read-providers.ts";
import { type RecordedCard, TRANSFERS } from "../../operations/record-card.ts";
import { CardForm, named } from "./card-form.tsx";
import { standingChip, standingWords, treatmentWords } from "./flow-words.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { Chip, When } from "./marks.tsx";
import { ModelProbes } from "./model-probes.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import { capital, sentence } from "./words.ts";

/** The fields of the form as they were entered. */
export type CardDraft = Readonly<Record<string, string>>;

export interface ProvidersPageProps {
  readonly frame: Frame;
  readonly view: ProvidersView;
  readonly models: readonly ModelStanding[];
  readonly now: number;
  readonly recorded?: string | null;
  readonly refused?: Failure | null;
  readonly draft?: CardDraft | null;
}

export const ProvidersPage = ({ frame, view, models, now, recorded = null, refused = null, draft = null }: ProvidersPageProps) => {
  const mayRecord = frame.principal !== null && may(frame.principal, "record provider cards", null);
  const isHere = ({ provider, host }: { provider: string; host: string }) => draft?.provider === provider && draft.host === host;
  const elsewhere = draft !== null && !view.providers.some(isHere);
  return (
    <Layout frame={frame} title="Model providers" section="providers">
      <div class="page-head">
        <p class="crumb">
          <a href="/workflows">Workflows</a>
        </p>
        <h1>Model providers</h1>
        <p class="lead">
          Before each call Interlock looks at the provider’s card: which data-processing agreement covers this provider at this host.
          Without one that holds today, nothing is sent, and the step waits.
        </p>
      </div>
      {refused ? <Refusal failure={named(refused)} /> : null}
      {recorded === null ? null : <Notice>{`The card of ${recorded} is on record. Calls go by it within 15 seconds.`}</Notice>}
      {view.broken.map(({ workflow, model, why }) => (
        <div class="banner bad">
          <h2>{`The model “${model}” of ${workflow} cannot be set up`}</h2>
          <p>{sentence(why)}</p>
        </div>
      ))}
      {view.providers.length === 0 ? <Empty title="No provider">No deployed workflow asks a model.</Empty> : null}
      <div class="cards">
        {view.providers.map((one, index) => (
          <Provider one={one} index={index} mayRecord={mayRecord} now={now} refused={refused} draft={isHere(one) ? draft : null} />
        ))}
      </div>
      {mayRecord ? (
        <details class="more between" open={elsewhere}>
          <summary class="button">Record a card for another provider</summary>
          <CardForm id="other" fixed={null} draft={elsewhere ? draft : null} latest={null} refused={elsewhere ? refused : null} />
        </details>
      ) : (
        <p class="quiet small between">A data-protection officer records cards.</p>
      )}
      <ModelProbes models={models} mayProbe={frame.principal !== null && may(frame.principal, "probe models", null)} now={now} />
      <h2 class="between">Every card, the latest first</h2>
      {view.history.length === 0 ? <p class="quiet">No card was ever recorded.</p> : <History view={view} now={now} />}
    </Layout>
  );
};

interface ProviderProps {
  readonly one: ProviderStanding;
  readonly index: number;
  readonly mayRecord: boolean;
  readonly now: number;
  readonly refused: Failure | null;
  readonly draft: CardDraft | null;
}

const Provider = ({ one, index, mayRecord, now, refused, draft }: ProviderProps) => (
  <article class="panel" aria-labelledby={`provider-${index}`}>
    <div class="write-head">
      <h2 id={`provider-${index}`}>{one.local ? one.provider : `${one.provider} at ${one.host}`}</h2>
      <Chip words={standingChip(one.standing, one.local)} />
    </div>
    <p>{`${sentence(capital(one.label))} ${standingWords(one.standing, one.local)}`}</p>
    {one.card === null || one.local ? null : <CardFacts card={one.card} now={now} />}
    {one.uses.map((use) => (
      <Use use={use} />
    ))}
    {mayRecord && !one.local ? (
      <details class="more" open={draft !== null}>
        <summary class="button">{one.card === null ? "Record a card" : "Record a new card"}</summary>
        <CardForm id={`card-${index}`} fixed={one} draft={draft} latest={one.card} refused={draft === null ? null : refused} />
      </details>
    ) : null}
  </article>
);

const CardFacts = ({ card, now }: { card: RecordedCard; now: number }) => (
  <dl class="facts">
    <div>
      <dt>Signed on</dt>
      <dd>{card.dpaSignedOn ?? "not signed"}</dd>
    </div>
    <div>
      <dt>Last day</dt>
      <dd>{card.dpaExpires ?? "no end"}</dd>
    </div>
    <div>
      <dt>Processed in</dt>
      <dd>{card.region}</dd>
    </div>
    <div>
      <dt>Keeps of a request</dt>
      <dd>{card.zeroRetention ? "nothing" : "may keep it"}</dd>
    </div>
    <div>
      <dt>Transfer covered by</dt>
      <dd>{transferWords(card)}</dd>
    </div>
    <div>
      <dt>Recorded</dt>
      <dd>
        {`by ${card.recordedBy}, `}
        <When at={card.recordedAt} now={now} />
      </dd>
    </div>
  </dl>
);

const Use = ({ use: { workflow, version, elements, refused } }: { use: ProviderUse }) => (
  <div class="use">
    <h3>
      <a href={`/workflows/${encodeURIComponent(workflow)}/data-flow`}>{`${workflow}@${version}`}</a>
    </h3>
    {refused === null ? null : <p class="note">{`Nothing is sent for it today. ${sentence(refused)}`}</p>}
    <ul class="dots">
      {elements.map(({ element, treatment }) => (
        <li>
          <code>{element}</code> {treatmentWords[treatment]}
        </li>
      ))}
    </ul>
  </div>
);

const History = ({ view: { history, providers }, now }: { view: ProvidersView; now: number }) => (
  <table class="list">
    <caption class="unseen">Every card that was recorded, the latest first</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          Recorded
        </th>
        <th scope="col">Provider and what the card says</th>
      </tr>
    </thead>
    <tbody>
      {history.map((card) => (
        <tr>
          <th scope="row">
            <When at={card.recordedAt} now={now} />
            <span class="meta">{`by ${card.recordedBy}`}</span>
          </th>
          <td>
            {`${card.provider} at ${card.host}`}
            <span class="meta">{cardWords(card)}</span>
            {providers.some(({ provider, host }) => provider === card.provider && host === card.host) ? null : (
              <span class="meta">No deployed workflow sends there.</span>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const transferWords = ({ transfer }: Pick<RecordedCard, "transfer">): string => (transfer === null ? "not said" : TRANSFERS[transfer]);

const cardWords = ({ dpaSignedOn, dpaExpires, region, zeroRetention, transfer }: RecordedCard): string => {
  const agreement =
    dpaSignedOn === null
      ? "no signed agreement"
      : `signed on ${dpaSignedOn}, ${dpaExpires === null ? "without an end" : `until ${dpaExpires}`}`;
  const parts = [
    agreement,
    `processed in ${region}`,
    zeroRetention ? "keeps nothing" : "may keep requests",
    `transfer covered by ${transferWords({ transfer })}`,
  ];
  return sentence(capital(parts.join("; ")));
};
