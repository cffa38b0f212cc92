// What was posted to Interlock, and how it answered, newest first.
import type { Delivery } from "../deliveries.ts";
import type { Attempt } from "../delivery.ts";
import { When } from "./when.tsx";

export function Deliveries({ deliveries, total }: { deliveries: Delivery[]; total: number }) {
  return (
    <section aria-labelledby="deliveries">
      <h2 id="deliveries">
        Deliveries <span class="count">{total}</span>
      </h2>
      {deliveries.length === 0 ? (
        <p class="empty">Nothing was sent to Interlock yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Sent</th>
              <th scope="col">What</th>
              <th scope="col">Answer</th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map(({ attempts, what, ticket_id, signature }) => (
              <tr>
                <td>
                  <When at={attempts[0]?.at ?? ""} />
                </td>
                <td>
                  {what}
                  {ticket_id === null ? "" : ` #${ticket_id}`}
                  {signature === "bad" ? <span class="mark">bad signature</span> : null}
                </td>
                <td>
                  <Answers attempts={attempts} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Answers({ attempts }: { attempts: Attempt[] }) {
  return (
    <>
      {attempts.map(({ status, error }) => (
        <span class={`answer ${status !== null && status < 300 ? "good" : "bad"}`}>
          {status ?? (error === "timeout" ? "timed out" : "no connection")}
        </span>
      ))}
    </>
  );
}
