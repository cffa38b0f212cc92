// The whole page. It reloads itself, so that a person sees a write-back happen without touching anything; who finds that disturbing
// can stop it with the link. No script.

import { Deliveries } from "./deliveries.tsx";
import { Channels } from "./messages.tsx";
import { Tickets } from "./tickets.tsx";
import type { View } from "./view.ts";

export function Home({ view, refresh }: { view: View; refresh: boolean }) {
  const { tickets, ticketCount, channels, deliveries, deliveryCount, faultsLeft, now } = view;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {refresh ? <meta http-equiv="refresh" content="3" /> : null}
        <title>Sandbox: the business systems</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <h1>Sandbox</h1>
          <p>Stand-ins for Zendesk, Slack and the model. Times are UTC.</p>
          {faultsLeft > 0 ? <span class="mark">{faultsLeft === 1 ? "1 fault is set" : `${faultsLeft} faults are set`}</span> : null}
          <p class="refresh">{refresh ? <a href="/?refresh=off">Stop reloading</a> : <a href="/">Reload every 3 seconds</a>}</p>
        </header>
        <main>
          <Tickets tickets={tickets} total={ticketCount} now={now} />
          <div class="side">
            <Channels channels={channels} />
            <Deliveries deliveries={deliveries} total={deliveryCount} />
          </div>
        </main>
      </body>
    </html>
  );
}
