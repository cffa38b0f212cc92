// /certificates: what is proved about each workflow's thresholds, one certificate with everything that its proof rests on, and issuing one from a validation's report.
import { Hono, type Context as HonoContext } from "hono";
import { errorFacts, type Failure, failureOf, type Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import {
  certificatesWithin,
  type IssuedCertificate,
  IssueInput,
  issueCertificate,
  readCertificate,
} from "../../operations/certificates.ts";
import { type ConsoleEnv, operationContext, refuse, withinOf } from "../console-env.ts";
import { filledIn, parseInput, readForm } from "../input.ts";
import { CertificatePage } from "../pages/certificate-page.tsx";
import { certificateAddress } from "../pages/certificate-words.ts";
import { CertificatesPage } from "../pages/certificates-page.tsx";
import { frameFor, renderPage } from "./page.ts";

type Call = HonoContext<ConsoleEnv>;

export const certificatePages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", (c) => showAll(c, deployment, null))
    .post("/", async (c) => {
      const issued = await issue(c, deployment);
      return issued.ok ? c.redirect(certificateAddress(issued.value.certificate.id), 303) : showAll(c, deployment, issued.error);
    })
    .get("/:id", async (c) => {
      const now = Date.now();
      const read = await readCertificate(operationContext(c, deployment), c.get("principal"), c.req.param("id"), now);
      if (!read.ok) return refuse(read.error);
      const frame = await frameFor(c.env.DB, c.get("principal"));
      return renderPage(c, <CertificatePage frame={frame} detail={read.value} now={now} />);
    });

async function showAll(c: Call, deployment: Deployment, refused: Failure | null): Promise<Response> {
  const within = withinOf(c, "read certificates");
  const now = Date.now();
  const [certificates, frame] = await Promise.all([
    certificatesWithin(operationContext(c, deployment), within, now),
    frameFor(c.env.DB, c.get("principal")),
  ]);
  const page = <CertificatesPage frame={frame} certificates={certificates} now={now} refused={refused} />;
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}

/** A refusal of what was sent is data, too. */
async function issue(c: Call, deployment: Deployment): Promise<Result<IssuedCertificate>> {
  const fields = filledIn(Object.fromEntries(await readForm(c.req)));
  try {
    return await issueCertificate(operationContext(c, deployment), c.get("principal"), parseInput(IssueInput, fields), Date.now());
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}
