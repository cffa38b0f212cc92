// What this deployment's connectors declare about an action, by its full name ("zendesk.updateTicket"): for pages that say what a write is and whether it can
// be taken back. It reads declarations and calls none of them.
import type { Deployment } from "../deployment.ts";
import type { Workflow } from "../engine/define.ts";

export interface ActionFacts {
  readonly system: string;
  readonly summary: string;
  readonly effect: "read" | "write" | "send";
  readonly undo: "restore" | "withdraw" | "irreversible" | null;
  /** Why it cannot be undone, where it cannot. */
  readonly because: string | null;
}

export function actionFacts(deployment: Deployment, fullName: string): ActionFacts | null {
  const [system = "", name = ""] = fullName.split(".", 2);
  const connector = Object.values(deployment.connections).find((connection) => connection.connector.name === system)?.connector;
  const action = connector && Object.hasOwn(connector.actions, name) ? connector.actions[name] : undefined;
  if (!connector || !action) return null;
  return {
    system: connector.title,
    summary: action.summary,
    effect: action.effect,
    undo: action.effect === "read" ? null : action.undo.kind,
    because: action.effect !== "read" && action.undo.kind === "irreversible" ? action.undo.because : null,
  };
}

/** The actions of a workflow that write, by their full names, in the order in which it declares them. */
export const writesOf = ({ uses }: Pick<Workflow, "uses">): string[] =>
  Object.values(uses).flatMap((use) =>
    use.kind !== "connector"
      ? []
      : Object.entries(use.actions).flatMap(([name, { effect }]) => (effect === "read" ? [] : [`${use.connector}.${name}`])),
  );

/** What becomes of a write that was wrong, said before it is made: for the catalogue, the spec and whoever decides. */
export function undoWords(facts: Pick<ActionFacts, "undo" | "because"> | null): string {
  switch (facts?.undo) {
    case "restore":
      return "Can be undone: an undo puts back each old value that nobody has changed since.";
    case "withdraw":
      return "Can be undone: an undo removes what was written.";
    case "irreversible":
      return `Cannot be undone: ${facts.because ?? "the system offers no way to take it back"}`;
    default:
      return "This deployment does not know the action, and so not whether it can be undone.";
  }
}
