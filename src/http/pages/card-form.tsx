// The form that puts a provider's card on record. It begins with what the latest card says, or with what was entered and refused; an error stands at its field.
import type { Failure } from "../../core/errors.ts";
import type { RecordedCard } from "../../governance/card-standing.ts";
import { TRANSFERS } from "../../operations/record-card.ts";
import type { CardDraft } from "./providers-page.tsx";
import { capital } from "./words.ts";

export interface CardFormProps {
  readonly id: string;
  /** The provider that it is for; null where it is to be named. */
  readonly fixed: { readonly provider: string; readonly host: string } | null;
  readonly draft: CardDraft | null;
  readonly latest: RecordedCard | null;
  readonly refused: Failure | null;
}

const LABELS: Readonly<Record<string, string>> = {
  provider: "Provider",
  host: "Host",
  dpaSignedOn: "Signed on",
  dpaExpires: "Last day on which it holds",
  region: "Where it is processed",
  transfer: "What covers a transfer to a third country",
  zeroRetention: "What the provider keeps of a request",
};
const labelOf = (field: string): string => LABELS[field] ?? field;

/** A refusal that names a field by its label on this page. */
export function named(failure: Failure): Failure {
  const { field, message } = failure;
  return field === undefined
    ? failure
    : { ...failure, field: labelOf(field), message: message.replace(`${field}: `, `${labelOf(field)}: `) };
}

export const CardForm = ({ id, fixed, draft, latest, refused }: CardFormProps) => {
  const entered: CardDraft = draft ?? draftOf(latest);
  const errorOf = (field: string): string | null => (refused?.field === field ? refused.message.replace(`${field}: `, "") : null);
  const text = (name: string, more: { type?: "date"; hint?: string; optional?: true } = {}) => (
    <Text id={`${id}-${name}`} name={name} label={labelOf(name)} value={entered[name] ?? ""} error={errorOf(name)} {...more} />
  );
  return (
    <form method="post" action="/providers">
      {fixed === null ? (
        <>
          {text("provider", { hint: "As src/config.ts names it" })}
          {text("host", { hint: "Of the provider’s address, with the port if it has one" })}
        </>
      ) : (
        <>
          <input type="hidden" name="provider" value={fixed.provider} />
          <input type="hidden" name="host" value={fixed.host} />
        </>
      )}
      {text("dpaSignedOn", { type: "date", optional: true, hint: "Empty: there is no agreement, and nothing is sent" })}
      {text("dpaExpires", { type: "date", optional: true, hint: "Empty: it has no end" })}
      {text("region", { hint: "In the word that elements ask for, such as eu" })}
      <div class="field">
        <label for={`${id}-transfer`}>{labelOf("transfer")}</label>
        <select id={`${id}-transfer`} name="transfer" required aria-invalid={errorOf("transfer") === null ? undefined : "true"}>
          <option value="">Choose one</option>
          {Object.entries(TRANSFERS).map(([value, label]) => (
            <option value={value} selected={entered.transfer === value}>
              {capital(label)}
            </option>
          ))}
        </select>
        <Problem id={`${id}-transfer`} error={errorOf("transfer")} />
      </div>
      <fieldset aria-invalid={errorOf("zeroRetention") === null ? undefined : "true"}>
        <legend>{labelOf("zeroRetention")}</legend>
        {[
          ["nothing", "Nothing (zero retention is agreed)"],
          ["requests", "It may keep requests"],
        ].map(([value, label]) => (
          <div class="radio">
            <input type="radio" id={`${id}-${value}`} name="keeps" value={value} required checked={entered.keeps === value} />
            <label for={`${id}-${value}`}>{label}</label>
          </div>
        ))}
        <Problem id={`${id}-keeps`} error={errorOf("zeroRetention")} />
      </fieldset>
      <p class="small">The card stays on record with your name. A change is a new card.</p>
      <button type="submit" class="button primary">
        Record this card
      </button>
    </form>
  );
};

interface TextProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly error: string | null;
  readonly type?: "date";
  readonly hint?: string;
  readonly optional?: true;
}

const Text = ({ id, name, label, value, error, type, hint, optional }: TextProps) => (
  <div class="field">
    <label for={id}>{optional ? label : `${label} (required)`}</label>
    {hint === undefined ? null : (
      <p class="small quiet" id={`${id}-hint`}>
        {hint}
      </p>
    )}
    <input
      type={type ?? "text"}
      id={id}
      name={name}
      required={optional ? undefined : true}
      maxlength={255}
      autocomplete="off"
      value={value}
      aria-invalid={error === null ? undefined : "true"}
      aria-describedby={[hint === undefined ? "" : `${id}-hint`, error === null ? "" : `${id}-error`].join(" ").trim() || undefined}
    />
    <Problem id={id} error={error} />
  </div>
);

const Problem = ({ id, error }: { id: string; error: string | null }) =>
  error === null ? null : (
    <p class="error" id={`${id}-error`}>
      {capital(error)}
    </p>
  );

const draftOf = (card: RecordedCard | null): CardDraft =>
  card === null
    ? {}
    : {
        dpaSignedOn: card.dpaSignedOn ?? "",
        dpaExpires: card.dpaExpires ?? "",
        region: card.region,
        transfer: card.transfer ?? "",
        keeps: card.zeroRetention ? "nothing" : "requests",
      };
