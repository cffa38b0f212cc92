// What can be done with a version at its stage, for whoever may: its author edits and submits, a process owner who is not its author approves, rejects, retires.
// What this person may not do is said in a line instead of a button.
import type { Failure } from "../../core/errors.ts";
import type { SpecText, ThresholdEvidence } from "../../operations/read-specs.ts";
import { approvalWords } from "./spec-evidence.tsx";
import { specAddress } from "./specs-page.tsx";

/** What a person sent: which form, and its fields. */
export interface SpecAsked {
  readonly form: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface SpecFormsProps {
  readonly version: SpecText;
  /** Whether this release reads the text. */
  readonly readable: boolean;
  /** What stands behind its thresholds. */
  readonly evidence: readonly ThresholdEvidence[];
  /** Who looks. */
  readonly me: string;
  readonly powers: { readonly write: boolean; readonly decide: boolean };
  readonly asked: SpecAsked | null;
  readonly refused: Failure | null;
}

export const SpecForms = ({ version, readable, evidence, me, powers, asked, refused }: SpecFormsProps) => {
  const address = specAddress(version.workflow, version.version);
  const own = version.author === me;
  const said = (form: string) => (asked?.form === form ? { fields: asked.fields, refused } : null);
  return (
    <div class="decide">
      {version.status === "draft" ? (
        <DraftForms address={address} mine={own && powers.write} readable={readable} author={version.author} said={said("submit")} />
      ) : null}
      {version.status === "submitted" ? (
        own ? (
          <p>You wrote it: somebody else approves it.</p>
        ) : powers.decide ? (
          <DecideForms
            version={version}
            address={address}
            me={me}
            readable={readable}
            evidence={evidence}
            approve={said("approve")}
            reject={said("reject")}
          />
        ) : (
          <p class="quiet small">A process owner who did not write it approves or rejects it.</p>
        )
      ) : null}
      {version.status === "approved" && powers.decide ? (
        <ReasonForm address={address} form="retire" verb="Retire it" said={said("retire")} />
      ) : null}
      {powers.write || powers.decide ? (
        readable ? (
          <form method="post" action={`${address}/dry-run`}>
            <button type="submit" class="button wide">
              What would it have done?
            </button>
            <p class="small quiet">With the workflow’s last writes; it changes nothing.</p>
          </form>
        ) : null
      ) : (
        <p class="quiet small">Authors write rules, and process owners approve them.</p>
      )}
    </div>
  );
};

type Said = { readonly fields: Readonly<Record<string, string>>; readonly refused: Failure | null } | null;

const DraftForms = ({
  address,
  mine,
  readable,
  author,
  said,
}: {
  address: string;
  mine: boolean;
  readable: boolean;
  author: string;
  said: Said;
}) =>
  mine ? (
    <>
      <a class="button wide" href={`${address}/edit`}>
        Edit the text
      </a>
      {readable ? (
        <details open={said !== null}>
          <summary class="button primary wide">Submit for approval</summary>
          <form method="post" action={`${address}/submit`}>
            <p class="small">The text cannot be changed afterwards.</p>
            <Field id="spec-note" name="note" label="For whoever approves it (optional)" said={said} />
            <Field
              id="spec-emergency"
              name="emergency"
              label="Emergency: why it cannot wait (leave empty otherwise)"
              hint="Two people besides you must approve it, and it counts for 24 hours."
              said={said}
            />
            <button type="submit" class="button primary">
              Submit
            </button>
          </form>
        </details>
      ) : null}
    </>
  ) : (
    <p class="quiet small">{`A draft of ${author}, who edits and submits it.`}</p>
  );

interface DecideProps {
  readonly version: SpecText;
  readonly address: string;
  readonly me: string;
  readonly readable: boolean;
  readonly evidence: readonly ThresholdEvidence[];
  readonly approve: Said;
  readonly reject: Said;
}

const DecideForms = ({ version, address, me, readable, evidence, approve, reject }: DecideProps) => (
  <>
    {version.emergency === null ? null : (
      <p class="note">
        {version.approvals.length === 0
          ? "An emergency change: it counts once two people have approved it, for 24 hours from then."
          : "An emergency change: one of two approvals is given. With the second it counts, for 24 hours."}
      </p>
    )}
    {!readable ? (
      <p class="note">This release cannot read the text, so it cannot be approved.</p>
    ) : version.approvals.some(({ by }) => by === me) ? (
      <p>You have approved it: a second person must.</p>
    ) : (
      <details open={approve !== null}>
        <summary class="button primary wide">Approve this text</summary>
        <form method="post" action={`${address}/approve`}>
          <input type="hidden" name="digest" value={version.digest} />
          <p class="small">
            You approve exactly this text: SHA-256 <code class="digest">{version.digest}</code>
          </p>
          {approvalWords(evidence).map((said) => (
            <p class="small">{said}</p>
          ))}
          <Field id="approve-note" name="note" label="Note (optional)" said={approve} />
          <button type="submit" class="button primary">
            Approve
          </button>
        </form>
      </details>
    )}
    <ReasonForm address={address} form="reject" verb="Reject it" said={reject} />
  </>
);

const ReasonForm = ({ address, form, verb, said }: { address: string; form: "reject" | "retire"; verb: string; said: Said }) => (
  <details open={said !== null}>
    <summary class="button danger wide">{verb}</summary>
    <form method="post" action={`${address}/${form}`}>
      {form === "retire" ? (
        <p class="small">
          New runs begin under the highest version that is still approved; without one they run in shadow. Open runs keep these rules.
        </p>
      ) : null}
      <Field id={`${form}-reason`} name="reason" label="Reason (required)" required said={said} />
      <button type="submit" class="button danger">
        {verb}
      </button>
    </form>
  </details>
);

interface FieldProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly required?: boolean;
  readonly said: Said;
}

const Field = ({ id, name, label, hint, required, said }: FieldProps) => {
  const error = said?.refused?.field === name ? said.refused.message : null;
  const described = [hint ? `${id}-hint` : null, error === null ? null : `${id}-error`].filter((one) => one !== null).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        name={name}
        rows={2}
        maxlength={2000}
        required={required}
        aria-invalid={error === null ? undefined : "true"}
        aria-describedby={described === "" ? undefined : described}
      >
        {said?.fields[name] ?? ""}
      </textarea>
      {hint ? (
        <p class="small quiet" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
      {error === null ? null : (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
};
