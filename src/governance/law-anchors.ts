// Texts of law and standards that a governance document points to: what each asks, in an engineer's reading, and what of Interlock bears on it. Data with a date, to be
// read by somebody who knows the law. Nothing here is a claim that anything is met.

/** The day on which these were last read. */
export const LAW_AS_OF = "2026-11-22";

export interface LawAnchor {
  readonly anchor: string;
  /** In which documents it is pointed to: that of a governance spec, that of a data flow. */
  readonly in: readonly ("spec" | "flow")[];
  readonly asks: string;
  /** Where this deployment keeps what bears on it; that it is there is enforced, that it is enough is not said. */
  readonly bears: string;
  /** Since or from when, and how sure that is, where it matters. */
  readonly dates?: string;
}

export const LAW_ANCHORS: readonly LawAnchor[] = [
  {
    anchor: "AI Act, Art. 12, 19 and 26(6)",
    in: ["spec"],
    asks: "Automatic records of events over the system’s lifetime, kept for at least six months by a deployer of a high-risk system",
    bears:
      "The audit: a record for each step, written by the engine, hash-chained, exported as JSONL. Contents are kept for the days named under “Retention”",
    dates:
      "Duties for systems of Annex III apply from 2 December 2027 as the Digital Omnibus of 2026 moved them; read in secondary sources, not in the Official Journal",
  },
  {
    anchor: "AI Act, Art. 14 and 26(2)",
    in: ["spec"],
    asks: "Oversight by named people who understand the limits, can override and can stop",
    bears: "Reviewers by name, the record and the reason on each approval, edits and rejections, the kill switch",
    dates: "As above",
  },
  {
    anchor: "GDPR, Art. 22, and CJEU C-634/21 (SCHUFA)",
    in: ["spec"],
    asks: "No decision with legal or similarly significant effect by automated processing alone; a score on which a person heavily relies can be the decision",
    bears:
      "The kind of decision, named under “Class of decision”; in a regulated workflow a person’s decision on exactly the change, checked a second time before it leaves",
  },
  {
    anchor: "GDPR, Art. 30",
    in: ["spec", "flow"],
    asks: "A record of processing: controller, purposes, categories of people and data, recipients, transfers, time limits, security measures",
    bears: "The Art. 30 sheet of this workflow, made from the declared data flow, the provider cards and the governance spec",
  },
  {
    anchor: "GDPR, Art. 5(1)(c) and (e), and Art. 28",
    in: ["spec", "flow"],
    asks: "No more data than needed, no longer than needed, and a contract with each processor",
    bears:
      "Only declared elements leave, contents are erased when the first of them has to go, and no provider is asked without an agreement on record that holds that day",
  },
  {
    anchor: "ISO/IEC 42001, Annex A",
    in: ["spec"],
    asks: "A management system for AI with a register, impact assessments and event logs",
    bears: "Workflow, owner, purpose, class of decision and version in this document; the audit. Impact assessments are not kept here",
  },
  {
    anchor: "NIST AI RMF",
    in: ["spec"],
    asks: "Govern, map, measure, manage",
    bears: "Owner, purpose, thresholds, rollback procedure. Cited from memory, not looked up",
  },
  {
    anchor: "SOX, IT general controls for changes",
    in: ["spec"],
    asks: "Changes are authorised and tested, the approver is not the maker, and the evidence is kept",
    bears: "Approvals by name, time and SHA-256 of the exact text in the header of this document; each version stays",
  },
];
