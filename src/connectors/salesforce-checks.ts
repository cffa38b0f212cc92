// What the integration assessment asks of a Salesforce connection: each question is one or a few calls, and each answer says in Salesforce's own words what to click.
// It writes nothing but the probe that somebody asked for, and takes that back.
import * as z from "zod";
import { failureOf } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Check, Finding } from "./check.ts";
import type { Http } from "./define.ts";
import { promised } from "./http.ts";
import { API, create, type Description, describe, removeOurs, selected, textOf } from "./salesforce-api.ts";
import { sameId } from "./salesforce-id.ts";
import { markerField, markerProblem } from "./salesforce-marker.ts";

const confirmed = (said: string): Finding => ({ outcome: "confirmed", said });
const missing = (said: string, fix: string): Finding => ({ outcome: "missing", said, fix });

/** The objects that the deployment's workflows use, as its setting says. */
const objectsOf = ({ settings }: Http): readonly string[] => listed(settings.objects ?? "Case,Lead");

const listed = (text: string): readonly string[] =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

const auth: Check = {
  name: "auth",
  summary: "Signs in, and asks which organisation answers",
  run: async ({ http }) => {
    const [org] = await selected(http, { select: ["Id", "Name", "IsSandbox"], from: "Organization", limit: 1 });
    const id = org && textOf(org, "Id");
    if (!id)
      return [
        missing(
          "The integration user cannot read its organisation",
          "Give the integration user the permission View Setup and Configuration",
        ),
      ];
    const said = `Signed in to ${textOf(org, "Name") ?? ""} (${id}${org.IsSandbox === true ? ", a sandbox" : ""})`;
    const expected = http.settings.organizationId;
    if (expected && !sameId(expected, id))
      return [
        missing(`${said}; the setting organizationId says ${expected}`, "Set organizationId to the id under Setup > Company Information"),
      ];
    return [confirmed(said)];
  },
};

const scopes: Check = {
  name: "scopes",
  summary: "Opens the REST API with the token",
  run: async ({ http }) => {
    await http.send({ method: "GET", path: API });
    return [confirmed("The token opens the REST API: the app has the scope api, the integration user the permission API Enabled")];
  },
};

const read: Check = {
  name: "read",
  summary: "Reads one record of each object",
  run: async ({ http }) =>
    each(http, async (object) => {
      const [record] = await selected(http, { select: ["Id"], from: object, limit: 1 });
      if (record) return confirmed(`${object} can be read`);
      return {
        outcome: "cannot_tell",
        said: `${object} has no record that the integration user sees`,
        fix: `If there are ${object} records: share them with the integration user (a sharing rule, or View All on ${object})`,
      };
    }),
};

/** The fields of this object that workflows write, as the setting says: "Case.Priority". */
const fieldsOf = ({ settings }: Http, object: string): readonly string[] =>
  listed(settings.fields ?? "").flatMap((path) => (path.startsWith(`${object}.`) ? [path.slice(object.length + 1)] : []));

/** One finding per object; what one object's call throws is that object's finding. */
const each = (http: Http, ask: (object: string) => Promise<Finding>): Promise<readonly Finding[]> =>
  Promise.all(
    objectsOf(http).map((object) =>
      ask(object).catch((thrown) => {
        const { code, message } = failureOf(thrown);
        if (code !== "connector.not_found" && code !== "connector.rejected" && code !== "connector.unauthorised") throw thrown;
        return missing(
          `${object}: ${message}`,
          `Correct the setting objects, or give the integration user's permission set access to ${object}`,
        );
      }),
    ),
  );

