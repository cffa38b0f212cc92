// On the report of a validation that proves a threshold: the button that puts the proof on record, for whoever may. It repeats the digest of the report that was read.
import type { Principal } from "../../core/principal.ts";
import { may } from "../../operations/access.ts";
import type { ReportView } from "../../operations/validation-reports.ts";

/** `isLatest`: an earlier revision is read, and not issued from. */
const isLatest = ({ issued, revisions }: ReportView): boolean => revisions[0]?.digest === issued?.digest;

export const IssueCertificate = ({ view, principal }: { view: ReportView; principal: Principal | null }) => {
  const { issued, state } = view;
  if (issued?.report.verdict.kind !== "proved" || !isLatest(view)) return null;
  if (principal === null || !may(principal, "issue certificates", state.workflow)) return null;
  return (
    <section class="panel after" aria-labelledby="issue-certificate">
      <h2 id="issue-certificate">Put the proof on record</h2>
      <p>
        A certificate says what this report proves, for exactly the model, prompt, schema and measure of confidence that it was made with.
        The rules of the workflow may name it in the place of a number. It changes nothing by itself.
      </p>
      <form method="post" action="/certificates">
        <input type="hidden" name="validation" value={state.id} />
        <input type="hidden" name="digest" value={issued.digest} />
        <button type="submit" class="button primary">
          Issue the certificate
        </button>
      </form>
    </section>
  );
};
