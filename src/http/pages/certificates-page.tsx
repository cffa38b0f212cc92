// Every certificate, by workflow: what it proves and whether it fits what the model answers now. One that does not is no error: writes that rest on it are asked.
import type { Failure } from "../../core/errors.ts";
import type { CertificateListed } from "../../operations/certificates.ts";
import { certificateAddress, fieldsText, fitChip, provedSentence, titleText } from "./certificate-words.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { Chip, When } from "./marks.tsx";
import { Refusal } from "./refusal.tsx";
import { specAddress } from "./specs-page.tsx";

export interface CertificatesPageProps {
  readonly frame: Frame;
  /** By workflow, the latest first. */
  readonly certificates: readonly CertificateListed[];
  readonly now: number;
  /** Why a certificate was not issued. */
  readonly refused?: Failure | null;
}

export const CertificatesPage = ({ frame, certificates, now, refused = null }: CertificatesPageProps) => {
  const workflows = [...new Set(certificates.map(({ certificate }) => certificate.workflow))];
  return (
    <Layout frame={frame} title="Certificates" section="certificates">
      <div class="page-head">
        <p class="crumb">
          <a href="/specs">Rules</a>
        </p>
        <h1>Certificates</h1>
        <p class="lead">
          A certificate says what a validation proved about a threshold, for one model, prompt, schema and measure of confidence. A
          workflow’s rules may name it in the place of a number. An answer of any other kind is asked about.
        </p>
      </div>
      {refused ? (
        <Refusal failure={refused}>
          <p>No certificate was issued.</p>
        </Refusal>
      ) : null}
      {certificates.length === 0 ? (
        <Empty title="Nothing is proved yet">
          A certificate is issued on the report of a <a href="/validations">validation</a> that proves a threshold. A number that somebody
          wrote into the rules is not proved.
        </Empty>
      ) : null}
      {workflows.map((workflow) => (
        <section aria-label={workflow}>
          <h2 class="between">{workflow}</h2>
          <table class="list">
            <caption class="unseen">{`Certificates of ${workflow}, the latest first`}</caption>
            <thead>
              <tr>
                <th scope="col">What is proved</th>
                <th scope="col" class="version-state">
                  Now
                </th>
                <th scope="col" class="time wide-only">
                  Issued
                </th>
              </tr>
            </thead>
            <tbody>
              {certificates
                .filter(({ certificate }) => certificate.workflow === workflow)
                .map((one) => (
                  <tr>
                    <th scope="row">
                      <a href={certificateAddress(one.certificate.id)}>{titleText(one.certificate)}</a>
                      <span class="meta">{fieldsText(one.certificate)}</span>
                      <span class="meta">{provedSentence(one.certificate)}</span>
                      <span class="meta">{`${one.certificate.provider}, ${one.certificate.model}`}</span>
                      <span class="meta narrow-only">
                        {"Issued "}
                        <When at={one.certificate.issuedAt} now={now} />
                      </span>
                    </th>
                    <td>
                      <Chip words={fitChip(one)} />
                      {one.inForce === null ? (
                        <span class="meta">No rules that count now name it.</span>
                      ) : (
                        <span class="meta">
                          {"Named by "}
                          <a href={specAddress(workflow, one.inForce)}>{`version ${one.inForce}`}</a>
                          {one.changes.length === 0 ? ", which counts now." : ", which counts now: such writes are asked."}
                        </span>
                      )}
                    </td>
                    <td class="wide-only">
                      <When at={one.certificate.issuedAt} now={now} />
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      ))}
    </Layout>
  );
};
