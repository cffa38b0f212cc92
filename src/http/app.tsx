// Everything that this Worker answers over HTTP: source systems' deliveries, the JSON API, the console. It mounts, guards and turns errors into answers; what
// is done for a request is in the routes, and what may be done in the operations behind them.
// Sequence: /hooks (its signature is its proof) -> security headers -> the stylesheet -> who asks? -> forms only from here -> API and pages.
import { Hono, type Context as HonoContext, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { secureHeaders } from "hono/secure-headers";
import { errorFacts, type Failure } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import type { Deployment } from "../deployment.ts";
import { approvalsApi } from "./api/approvals.ts";
import { auditApi } from "./api/audit.ts";
import { breakersApi } from "./api/breakers.ts";
import { businessCaseApi } from "./api/business-case.ts";
import { certificatesApi } from "./api/certificates.ts";
import { connectionsApi } from "./api/connections.ts";
import { contestsApi } from "./api/contests.ts";
import { costsApi } from "./api/costs.ts";
import { dataFlowApi } from "./api/data-flow.ts";

import { deadLettersApi } from "./api/dead-letters.ts";
import { effectsApi } from "./api/effects.ts";
import { grantsApi } from "./api/grants.ts";
import { haltsApi } from "./api/halts.ts";
import { modelVersionsApi } from "./api/model-versions.ts";
import { modelsApi } from "./api/models.ts";
import { overviewApi } from "./api/overview.ts";
import { providerCardsApi } from "./api/provider-cards.ts";
import { reviewsApi } from "./api/reviews.ts";
import { runsApi } from "./api/runs.ts";
import { specDryRunApi } from "./api/spec-dry-run.ts";
import { specsApi } from "./api/specs.ts";
import { validationReportsApi } from "./api/validation-reports.ts";
import { validationsApi } from "./api/validations.ts";
import { workflowsApi } from "./api/workflows.ts";
import { approvalPages } from "./console/approvals.tsx";
import { auditPages } from "./console/audit.tsx";
import { businessCasePages } from "./console/business-case.tsx";
import { certificatePages } from "./console/certificates.tsx";
import { connectionPages } from "./console/connections.tsx";
import { contestPages } from "./console/contests.tsx";
import { costPages } from "./console/costs.tsx";
import { dataFlowPages } from "./console/data-flow.tsx";
import { deadLetterPages } from "./console/dead-letters.tsx";
import { documentPages } from "./console/documents.tsx";
import { effectPages } from "./console/effects.tsx";

import { modelVersionPages } from "./console/model-versions.tsx";
import { frameFor, renderPage } from "./console/page.ts";
import { peoplePages } from "./console/people.tsx";
import { providerPages } from "./console/providers.tsx";
import { reviewPages } from "./console/review.tsx";
import { runPages } from "./console/runs.tsx";
import { secondReviewPages } from "./console/second-reviews.tsx";
import { shadowPages } from "./console/shadow.tsx";
import { specPages } from "./console/specs.tsx";
import { stopPages } from "./console/stops.tsx";
import { validationReportPages } from "./console/validation-reports.tsx";
import { validationPages } from "./console/validations.tsx";
import { workflowPages } from "./console/workflows.tsx";
import { type ConsoleEnv, signedIn } from "./console-env.ts";
import { ErrorPage } from "./pages/error-page.tsx";
import { homeOf, SECTIONS } from "./pages/sections.ts";
import { failureOfThrown, problemResponse } from "./problems.ts";
import { STYLE, STYLE_URL } from "./style.ts";
import { webhookRoutes } from "./webhooks.ts";

/** An edited approval is at most a few long texts. */
const MAX_BODY_BYTES = 1024 * 1024;
/** A file of labelled records (MAX_FILE_BYTES in src/validation/import-file.ts), and what JSON makes longer in it. */
const MAX_UPLOAD_BYTES = 32 * 1024 * 1024;

const usually = bodyLimit({ maxSize: MAX_BODY_BYTES });
const uploads = bodyLimit({ maxSize: MAX_UPLOAD_BYTES });
const limitBody: MiddlewareHandler = (c, next) => (/^\/(api\/)?validations$/.test(c.req.path) ? uploads : usually)(c, next);

const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  xFrameOptions: "DENY",
  // Not "no-referrer": with it a browser sends "Origin: null" with our own forms, and the check below could not tell them from another site's.
  referrerPolicy: "same-origin",
  permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
});

