// Give a new HubSpot contact to the person who sells to its kind: read it, look who is known already, decide score and segment, assign the owner, explain that in a
// note, and make a task of a lead that wants to buy. One that may be there twice is not routed: a person merges first.
// HubSpot's search is some seconds behind: two contacts made in the same moment do not see each other.
import { hubspot } from "../../connectors/hubspot.ts";
import { defineWorkflow, model } from "../../engine/define.ts";
import { LEAD_DATA_FLOW, type LeadRecord } from "./data-flow.ts";
import { askToMerge, explainRoute, explainTask } from "./explain.ts";
import { INSTRUCTION, LeadJudgement } from "./labels.ts";
import { companyDomain, decideAcquaintances, knownFrom, mailboxOf, type Person } from "./lead.ts";
import { DESK, OWNERS, segmentOf } from "./owners.ts";

const PROPERTIES = [
  "email",
  "firstname",
  "lastname",
  "company",
  "jobtitle",
  "country",
  "numemployees",
  "message",
  "hs_analytics_source",
  "hubspot_owner_id",
];
const WHO = ["email", "firstname", "lastname"];

const DAY_MS = 24 * 60 * 60_000;

interface Contact {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
}

const personOf = ({ id, properties }: Contact): Person => ({
  id,
  email: properties.email ?? null,
  firstName: properties.firstname ?? null,
  lastName: properties.lastname ?? null,
});

export const leadRouting = defineWorkflow(
  {
    name: "lead-routing",
    version: 1,
    purpose: "Give a new lead to the person who sells to its kind",
    trigger: hubspot.on("contact.creation"),
    lane: ({ event }) => event.subject,
    uses: {
      crm: hubspot.only("getRecord", "searchRecords", "assignOwner", "addNote", "createTask"),
      model: model("default"),
    },
    dataFlow: LEAD_DATA_FLOW,
    decisions: { judgement: LeadJudgement },
    // A labelled lead of a validation: what the run would have been told and would have read.
    rehearsal: {
      decision: "judgement",
      text: "lead.message",
      label: "segment",
      event: ({ number }) => ({ subject: String(number), data: null }),
      answers: {
        crm: {
          getRecord: ({ number, input }) => ({
            id: String(number),
            properties: {
              message: input["lead.message"] || null,
              jobtitle: input["lead.jobTitle"] || null,
              company: input["lead.company"] || null,
              numemployees: input["lead.employees"] || null,
              country: input["lead.country"] || null,
              hs_analytics_source: input["lead.source"] || null,
              email: input["lead.mailbox"] === "company" ? "lead@company.example" : null,
            },
            createdAt: "",
            updatedAt: "",
          }),
          searchRecords: () => ({ total: 0, records: [], after: null }),
          assignOwner: () => ({ owner: null }),
        },
      },
    },
  },
  async ({ event, crm, model }) => {
    const contact = await crm.getRecord("load contact", { type: "contacts", id: event.subject, properties: PROPERTIES });
    const on = { type: "contacts", id: contact.id };
    const person = personOf(contact);
    const of = (property: string) => contact.properties[property] ?? null;

    // What needs no judgement.
    if (of("hubspot_owner_id") !== null) return { contact: contact.id, routed: false, because: "has an owner" };

    const domain = companyDomain(person.email);
    const { firstName, lastName } = person;
    let others: Person[] = [];
    if (domain !== null) {
      const found = await crm.searchRecords("look for colleagues", {
        type: "contacts",
        filters: [{ property: "email", operator: "CONTAINS_TOKEN", value: `*@${domain}` }],
        properties: WHO,
        limit: 100,
      });
      others = found.records.map(personOf);
    } else if (firstName !== null && lastName !== null) {
      const found = await crm.searchRecords("look for the name", {
        type: "contacts",
        filters: [
          { property: "firstname", operator: "EQ", value: firstName },
          { property: "lastname", operator: "EQ", value: lastName },
        ],
        properties: WHO,
        limit: 100,
      });
      others = found.records.map(personOf);
    }
    const { duplicates, colleagues } = decideAcquaintances(person, others);
    // There is no clock here: the day begins when the contact was made.
    const at = new Date(event.time).toISOString();
    const inADay = new Date(event.time + DAY_MS).toISOString();

    if (duplicates.length > 0) {
      const text = askToMerge("contact", duplicates);
      await crm.addNote("note the duplicate", { on, text, at });
      await crm.createTask("ask to merge", { on, subject: "Merge a duplicate lead", text, dueAt: inADay, priority: "MEDIUM", owner: DESK });
      return { contact: contact.id, routed: false, because: "duplicate", duplicates: [...duplicates] };
    }

    const lead: LeadRecord = {
      message: of("message"),
      jobTitle: of("jobtitle"),
      company: of("company"),
      employees: of("numemployees"),
      country: of("country"),
      source: of("hs_analytics_source"),
      mailbox: mailboxOf(person),
    };
    const judgement = await model.decide("judgement", {
      instruction: INSTRUCTION,
      record: { lead },
      known: knownFrom(person),
    });

    const assigned = await crm.assignOwner("assign owner", { ...on, owner: OWNERS[judgement.value.segment] }, { basedOn: judgement });
    if (assigned.status === "refused") return { contact: contact.id, routed: false, because: assigned.because, reason: assigned.reason };

    // A reviewer may have chosen somebody else: everything below follows what was written, not what the model said.
    const owner = String(assigned.values.owner);
    const segment = segmentOf(owner);
    const { score } = judgement.value;
    const { decidedBy } = assigned;
    const text = explainRoute("contact", { owner, segment, score, decidedBy, confidence: judgement.confidence, colleagues });
    await crm.addNote("explain route", { on, text, at }, { basedOn: judgement });
    if (score === "high")
      await crm.createTask(
        "make a task",
        {
          on,
          subject: "Call a lead that wants to buy",
          text: explainTask(segment, score),
          dueAt: inADay,
          priority: "HIGH",
          owner,
        },
        { basedOn: judgement },
      );
    return { contact: contact.id, routed: true, owner, segment, score };
  },
);
