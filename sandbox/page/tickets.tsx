// The help desk's side of the page: one card for each ticket. A change by Interlock is marked by words and a bar, not by colour alone.
import type { TicketView } from "./view.ts";
import { ago, When } from "./when.tsx";

/** A write this fresh is what somebody watching wants to see. */
const FRESH_MS = 20_000;

export function Tickets({ tickets, total, now }: { tickets: TicketView[]; total: number; now: number }) {
  return (
    <section aria-labelledby="tickets">
      <h2 id="tickets">
        Zendesk <span class="count">{total === 1 ? "1 ticket" : `${total} tickets`}</span>
      </h2>
      {tickets.length === 0 ? <p class="empty">No tickets yet. POST /control/tickets makes one.</p> : null}
      <ol class="tickets">
        {tickets.map((view) => (
          <TicketCard view={view} now={now} />
        ))}
      </ol>
      {total > tickets.length ? <p class="empty">The newest {tickets.length} are shown.</p> : null}
    </section>
  );
}

function TicketCard({ view, now }: { view: TicketView; now: number }) {
  const { ticket, group, requester, assignee, comments, earlier, lastWrite } = view;
  const fresh = lastWrite.byInterlock && now - Date.parse(lastWrite.at) < FRESH_MS;
  return (
    <li class={`ticket${lastWrite.byInterlock ? " written" : ""}${fresh ? " fresh" : ""}`}>
      <article aria-labelledby={`t${ticket.id}`}>
        <h3 id={`t${ticket.id}`}>
          <span class="number">#{ticket.id}</span> {ticket.subject}
        </h3>
        <p class="facts">
          <span class="chip group">{group}</span>
          <span class={`chip priority-${ticket.priority ?? "none"}`}>
            {ticket.priority ? `${ticket.priority} priority` : "no priority"}
          </span>
          <span class="chip">{ticket.status}</span>
          {ticket.tags.map((tag) => (
            <span class="chip tag">{tag}</span>
          ))}
          <span class="people">
            from {requester}
            {assignee ? `, with ${assignee}` : ""}
          </span>
        </p>
        {earlier > 0 ? <p class="earlier">{earlier === 1 ? "1 earlier comment" : `${earlier} earlier comments`}</p> : null}
        <ul class="comments">
          {comments.map(({ comment, author, byInterlock }) => (
            <li class={`comment${comment.public ? "" : " private"}${byInterlock ? " ours" : ""}`}>
              <p class="said">
                <strong>{author}</strong>
                {comment.public ? null : <span class="mark">internal note</span>}
              </p>
              <p class="text">{comment.body}</p>
            </li>
          ))}
        </ul>
        <p class="write">
          <WrittenBy view={view} /> <When at={lastWrite.at} /> <span class="ago">({ago(lastWrite.at, now)})</span>
          {!view.untouched && lastWrite.changes.length > 0 ? <span class="changes">{lastWrite.changes.join("; ")}</span> : null}
        </p>
      </article>
    </li>
  );
}

function WrittenBy({ view: { untouched, lastWrite } }: { view: TicketView }) {
  if (untouched) return <span>Came in</span>;
  return lastWrite.byInterlock ? <strong>Written by Interlock</strong> : <span>Last touched by {lastWrite.by}</span>;
}
