// The objects that poll: each one that is declared is kept going by the sweep, and asked where it stands for whoever reads the connections. One that is not declared any
// more finds that out by itself and forgets all it knows (durable-objects/poller.ts). It polls nothing itself.
import * as z from "zod";
import { type Failure, failureOf, type Result } from "../core/errors.ts";
import { declaredPoll } from "../deployment.ts";
import type { Context } from "./context.ts";

/** Read through this: an object of another release may answer. */
const Standing = z.object({
  /** Our time of the last page, and the time up to which nothing is missing; null before the first. */
  polledAt: z.number().nullable(),
  completeTo: z.number().nullable(),
  /** The source's own time. */
  watermark: z.number().nullable(),
  /** In the midst of a window: how many pages it has read of it. */
  pages: z.number().nullable(),
  dueAt: z.number(),
  failures: z.number(),
  error: z.object({ code: z.string(), message: z.string(), at: z.number() }).nullable(),
  taken: z.number(),
});
export type Standing = z.infer<typeof Standing>;

export interface PollStanding {
  readonly connection: string;
  readonly poll: string;
  readonly summary: string;
  readonly everyMs: number;
  /** False: what is deleted there is not seen. */
  readonly seesDeletions: boolean;
  /** Null where it has not begun; a failure where it could not be asked. */
  readonly standing: Standing | null;
  readonly unknown: Failure | null;
}

export interface PollerPort {
  /** Sees to it that it goes on; begins where it has not begun. */
  wake(connection: string, poll: string): Promise<Result<null>>;
  standing(): Promise<Result<Standing | null>>;
}

export const pollerName = (connection: string, poll: string): string => `poll ${connection} ${poll}`;

const pollerOf = ({ env }: Pick<Context, "env">, connection: string, poll: string): PollerPort =>
  env.POLLER.getByName(pollerName(connection, poll)) as unknown as PollerPort;

/** How many were told. */
export async function wakePollers(context: Pick<Context, "env" | "deployment">): Promise<number> {
  const told = await Promise.all(
    everyPoll(context).map(async ({ connection, poll }) => {
      const answer = await pollerOf(context, connection, poll)
        .wake(connection, poll)
        .catch((thrown) => ({ ok: false as const, error: failureOf(thrown) }));
      if (!answer.ok)
        console.error(JSON.stringify({ message: "poller not woken, will be repeated", connection, poll, error: answer.error.message }));
      return answer.ok;
    }),
  );
  return told.filter(Boolean).length;
}

export const readPolls = (context: Pick<Context, "env" | "deployment">): Promise<PollStanding[]> =>
  Promise.all(
    everyPoll(context).map(async ({ connection, poll, declared: { summary, everyMs, deletions } }) => {
      const about = { connection, poll, summary, everyMs, seesDeletions: deletions === "listed" };
      try {
        const answer = await pollerOf(context, connection, poll).standing();
        if (!answer.ok) return { ...about, standing: null, unknown: answer.error };
        return { ...about, standing: Standing.nullable().parse(answer.value), unknown: null };
      } catch (thrown) {
        return { ...about, standing: null, unknown: failureOf(thrown) };
      }
    }),
  );

const everyPoll = ({ deployment }: Pick<Context, "deployment">) =>
  Object.entries(deployment.connections).flatMap(([connection, { polls = [] }]) =>
    polls.flatMap((poll) => {
      const declared = declaredPoll(deployment, connection, poll);
      return declared ? [{ connection, poll, declared }] : [];
    }),
  );
