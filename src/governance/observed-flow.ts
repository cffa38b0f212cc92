// What recorded decisions show of a workflow's data flow: which fields of the source nobody has declared and so were not sent, how often each element went, and what was
// taken out of it. Pure; it reads names and counts, never a value.
import type { Treated } from "./data-flow.ts";

/** The part of a journalled decision that says what left. */
export interface ObservedDecision {
  readonly run: string;
  readonly at: number;
  readonly provider: string;
  readonly sent: readonly Treated[];
  readonly notSent: readonly string[];
}

export interface ObservedFlow {
  /** How many runs were looked at. */
  readonly runs: number;
  /** The most frequent first. */
  readonly undeclared: readonly { readonly path: string; readonly runs: number; readonly lastAt: number }[];
  /** Of each element that was sent: in how many runs, and how many values of each kind were taken out of it. */
  readonly elements: Readonly<Record<string, { readonly runs: number; readonly removed: Readonly<Record<string, number>> }>>;
  /** In how many runs each provider answered. */
  readonly providers: Readonly<Record<string, number>>;
}

/** `declared`: the elements of today; a path that lies in one is declared, and was only not there or not to be sent. */
export function observeFlow(decisions: readonly ObservedDecision[], declared: readonly string[]): ObservedFlow {
  const isDeclared = (path: string) => declared.some((element) => path === element || path.startsWith(`${element}.`));
  const undeclared = new Map<string, { runs: Set<string>; lastAt: number }>();
  const elements = new Map<string, { runs: Set<string>; removed: Record<string, number> }>();
  const providers = new Map<string, Set<string>>();
  for (const { run, at, provider, sent, notSent } of decisions) {
    for (const path of notSent) {
      if (isDeclared(path)) continue;
      const seen = undeclared.get(path) ?? { runs: new Set(), lastAt: at };
      seen.runs.add(run);
      seen.lastAt = Math.max(seen.lastAt, at);
      undeclared.set(path, seen);
    }
    for (const { element, removed = {} } of sent) {
      const seen = elements.get(element) ?? { runs: new Set(), removed: {} };
      seen.runs.add(run);
      for (const [kind, count] of Object.entries(removed)) seen.removed[kind] = (seen.removed[kind] ?? 0) + count;
      elements.set(element, seen);
    }
    providers.set(provider, (providers.get(provider) ?? new Set()).add(run));
  }
  return {
    runs: new Set(decisions.map(({ run }) => run)).size,
    undeclared: [...undeclared]
      .map(([path, { runs, lastAt }]) => ({ path, runs: runs.size, lastAt }))
      .sort((a, b) => b.runs - a.runs || (a.path < b.path ? -1 : 1)),
    elements: Object.fromEntries([...elements].map(([element, { runs, removed }]) => [element, { runs: runs.size, removed }])),
    providers: Object.fromEntries([...providers].map(([provider, runs]) => [provider, runs.size])),
  };
}