const objects: Check = {
  name: "objects",
  summary: "Describes each object: rights, and the field that carries Interlock's mark",
  run: async ({ http }) =>
    each(http, async (object) => {
      const about = await describe(http, object);
      const lacking = rightsLacking(about);
      if (lacking.length > 0)
        return missing(
          `${object}: the integration user may not ${lacking.join(", ")}`,
          `Permission set of the integration user > Object Settings > ${about.name}`,
        );
      const hidden = fieldsOf(http, object).filter((name) => about.fields.get(name)?.updateable !== true);
      if (hidden.length > 0)
        return missing(
          `${object}: the integration user may not edit ${hidden.join(", ")}, or there is no such field`,
          `Permission set of the integration user > Object Settings > ${about.name} > Field Permissions: Edit Access`,
        );
      const problem = markerProblem(about, markerField(http), "update") ?? markerProblem(about, markerField(http), "create");
      return problem
        ? missing(
            problem,
            `Setup > Object Manager > ${about.name} > Fields & Relationships > New > Text (255), then edit access in the permission set`,
          )
        : confirmed(`${object}: may be read, created and edited, and ${markerField(http)} is there`);
    }),
};

const rightsLacking = ({ queryable, createable, updateable }: Description): readonly string[] => [
  ...(queryable ? [] : ["read"]),
  ...(createable ? [] : ["create"]),
  ...(updateable ? [] : ["edit"]),
];

const PROBE: JsonObject = { Subject: "Interlock write probe: may be deleted", Status: "Not Started", Priority: "Normal" };

const write: Check = {
  name: "write",
  summary: "Creates a task without a record, and deletes it",
  writes: true,
  run: async ({ http }) => {
    const id = await create(http, "Task", PROBE);
    try {
      await removeOurs(http, "Task", id);
    } catch (thrown) {
      const fix = `Delete Task/${id} by hand, and give the integration user Delete on Task: an undo needs it`;
      return [missing(`Task/${id} was created and could not be deleted: ${failureOf(thrown).message}`, fix)];
    }
    return [confirmed("A task was created and deleted again")];
  },
};

const LimitsJson = z.object({ DailyApiRequests: z.object({ Max: z.number(), Remaining: z.number() }) });
/** Where reads stop, and where writes stop: see salesforceUsage. */
const [NEAR, SPENT] = [0.8, 0.9];

const SPARE =
  "Find the largest caller (Setup > System Overview > API Usage), push with outbound messages instead of polling, or buy more calls";

const limits: Check = {
  name: "limits",
  summary: "Asks how many of the day's API calls are left",
  run: async ({ http }) => {
    try {
      const { json } = await http.send({ method: "GET", path: `${API}/limits` });
      return [spentFinding(promised(LimitsJson, json, "the org's limits").DailyApiRequests)];
    } catch (thrown) {
      const { code, message } = failureOf(thrown);
      // Salesforce, or Interlock for its sake, lets no more calls through: that is the answer.
      if (code !== "connector.rate_limited") throw thrown;
      return [missing(message, SPARE)];
    }
  },
};

function spentFinding({ Max, Remaining }: z.infer<typeof LimitsJson>["DailyApiRequests"]): Finding {
  const used = Max - Remaining;
  const share = Max > 0 ? used / Max : 1;
  const said = `DailyApiRequests: ${used} of ${Max} are spent (${Math.round(share * 100)} %)`;
  if (share < NEAR) return confirmed(said);
  if (share < SPENT) return { outcome: "warning", said: `${said}; Interlock's reads stop at 80 %`, fix: SPARE };
  return missing(`${said}; Interlock's reads stop at 80 % and its writes at 90 %`, SPARE);
}

const webhook: Check = {
  name: "webhook",
  summary: "Says what has to post here",
  run: async ({ hookUrl }) => [
    {
      outcome: "cannot_tell",
      said: "Salesforce lists outbound messages and callouts only through its metadata API, which this connection does not use",
      fix: `Setup > Outbound Messages: the endpoint must be ${hookUrl ?? "the connection's hook address"} with the webhook secret as its last segment; Setup > Outbound Message Delivery Status shows what was not taken`,
    },
  ],
};

/** The calls first: by the others' answers Interlock learns what is spent, and may then hold back what asks for it. The clocks are compared by the assessment itself. */
export const salesforceChecks: readonly Check[] = [limits, auth, scopes, read, objects, write, webhook];
