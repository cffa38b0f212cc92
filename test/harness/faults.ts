// What may go wrong with a step, by name. A step's faults strike one after another: each its next request, or the next boundary that it names.
import { InterlockError } from "../../src/core/errors.ts";
import type { ModelFailure } from "../../src/inference/model.ts";
import type { Boundary } from "./memory-engine.ts";

/**
 * timeout before: no answer, and nothing was done. answer lost: it was done, and no answer came. 401 to 503: so the system answers, and does nothing
 * ("conflict" is 409).
 */
export type RequestFault = "timeout before" | "answer lost" | "conflict" | "401" | "404" | "409" | "422" | "429" | "500" | "503";
/**
 * A request fault strikes the step's next read, decision or write (of an undo: its next restoring or withdrawal); with an operation before it, its next request of
 * that kind; with "always" behind it, that one and all after it. crash …: the process stops there with all that was not durable, and another goes on.
 */
export type Fault =
  | RequestFault
  | `${RequestFault} always`
  | `${"look" | "find" | "prove" | "gone"}: ${RequestFault}`
  | `crash ${Boundary["at"]}`;

/** By step; those of an undo are under the step's name and "/undo". */
export type Faults = Readonly<Record<string, readonly Fault[]>>;

const ALWAYS = " always";
const ASIDE = /^(look|find|prove|gone): /;

export class FaultQueue {
  readonly #left: Map<string, Fault[]>;
  /** Steps whose last fault strikes for ever, and has struck. */
  readonly #struck = new Set<string>();

  constructor(faults: Faults = {}) {
    this.#left = new Map(Object.entries(faults).map(([step, list]) => [step, [...list]]));
  }

  /** The fault that strikes this request, if one does. `aside`: the kind of request, where it is not the one that the step is about. */
  takeForRequest(step: string, aside: string | null): RequestFault | null {
    const [next] = this.#left.get(step) ?? [];
    if (next === undefined || next.startsWith("crash ") || (ASIDE.exec(next)?.[1] ?? null) !== aside) return null;
    if (next.endsWith(ALWAYS)) this.#struck.add(step);
    else this.#left.get(step)?.shift();
    return next.replace(ASIDE, "").replace(ALWAYS, "") as RequestFault;
  }

  takeForBoundary(steps: readonly string[], at: Boundary["at"]): boolean {
    const struck = steps.find((step) => this.#left.get(step)?.[0] === `crash ${at}`);
    if (struck !== undefined) this.#left.get(struck)?.shift();
    return struck !== undefined;
  }

  /** Those that have struck nothing. */
  get left(): { readonly step: string; readonly fault: Fault }[] {
    return [...this.#left].flatMap(([step, list]) =>
      list.filter((fault) => !(fault.endsWith(ALWAYS) && this.#struck.has(step))).map((fault) => ({ step, fault })),
    );
  }
}

/** What a system answers; null for a fault after its work. */
export function answerOfFault(fault: RequestFault): Response | null {
  if (fault === "answer lost") return null;
  const status = fault === "timeout before" ? 408 : fault === "conflict" ? 409 : Number(fault);
  return new Response(JSON.stringify({ error: `injected: ${fault}` }), { status, headers: status === 429 ? { "retry-after": "1" } : {} });
}

/** The same said of a model. A model has no records that could conflict. */
export function modelFailureOf(fault: RequestFault): ModelFailure {
  switch (fault) {
    case "timeout before":
    case "answer lost":
    case "500":
    case "503":
      return { code: "model.unavailable", message: `injected: ${fault}` };
    case "429":
      return { code: "model.rate_limited", message: `injected: ${fault}`, retryAfterMs: 1_000 };
    case "422":
      return { code: "model.refused", message: `injected: ${fault}` };
    case "401":
    case "404":
      return { code: "model.rejected", message: `injected: ${fault}` };
    case "409":
    case "conflict":
      throw new InterlockError("request.invalid", `A model decision cannot meet "${fault}"`);
  }
}
