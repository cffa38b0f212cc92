// How an approval stands among people: who may decide now and until when, who has agreed and how many more must, who was reminded or asked next, and what was
// asked and answered meanwhile. It shows what the gate worked out and the journal holds, and judges nothing.
import type { Approval, ApprovalEntry, Seat } from "../../core/approval.ts";
import type { ApprovalDetail } from "../../db/reads.ts";
import type { Gate } from "../../governance/gate.ts";
import { ChangeTable } from "./change-table.tsx";
import { When } from "./marks.tsx";
import { listing } from "./words.ts";

export const Standing = ({ approval, gate, now }: { approval: Approval; gate: Gate; now: number }) => {
  const { agreed, missing, editedBy, slaEndsAt, reached } = gate;
  const several = agreed.length + missing > 1;
  const isEscalated = slaEndsAt < approval.expiresAt;
  return (
    <>
      {several ? (
        <p>
          {`${agreed.length + missing} people must agree. `}
          {agreed.length === 0 ? "Nobody has yet." : `Agreed: ${listing(agreed.map(seatText))}; ${missing} more must.`}
        </p>
      ) : null}
      {agreed.map(({ by, reason }) => (reason === undefined ? null : <blockquote>{`${by}: ${reason}`}</blockquote>))}
      {editedBy === null ? null : (
        <ChangeTable
          caption={`${editedBy} changed the values; this is what would be written now`}
          before={approval.values}
          values={gate.values}
          first="Proposed"
          after="Now"
        />
      )}
      <p class="small">{`May decide now: ${listing(gate.seats.map(seatText)) || "nobody"}.`}</p>
      {approval.notBy === undefined ? null : <p class="quiet small">{`Not ${approval.notBy}, who began this run by hand.`}</p>}
      {isEscalated ? (
        <p class="quiet small">
          {reached.length === 0 ? "Others are asked as well from " : "The time of those asked first ended "}
          <When at={slaEndsAt} now={now} />
          {reached.map(({ level, to, from }) => (
            <>
              {`. Level ${level}, ${listing(to)}, since `}
              <When at={from} now={now} />
            </>
          ))}
          .
        </p>
      ) : null}
    </>
  );
};

/** What was asked and told while it was open; it stays when it is decided. */
export const Exchange = ({ said, now }: { said: ApprovalDetail["said"]; now: number }) => {
  const lines = said.map((entry) => ({ at: entry.at, ...lineOf(entry) })).filter(({ text }) => text !== "");
  return lines.length === 0 ? null : (
    <section class="panel" aria-labelledby="exchange">
      <h2 id="exchange">What was said</h2>
      {lines.map(({ at, text, words }) => (
        <>
          <p class="small">
            {text}{" "}
            <span class="quiet">
              <When at={at} now={now} />
            </span>
          </p>
          {words === undefined ? null : <blockquote>{words}</blockquote>}
        </>
      ))}
    </section>
  );
};

/** Who has agreed is said with how it stands, and of the decision. */
function lineOf(entry: ApprovalEntry): { readonly text: string; readonly words?: string } {
  switch (entry.type) {
    case "approval.information_asked":
      return { text: `${seatText(entry)} asks:`, words: entry.question };
    case "approval.information_given":
      return { text: `${entry.by} answers:`, words: entry.text };
    case "approval.reassigned":
      return { text: `${seatText(entry)} handed it to ${entry.to}.` };
    case "approval.reminded":
      return { text: "Those who may decide were due a reminder." };
    case "approval.escalated":
      return { text: `${listing(entry.to)} may decide as well.` };
    case "approval.endorsed":
    case "approval.amended":
      return { text: "" };
  }
}

export const seatText = ({ by, inPlaceOf }: Seat): string => (inPlaceOf === undefined ? by : `${by} (in the place of ${inPlaceOf})`);
