// The text of a draft, to be written. What was entered is kept when it is refused, and the error names the place in the text and what to write there.
import type { Failure } from "../../core/errors.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Refusal } from "./refusal.tsx";
import { specAddress } from "./specs-page.tsx";
import { sentence } from "./words.ts";

export interface SpecEditPageProps {
  readonly frame: Frame;
  readonly workflow: string;
  readonly version: number;
  /** Not saved yet. */
  readonly isNew: boolean;
  readonly text: string;
  readonly refused?: Failure | null;
}

export const SpecEditPage = ({ frame, workflow, version, isNew, text, refused }: SpecEditPageProps) => {
  const title = `${workflow}: ${isNew ? "write" : "edit"} version ${version}`;
  return (
    <Layout frame={frame} title={title} section="specs">
      <div class="page-head">
        <p class="small">
          <a href="/specs">Rules</a>
        </p>
        <h1>{title}</h1>
        <p class="lead">
          A governance spec as JSON; docs/governance.md says what each part means. Nothing counts before it is submitted and somebody else
          has approved it.
        </p>
      </div>
      {refused ? (
        <Refusal failure={refused}>
          <p>
            {refused.field ? `Change ${refused.field} in the text below and save it again.` : "Change the text below and save it again."}
          </p>
        </Refusal>
      ) : null}
      <form class="panel" method="post" action={isNew ? specAddress(workflow, "new") : `${specAddress(workflow, version)}/edit`}>
        <div class="field">
          <label for="spec-body">The rules</label>
          <textarea
            class="document"
            id="spec-body"
            name="text"
            rows={32}
            spellcheck={false}
            required
            aria-invalid={refused ? "true" : undefined}
            aria-describedby={refused ? "spec-body-error" : undefined}
          >
            {text}
          </textarea>
          {refused ? (
            <p class="error" id="spec-body-error">
              {sentence(refused.message)}
            </p>
          ) : null}
        </div>
        <div class="links">
          <button type="submit" class="button primary">
            Save the draft
          </button>
          <a class="button" href={isNew ? "/specs" : specAddress(workflow, version)}>
            Leave it
          </a>
        </div>
      </form>
    </Layout>
  );
};
