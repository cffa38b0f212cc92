// What the change is about: the record as it was read, whole texts included, because a reviewer judges the record and not the model's account of it.
import type { Json } from "../../core/json.ts";
import type { ApprovalDetail } from "../../db/reads.ts";
import { JsonDetails, Value, When } from "./marks.tsx";
import { recordOf } from "./record-view.ts";

export const SourceRecord = ({ detail, now }: { detail: Pick<ApprovalDetail, "reads" | "event">; now: number }) => {
  const record = recordOf(detail);
  return (
    <section class="panel" aria-labelledby="record">
      <h2 id="record">The record</h2>
      {record === null ? (
        <p class="quiet">Neither the event nor a read step has left anything of the record.</p>
      ) : (
        <>
          {record.title === null ? null : <p class="record-title">{record.title}</p>}
          {record.prose.map(({ label, text }) => (
            <div class="prose">
              <h3>{label}</h3>
              <p>{text}</p>
            </div>
          ))}
          <dl class="facts">
            {record.facts.map(({ label, value }) => (
              <div>
                <dt>{label}</dt>
                <dd>
                  <Fact value={value} now={now} />
                </dd>
              </div>
            ))}
          </dl>
          <p class="quiet small">{record.from}.</p>
        </>
      )}
      {detail.reads.map(({ step, output }) => (
        <JsonDetails label={`All that “${step}” read`} value={output} />
      ))}
      {detail.event === null ? null : <JsonDetails label={`The event ${detail.event.type}`} value={detail.event.data} />}
    </section>
  );
};

/** A list of words reads as a list and an instant as a time; a list of anything else is JSON. */
const Fact = ({ value, now }: { value: Json; now: number }) => {
  if (typeof value === "string" && INSTANT.test(value) && !Number.isNaN(Date.parse(value)))
    return <When at={Date.parse(value)} now={now} />;
  if (!Array.isArray(value)) return <Value value={value} />;
  if (value.length > 0 && value.every((item) => typeof item === "string")) return <span class="value">{value.join(", ")}</span>;
  return <Value value={value.length === 0 ? null : value} />;
};

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
