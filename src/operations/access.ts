// Who may do what: the one table. An operation names its row; pages show what the same row allows. It must not know who holds which role, nor for which workflow.
// Two kinds: an operation on a workflow counts grants for it and for all; one that is a matter of the whole deployment (DEPLOYMENT_WIDE) only grants for all.
import { hasRole, type Principal, ROLES, type Role, type Within, workflowsWith } from "../core/principal.ts";

/** A run's contents are personal data: who only drafts specs, or administers grants, does not need them. */
const READERS = ["process_owner", "data_protection_officer", "reviewer", "operator", "auditor"] as const;

export const MAY = {
  "read runs": READERS,
  "read approvals": READERS,
  "decide approvals": ["reviewer"],
  "give information": ["reviewer", "operator"],
  "comment on approvals": ["reviewer", "operator"],
  "read contests": READERS,
  "contest changes": ["reviewer", "operator"],
  "judge contests": ["reviewer"],
  "read effects": READERS,
  "export effects": ["auditor"],
  "check writes": ["reviewer"],
  "read reviews": ["author", ...READERS],
  "compare shadow": ["process_owner", "operator"],
  "check the breaker": ["process_owner"],
  "review again": ["reviewer"],
  "undo writes": ["operator"],
  "resolve steps": ["operator"],
  "control runs": ["operator"],
  "begin runs again": ["operator"],
  "turn the kill switch": ["operator"],
  "read the kill switch": ROLES,
  "read workflows": ROLES,
  "read costs": READERS,
  "read business cases": ["process_owner", "auditor"],
  "keep business cases": ["process_owner"],
  "read the overview": READERS,
  "read the audit": ["auditor"],
  "read specs": ["author", ...READERS],
  "write specs": ["author"],
  "decide specs": ["process_owner"],
  "approve data flows": ["data_protection_officer"],
  "read provider cards": ["data_protection_officer", "operator", "auditor"],
  "record provider cards": ["data_protection_officer"],
  "probe models": ["data_protection_officer", "operator"],
  "read connections": ["author", "process_owner", "operator", "auditor"],
  "assess connections": ["operator"],
  "read models": ["author", ...READERS],
  "train models": ["author", "process_owner"],
  "choose models": ["process_owner"],
  "try specs": ["process_owner", "author"],
  "read certificates": ["author", "process_owner", "data_protection_officer", "auditor"],
  "issue certificates": ["author", "process_owner"],
  "close breakers": ["process_owner"],
  "read validations": ["author", "process_owner", "data_protection_officer", "auditor"],
  "run validations": ["author", "process_owner"],
  "relabel records": ["author", "process_owner"],
  "read dead letters": ["operator", "auditor"],
  "replay dead letters": ["operator"],
  "read checkpoints": ["auditor"],
  "read grants": ["admin", "auditor"],
  "change grants": ["admin"],
} as const satisfies Record<string, readonly Role[]>;

export type Operation = keyof typeof MAY;

/** Not of a workflow. A dead letter came in before it was known whose it is; a checkpoint covers the audit of all. */
const DEPLOYMENT_WIDE: readonly Operation[] = [
  "read dead letters",
  "replay dead letters",
  "read checkpoints",
  "read provider cards",
  "record provider cards",
  "probe models",
  "read connections",
  "assess connections",
  "read grants",
  "change grants",
];

/** `workflow`: null for a matter of the whole deployment. */
export const may = (principal: Principal, operation: Operation, workflow: string | null): boolean =>
  MAY[operation].some((role) => hasRole(principal, role, workflow));

export const workflowsFor = (principal: Principal, operation: Operation): Within => workflowsWith(principal, MAY[operation]);

/** For any workflow at all, or for the whole deployment where that is what counts: whether a page is worth a link. */
export const maySomewhere = (principal: Principal, operation: Operation): boolean =>
  DEPLOYMENT_WIDE.includes(operation) ? may(principal, operation, null) : workflowsFor(principal, operation).length > 0;
