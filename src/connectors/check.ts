// One thing that the integration assessment asks of a connection, and what it found. A check calls the real system through the connection's own door; it decides
// nothing and writes nothing, unless it is the write probe that somebody asked for.
import type { Http } from "./define.ts";

export interface CheckContext {
  readonly http: Http;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Where the system should post to; null where the connection has no webhook or the deployment does not know its own address. */
  readonly hookUrl: string | null;
}

export interface Finding {
  readonly outcome: "confirmed" | "missing" | "warning" | "cannot_tell";
  /** What was found, with the vendor's own names: "The token has the scope tickets:write". */
  readonly said: string;
  /** What somebody has to do, and where to click. Absent where nothing is to do. */
  readonly fix?: string;
}

export interface Check {
  /** kebab-case, the same across systems where the question is the same: auth, scopes, read, write, webhook, limits, objects. */
  readonly name: string;
  readonly summary: string;
  /** Only on request: it writes, and takes back what it wrote. */
  readonly writes?: true;
  /** An InterlockError that it throws is a finding as well: missing, in the error's words. */
  readonly run: (context: CheckContext) => Promise<readonly Finding[]>;
}
