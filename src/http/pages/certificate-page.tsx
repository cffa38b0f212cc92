// One certificate: what is proved, on which records, for which model, prompt, schema and measure; the report that shows it; whether the latest answer is still of that kind;
// and the rules that name it.
import type { Child } from "hono/jsx";
import type { CertificateDetail } from "../../operations/certificates.ts";
import {
  certificateAddress,
  changeSentence,
  fieldsText,
  fitChip,
  provedSentence,
  SOURCES,
  seenSentence,
  titleText,
} from "./certificate-words.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Chip, When } from "./marks.tsx";
import { validationAddress } from "./report-page.tsx";
import { specAddress } from "./specs-page.tsx";
import { percent } from "./words.ts";

export interface CertificatePageProps {
  readonly frame: Frame;
  readonly detail: CertificateDetail;
  readonly now: number;
}

export const CertificatePage = ({ frame, detail, now }: CertificatePageProps) => {
  const { certificate, issuedBy } = detail;
  return (
    <Layout frame={frame} title={`Certificate ${certificate.id}`} section="certificates">
      <div class="page-head">
        <p class="crumb">
          <a href="/certificates">Certificates</a>
        </p>
        <h1>{`${certificate.workflow}: ${titleText(certificate)}`}</h1>
        <div class="status-line">
          <Chip words={fitChip(detail)} />
          <span class="quiet">
            {detail.inForce === null ? "not in force, issued by " : `in force by version ${detail.inForce} of the rules, issued by `}
            {`${issuedBy}, `}
            <When at={certificate.issuedAt} now={now} />
          </span>
        </div>
      </div>
      <div class="column">
        <section class="panel" aria-labelledby="certificate-proved">
          <h2 id="certificate-proved">What is proved</h2>
          <p class="value">
            <strong>{provedSentence(certificate)}</strong>
          </p>
          <p>{seenSentence(certificate)}</p>
          <p class="quiet small">
            It holds for records drawn as those of the validation were. Confidence is compared as the provider gives it, and not calibrated.
          </p>
          <dl class="facts">
            <Fact label="Certificate">
              <code>{certificate.id}</code>
            </Fact>
            <Fact label="Fields">{fieldsText(certificate)}</Fact>
            <Fact label="Threshold">{percent(certificate.threshold)}</Fact>
            <Fact label="Wrong at most">{`${percent(certificate.limit)}; the exact bound of what was seen is ${atMost(certificate.upper)}`}</Fact>
            <Fact label="Validation report">
              <a href={validationAddress(certificate.report.id, "/report")}>{certificate.report.id}</a>
            </Fact>
            <Fact label="The report’s SHA-256">
              <code class="digest">{certificate.report.digest}</code>
            </Fact>
          </dl>
        </section>
        <section class="panel" aria-labelledby="certificate-kind">
          <h2 id="certificate-kind">For which answers</h2>
          <dl class="facts">
            <Fact label="Provider">{certificate.provider}</Fact>
            <Fact label="Model">
              <code>{certificate.model}</code>
            </Fact>
            <Fact label="Confidence is">{SOURCES[certificate.source]}</Fact>
            <Fact label="Prompt’s SHA-256">
              <code class="digest">{certificate.basis.prompt}</code>
            </Fact>
            <Fact label="Schema’s SHA-256">
              <code class="digest">{certificate.basis.schema}</code>
            </Fact>
          </dl>
          <Now detail={detail} now={now} />
        </section>
        <section class="panel" aria-labelledby="certificate-specs">
          <h2 id="certificate-specs">Rules that name it</h2>
          {detail.specs.length === 0 ? (
            <p class="quiet">{`None yet. Whoever drafts the next version writes { "certificate": "${certificate.id}" } as the threshold for ${certificate.decision}.`}</p>
          ) : (
            <ul class="bullets">
              {detail.specs.map(({ workflow, version, status, counts }) => (
                <li>
                  <a href={specAddress(workflow, version)}>{`Version ${version}`}</a>
                  {counts ? ", which counts now" : `, ${status}`}
                </li>
              ))}
            </ul>
          )}
          {detail.supersededBy === null ? null : (
            <p>
              {`The rules that count now name another certificate for ${certificate.decision}: `}
              <a href={certificateAddress(detail.supersededBy)}>{detail.supersededBy}</a>.
            </p>
          )}
        </section>
      </div>
    </Layout>
  );
};

const Now = ({ detail: { latest, changes }, now }: { detail: CertificateDetail; now: number }) => {
  if (latest === null) return <p class="quiet">No run that still has its contents has asked for this decision.</p>;
  const run = (
    <>
      <a href={`/runs/${encodeURIComponent(latest.run)}`}>The latest answer</a> (<When at={latest.at} now={now} />)
    </>
  );
  if (changes.length === 0) return <p>{run} is of this kind.</p>;
  return (
    <>
      <p>{run} is not of this kind: writes on such answers are asked about until another validation proves a threshold for them.</p>
      <ul class="bullets">
        {changes.map((change) => (
          <li>{changeSentence(change)}</li>
        ))}
      </ul>
    </>
  );
};

/** A bound is never shown as less than it is. */
const atMost = (share: number): string => `${(Math.ceil(share * 10_000) / 100).toFixed(2)} %`;

const Fact = ({ label, children }: { label: string; children: Child }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);
