// Labelled support tickets of an on-line shop for consumer electronics with subscriptions, written by this project's authors.
// The built-in model is trained on them at first start, so that the workflow runs before a company has labelled its own.
// They must not hold real people's data, nor be used to prove a threshold: measuring needs records the model was not trained on.
import { PRIORITIES, type Priority, TEAMS, type Team } from "./labels.ts";
import { account } from "./samples/account.ts";
import { billing } from "./samples/billing.ts";
import { privacy } from "./samples/privacy.ts";
import { returns } from "./samples/returns.ts";
import { shipping } from "./samples/shipping.ts";
import { technical } from "./samples/technical.ts";

export interface TicketSample {
  subject: string;
  description: string;
  team: Team;
  priority: Priority;
}

const tables: Record<Team, string> = { billing, shipping, returns, technical, account, privacy };

export const samples: readonly TicketSample[] = TEAMS.flatMap((team) => rows(team, tables[team]));

function rows(team: Team, table: string): TicketSample[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [first, subject, description, ...rest] = line.split(" | ");
      const priority = PRIORITIES.find((known) => known === first);
      if (!priority || !subject || !description || rest.length > 0)
        throw new SyntaxError(`${team}: not "priority | subject | description": ${line}`);
      return { subject, description, team, priority };
    });
}
