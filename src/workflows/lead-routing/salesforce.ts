// Give a Salesforce lead that lies in the queue to the person who sells to its kind: as workflow.ts does in HubSpot, with the same decision, owners and words.
// Salesforce tells of every change of a lead, not of its creation alone: one that a person has, or that is converted, is left alone, and the desk is asked to merge once.
// A lead whose route was rejected stays in the queue, and its next change asks again. Only leads are looked through: whether a contact is the same person is not seen.
import { salesforce } from "../../connectors/salesforce.ts";
import { InterlockError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { defineWorkflow, model } from "../../engine/define.ts";
import { LEAD_DATA_FLOW, type LeadRecord } from "./data-flow.ts";
import { askToMerge, explainRoute, explainTask } from "./explain.ts";
import { INSTRUCTION, LeadJudgement } from "./labels.ts";
import { companyDomain, decideAcquaintances, knownFrom, mailboxOf, type Person } from "./lead.ts";
import { DESK, INBOX, OWNERS, segmentOf } from "./owners.ts";

const WHO = ["Id", "Email", "FirstName", "LastName"];
const FIELDS = [
  "Email",
  "FirstName",
  "LastName",
  "Company",
  "Title",
  "Country",
  "NumberOfEmployees",
  "Description",
  "LeadSource",
  "OwnerId",
  "IsConverted",
];

/** What ids of queues begin with. */
const QUEUE = "00G";
const MERGE = "Merge a duplicate lead";
const DAY_MS = 24 * 60 * 60_000;

/** A labelled lead has no id; what stands in for one has the form that Salesforce's have. */
const labelledId = (number: number): string => `00Q${String(number).padStart(12, "0")}`;

type Fields = Readonly<Record<string, Json>>;

const textIn = (fields: Fields, name: string): string | null => {
  const value = fields[name] ?? null;
  return value === null ? null : String(value);
};

const personOf = (id: string, fields: Fields): Person => ({
  id,
  email: textIn(fields, "Email"),
  firstName: textIn(fields, "FirstName"),
  lastName: textIn(fields, "LastName"),
});

export const salesforceLeadRouting = defineWorkflow(
  {
    name: "lead-routing-salesforce",
    version: 1,
    purpose: "Give a new lead to the person who sells to its kind",
    trigger: salesforce.on("lead.changed"),
    lane: ({ event }) => event.subject,
    uses: {
      crm: salesforce.only("getRecord", "queryRecords", "assignRecord", "addFeedItem", "createTask"),
      model: model("default"),
    },
    dataFlow: LEAD_DATA_FLOW,
    decisions: { judgement: LeadJudgement },
    // A labelled lead of a validation: what the run would have been told and would have read.
    rehearsal: {
      decision: "judgement",
      text: "lead.message",
      label: "segment",
      event: ({ number }) => ({ subject: labelledId(number), data: null }),
      answers: {
        crm: {
          getRecord: ({ number, input }) => ({
            id: labelledId(number),
            object: "Lead",
            version: "",
            fields: {
              Description: input["lead.message"] || null,
              Title: input["lead.jobTitle"] || null,
              Company: input["lead.company"] || null,
              NumberOfEmployees: input["lead.employees"] || null,
              Country: input["lead.country"] || null,
              LeadSource: input["lead.source"] || null,
              Email: input["lead.mailbox"] === "company" ? "lead@company.example" : null,
              OwnerId: QUEUE,
              IsConverted: false,
            },
          }),
          queryRecords: () => ({ records: [] }),
          assignRecord: () => ({ owner: INBOX }),
        },
      },
    },
  },
  async ({ event, crm, model }) => {
    const { id, fields } = await crm.getRecord("load lead", { object: "Lead", id: event.subject, fields: FIELDS });
    const person = personOf(id, fields);
    const of = (name: string) => textIn(fields, name);

    // What needs no judgement.
    if (fields.IsConverted === true) return { lead: id, routed: false, because: "converted" };
    if (!of("OwnerId")?.startsWith(QUEUE)) return { lead: id, routed: false, because: "has an owner" };

    const domain = companyDomain(person.email);
    const { firstName, lastName } = person;
    const look = async (step: string, where: { field: string; is: "=" | "like"; value: string }[]): Promise<Person[]> => {
      const { records } = await crm.queryRecords(step, { object: "Lead", fields: WHO, where, orderBy: [], limit: 100 });
      return records.map((record) => personOf(String(record.Id), record));
    };
    let others: Person[] = [];
    if (domain !== null) others = await look("look for colleagues", [{ field: "Email", is: "like", value: `%@${domain}` }]);
    else if (firstName !== null && lastName !== null)
      others = await look("look for the name", [
        { field: "FirstName", is: "=", value: firstName },
        { field: "LastName", is: "=", value: lastName },
      ]);
    const { duplicates, colleagues } = decideAcquaintances(person, others);

    // A task is given to an id. There is no clock here: the day begins when the lead was changed.
    const userOf = async (step: string, name: string): Promise<string> => {
      const { records } = await crm.queryRecords(step, {
        object: "User",
        fields: ["Id"],
        where: [
          { field: "Username", is: "=", value: name },
          { field: "IsActive", is: "=", value: true },
        ],
        orderBy: [],
        limit: 1,
      });
      const [user] = records;
      if (!user)
        throw new InterlockError("connector.rejected", `Salesforce has no active user with the user name "${name}"`, { field: "owner" });
      return String(user.Id);
    };
    const inADay = new Date(event.time + DAY_MS).toISOString().slice(0, 10);

    if (duplicates.length > 0) {
      const asked = await crm.queryRecords("look for the desk's task", {
        object: "Task",
        fields: ["Id"],
        where: [
          { field: "WhoId", is: "=", value: id },
          { field: "Subject", is: "=", value: MERGE },
        ],
        orderBy: [],
        limit: 1,
      });
      if (asked.records.length > 0) return { lead: id, routed: false, because: "duplicate, the desk was asked before" };
      const owner = await userOf("find the desk", DESK);
      const body = askToMerge("lead", duplicates);
      await crm.addFeedItem("note the duplicate", { id, body });
      await crm.createTask("ask to merge", { person: id, subject: MERGE, description: body, due: inADay, priority: "Normal", owner });
      return { lead: id, routed: false, because: "duplicate", duplicates: [...duplicates] };
    }

    const lead: LeadRecord = {
      message: of("Description"),
      jobTitle: of("Title"),
      company: of("Company"),
      employees: of("NumberOfEmployees"),
      country: of("Country"),
      source: of("LeadSource"),
      mailbox: mailboxOf(person),
    };
    const judgement = await model.decide("judgement", { instruction: INSTRUCTION, record: { lead }, known: knownFrom(person) });

    const to = { object: "Lead", id, owner: OWNERS[judgement.value.segment] };
    const assigned = await crm.assignRecord("assign owner", to, { basedOn: judgement });
    if (assigned.status === "refused") return { lead: id, routed: false, because: assigned.because, reason: assigned.reason };

    // A reviewer may have chosen somebody else: everything below follows what was written, not what the model said.
    const owner = String(assigned.values.owner);
    const segment = segmentOf(owner);
    const { score } = judgement.value;
    const { decidedBy } = assigned;
    const body = explainRoute("lead", { owner, segment, score, decidedBy, confidence: judgement.confidence, colleagues });
    await crm.addFeedItem("explain route", { id, body }, { basedOn: judgement });
    if (score === "high") {
      const task = { person: id, subject: "Call a lead that wants to buy", description: explainTask(segment, score), due: inADay };
      const user = await userOf("find the owner's user", owner);
      await crm.createTask("make a task", { ...task, priority: "High", owner: user }, { basedOn: judgement });
    }
    return { lead: id, routed: true, owner, segment, score };
  },
);
