// /certificates: what is proved about each workflow's thresholds, and one certificate with everything that its proof rests on.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { certificatesWithin, readCertificate } from "../../operations/certificates.ts";
import { type ConsoleEnv, operationContext, refuse, withinOf } from "../console-env.ts";
import { CertificatePage } from "../pages/certificate-page.tsx";
import { CertificatesPage } from "../pages/certificates-page.tsx";
import { frameFor, renderPage } from "./page.ts";

export const certificatePages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const within = withinOf(c, "read certificates");
      const [certificates, frame] = await Promise.all([
        certificatesWithin(operationContext(c, deployment), within),
        frameFor(c.env.DB, c.get("principal")),
      ]);
      return renderPage(c, <CertificatesPage frame={frame} certificates={certificates} now={Date.now()} />);
    })
    .get("/:id", async (c) => {
      const now = Date.now();
      const read = await readCertificate(operationContext(c, deployment), c.get("principal"), c.req.param("id"), now);
      if (!read.ok) return refuse(read.error);
      const frame = await frameFor(c.env.DB, c.get("principal"));
      return renderPage(c, <CertificatePage frame={frame} detail={read.value} now={now} />);
    });