export function createApp(deployment: Deployment): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>();
  const nothingHere = (c: HonoContext<{ Bindings: Env }>) =>
    answerFailure(c, { code: "request.not_found", message: `There is nothing at ${c.req.path}` });
  app.route("/hooks", webhookRoutes(deployment));
  app.all("/hooks/*", nothingHere);
  app.use(headers);
  app.get("/console.css", (c) => {
    const current = c.req.query("v") === new URLSearchParams(STYLE_URL.split("?")[1]).get("v");
    return c.body(STYLE, 200, {
      "content-type": "text/css; charset=utf-8",
      "cache-control": current ? "public, max-age=31536000, immutable" : "no-cache",
    });
  });
  app.route("/api", api(deployment));
  app.route("/", pages(deployment));
  app.onError((thrown, c) => answerFailure(c, failureOfThrown(thrown)));
  app.notFound(nothingHere);
  return app;
}

const api = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .use(limitBody, signedIn)
    .route("/runs", runsApi(deployment))
    .route("/approvals", approvalsApi(deployment))
    .route("/contests", contestsApi(deployment))
    .route("/effects", effectsApi(deployment))
    .route("/costs", costsApi())
    .route("/dead-letters", deadLettersApi(deployment))
    .route("/halts", haltsApi(deployment))
    .route("/breakers", breakersApi(deployment))
    .route("/certificates", certificatesApi(deployment))
    .route("/connections", connectionsApi(deployment))
    .route("/workflows", workflowsApi(deployment))
    .route("/workflows", dataFlowApi(deployment))
    .route("/workflows", reviewsApi(deployment))
    .route("/workflows", businessCaseApi(deployment))
    .route("/provider-cards", providerCardsApi(deployment))
    .route("/models", modelsApi(deployment))
    .route("/model-versions", modelVersionsApi(deployment))
    .route("/audit", auditApi())
    .route("/grants", grantsApi(deployment))
    .route("/specs/dry-run", specDryRunApi())
    .route("/specs", specsApi(deployment))
    .route("/validations", validationsApi(deployment))
    .route("/validations", validationReportsApi(deployment))
    .route("/overview", overviewApi())
    .all("*", (c) => problemResponse({ code: "request.not_found", message: `There is nothing at ${c.req.path}` }));

const pages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .use(limitBody, signedIn, csrf())
    .get("/", (c) => c.redirect(SECTIONS[homeOf(c.get("principal")) ?? "workflows"].href, 302))
    .route("/approvals", approvalPages(deployment))
    .route("/contests", contestPages(deployment))
    .route("/runs", runPages(deployment))
    .route("/effects", effectPages(deployment))
    .route("/costs", costPages(deployment))
    .route("/workflows", workflowPages(deployment))
    .route("/specs", specPages(deployment))
    .route("/certificates", certificatePages(deployment))
    .route("/connections", connectionPages(deployment))
    .route("/workflows", dataFlowPages(deployment))
    .route("/workflows", reviewPages(deployment))
    .route("/workflows", secondReviewPages(deployment))
    .route("/workflows", shadowPages(deployment))
    .route("/workflows", businessCasePages(deployment))
    .route("/providers", providerPages(deployment))
    .route("/models", modelVersionPages(deployment))
    .route("/", documentPages(deployment))
    .route("/validations", validationPages(deployment))
    .route("/validations", validationReportPages(deployment))
    .route("/dead-letters", deadLetterPages(deployment))
    .route("/stops", stopPages(deployment))
    .route("/audit", auditPages(deployment))
    .route("/people", peoplePages(deployment));

/** Machines get problem+json, people a page with the same facts. */
async function answerFailure(c: HonoContext<{ Bindings: Env }>, failure: Failure): Promise<Response> {
  if (/^\/(api|hooks)(\/|$)/.test(c.req.path)) return problemResponse(failure);
  const principal = (c as unknown as HonoContext<ConsoleEnv>).get("principal") as Principal | undefined;
  const frame = principal ? await frameFor(c.env.DB, principal) : { principal: null, pending: null, stopped: [] };
  c.header("cache-control", "no-store");
  return renderPage(c, <ErrorPage frame={frame} failure={failure} />, errorFacts(failure.code).status);
}
