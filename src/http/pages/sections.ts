// The sections of the console, in the order of the navigation, each with what one must be allowed to find it there. A link is a courtesy: the routes refuse by
// themselves.
import type { Principal } from "../../core/principal.ts";
import { maySomewhere, type Operation } from "../../operations/access.ts";

export const SECTIONS = {
  approvals: { href: "/approvals", title: "Approvals", needs: "read approvals" },
  runs: { href: "/runs", title: "Runs", needs: "read runs" },
  effects: { href: "/effects", title: "Writes", needs: "read effects" },
  workflows: { href: "/workflows", title: "Workflows", needs: "read workflows" },
  specs: { href: "/specs", title: "Rules", needs: "read specs" },
  validations: { href: "/validations", title: "Validations", needs: "read validations" },
  "dead-letters": { href: "/dead-letters", title: "Dead letters", needs: "read dead letters" },
  stops: { href: "/stops", title: "Kill switch", needs: "read the kill switch" },
  audit: { href: "/audit", title: "Audit", needs: "read the audit" },
  people: { href: "/people", title: "People", needs: "read grants" },
} as const satisfies Readonly<Record<string, { readonly href: string; readonly title: string; readonly needs: Operation }>>;

export type Section = keyof typeof SECTIONS;

export const sectionsFor = (principal: Principal): Section[] =>
  (Object.keys(SECTIONS) as Section[]).filter((section) => maySomewhere(principal, SECTIONS[section].needs));

/** Where somebody begins; null for whoever may see nothing. */
export const homeOf = (principal: Principal): Section | null => sectionsFor(principal)[0] ?? null;
