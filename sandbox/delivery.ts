// One delivery: attempts until it is accepted, given up or not worth repeating. Pure but for the `send` and `wait` it is given.
// Zendesk's rules: up to 5 more tries after a timeout, 3 after a 409, and after a 429 or 503 only when Retry-After is under a minute (how
// often, it does not say; 3 here). Nothing else is tried again. Slack does not repeat a button press at all.

export interface Attempt {
  at: string;
  /** Null when no answer came. */
  status: number | null;
  error?: "timeout" | "connection";
  retryAfter?: number;
  ms: number;
}

export type Send = () => Promise<Pick<Attempt, "status" | "error" | "retryAfter">>;
export type Retry = (attempts: Attempt[]) => number | null;

export async function attempt(send: Send, retry: Retry, wait: (ms: number) => Promise<void>): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (;;) {
    const started = Date.now();
    const answer = await send();
    attempts.push({ at: new Date(started).toISOString(), ...answer, ms: Date.now() - started });
    const pause = retry(attempts);
    if (pause === null) return attempts;
    await wait(pause);
  }
}

/** How long Zendesk waits before it tries again, in ms; null: it does not. */
export function zendeskRetry(pauseMs: number): Retry {
  return (attempts) => {
    const last = attempts.at(-1);
    if (!last) return null;
    if (last.error === "timeout") return attempts.filter(({ error }) => error === "timeout").length <= 5 ? pauseMs : null;
    if (last.status === 409) return attempts.filter(({ status }) => status === 409).length <= 3 ? pauseMs : null;
    if (last.status !== 429 && last.status !== 503) return null;
    if (last.retryAfter === undefined || last.retryAfter >= 60) return null;
    return attempts.filter(({ status }) => status === 429 || status === 503).length <= 3 ? last.retryAfter * 1000 : null;
  };
}

export const noRetry: Retry = () => null;
