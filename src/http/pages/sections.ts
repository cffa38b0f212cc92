// The sections of the console in their groups, in the order of the navigation, each with what one must be allowed to find it there. A link is a courtesy: the routes refuse by
// themselves.
import type { Principal } from "../../core/principal.ts";
import { maySomewhere, type Operation } from "../../operations/access.ts";

/** The rows of the navigation: what is to be done, by which rules, on what proof, and who watches. */
export const GROUPS = ["Work", "Rules", "Models", "Oversight"] as const;
export type Group = (typeof GROUPS)[number];

export const SECTIONS = {
  approvals: { group: "Work", href: "/approvals", title: "Approvals", needs: "read approvals" },
  runs: { group: "Work", href: "/runs", title: "Runs", needs: "read runs" },
  effects: { group: "Work", href: "/effects", title: "Writes", needs: "read effects" },
  "dead-letters": { group: "Work", href: "/dead-letters", title: "Dead letters", needs: "read dead letters" },
  workflows: { group: "Rules", href: "/workflows", title: "Workflows", needs: "read workflows" },
  specs: { group: "Rules", href: "/specs", title: "Governance specs", needs: "read specs" },
  connections: { group: "Rules", href: "/connections", title: "Connections", needs: "read connections" },
  certificates: { group: "Rules", href: "/certificates", title: "Certificates", needs: "read certificates" },
  models: { group: "Models", href: "/models", title: "Built-in model", needs: "read models" },
  providers: { group: "Models", href: "/providers", title: "Providers", needs: "read provider cards" },
  validations: { group: "Models", href: "/validations", title: "Validations", needs: "read validations" },
  costs: { group: "Models", href: "/costs", title: "Costs", needs: "read costs" },
  stops: { group: "Oversight", href: "/stops", title: "Kill switch", needs: "read the kill switch" },
  audit: { group: "Oversight", href: "/audit", title: "Audit", needs: "read the audit" },
  people: { group: "Oversight", href: "/people", title: "People", needs: "read grants" },
} as const satisfies Readonly<
  Record<string, { readonly group: Group; readonly href: string; readonly title: string; readonly needs: Operation }>
>;

export type Section = keyof typeof SECTIONS;

export const sectionsFor = (principal: Principal): Section[] =>
  (Object.keys(SECTIONS) as Section[]).filter((section) => maySomewhere(principal, SECTIONS[section].needs));

/** The groups in which somebody finds anything, each with what they find there. */
export function groupsFor(principal: Principal): { group: Group; sections: Section[] }[] {
  const mine = sectionsFor(principal);
  return GROUPS.map((group) => ({ group, sections: mine.filter((section) => SECTIONS[section].group === group) })).filter(
    ({ sections }) => sections.length > 0,
  );
}

/** Where somebody begins; null for whoever may see nothing. */
export const homeOf = (principal: Principal): Section | null => sectionsFor(principal)[0] ?? null;
