// An error as a page: the same facts as the problem+json of the API, and what to do next.
import { errorFacts, type Failure } from "../../core/errors.ts";
import { type Frame, Layout } from "./layout.tsx";
import { nextStep } from "./refusal.tsx";
import { homeOf, SECTIONS } from "./sections.ts";
import { sentence } from "./words.ts";

export const ErrorPage = ({ frame, failure }: { frame: Frame; failure: Failure }) => {
  const { status, title } = errorFacts(failure.code);
  const home = frame.principal && homeOf(frame.principal);
  return (
    <Layout frame={frame} title={title}>
      <div class="error-page">
        <p class="quiet">{`${status} · ${failure.code}`}</p>
        <h1>{title}</h1>
        <p>{sentence(failure.message)}</p>
        {failure.code === "access.not_configured" ? null : <p>{nextStep(failure)}</p>}
        {home === null ? null : (
          <p>
            <a class="button" href={SECTIONS[home].href}>{`Go to ${SECTIONS[home].title.toLowerCase()}`}</a>
          </p>
        )}
      </div>
    </Layout>
  );
};
