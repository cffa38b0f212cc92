// What this deployment's connectors declare about an action, by its full name ("zendesk.updateTicket"): for pages that say what a write is and whether it can
// be taken back. It reads declarations and calls none of them.
import type { Deployment } from "../deployment.ts";

export interface ActionFacts {
  readonly system: string;
  readonly summary: string;
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
    undo: action.effect === "read" ? null : action.undo.kind,
    because: action.effect !== "read" && action.undo.kind === "irreversible" ? action.undo.because : null,
  };
}
