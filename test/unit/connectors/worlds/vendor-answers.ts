// How each system says no, in its own shape of body, and what must be made of it: the code, the words that a person will want, the wait that it asks for.
// Statuses and shapes are those of the vendors' pages on errors and limits; a system that has no such answer is given what a proxy before it would say.
import type { ErrorCode } from "../../../../src/core/errors.ts";
import type { Answered } from "../faults.ts";

export const REFUSALS = ["401", "403", "404", "409/412", "422", "429"] as const;
export type RefusalCase = (typeof REFUSALS)[number];

export interface VendorRefusal extends Answered {
  readonly code: ErrorCode;
  /** All of it stands in the message. */
  readonly says: readonly string[];
  readonly field?: string;
  readonly waitMs?: number;
}

type VendorRefusals = Readonly<Record<RefusalCase, readonly VendorRefusal[]>>;

const QUOTED = "You sent {credential}";

// https://developer.zendesk.com/api-reference/introduction/requests/#response-format
const zendesk: VendorRefusals = {
  "401": [
    {
      status: 401,
      body: { error: "Couldn't authenticate you", description: QUOTED },
      code: "connector.unauthorised",
      says: ["Couldn't authenticate you"],
    },
  ],
  "403": [
    {
      status: 403,
      body: { error: { title: "Forbidden", message: "You do not have access to this page" } },
      code: "connector.unauthorised",
      says: ["Forbidden", "You do not have access to this page"],
    },
  ],
  "404": [
    { status: 404, body: { error: "RecordNotFound", description: "Not found" }, code: "connector.not_found", says: ["RecordNotFound"] },
  ],
  "409/412": [
    {
      status: 409,
      body: { error: "UpdateConflict", description: "Safe Update prevented the update due to outdated ticket data." },
      code: "connector.conflict",
      says: ["UpdateConflict", "outdated ticket data"],
    },
  ],
  "422": [
    {
      status: 422,
      body: {
        error: "RecordInvalid",
        description: "Record validation errors",
        details: { status: [{ description: "Status: closed prevents ticket update", error: "StatusClosed" }] },
      },
      code: "connector.rejected",
      says: ["RecordInvalid", "status: Status: closed prevents ticket update"],
      field: "status",
    },
  ],
  "429": [
    {
      status: 429,
      headers: { "retry-after": "93", "zendesk-ratelimit-tickets-update": "total=100; remaining=0; resets=93" },
      body: { error: "APIRateLimitExceeded", description: "Number of allowed API requests per minute exceeded" },
      code: "connector.rate_limited",
      says: ["APIRateLimitExceeded"],
      waitMs: 93_000,
    },
  ],
};

const hubspotBody = (category: string, message: string, more: object = {}) => ({
  status: "error",
  message,
  correlationId: "c033cdaa-2c40-4a64-ae48-b4cec88dad24",
  category,
  ...more,
});
const TRACE = "correlation id c033cdaa-2c40-4a64-ae48-b4cec88dad24";
const hubspotLimit = (policyName: string, waitMs: number, headers: Record<string, string> = {}): VendorRefusal => ({
  status: 429,
  headers,
  body: hubspotBody("RATE_LIMITS", "You have reached your limit.", { errorType: "RATE_LIMIT", policyName }),
  code: "connector.rate_limited",
  says: ["You have reached your limit.", policyName, TRACE],
  waitMs,
});

// https://developers.hubspot.com/docs/api-reference/error-handling
const hubspot: VendorRefusals = {
  "401": [
    {
      status: 401,
      body: hubspotBody("EXPIRED_AUTHENTICATION", `The OAuth token used to make this call expired. ${QUOTED}`),
      code: "connector.unauthorised",
      says: ["The OAuth token used to make this call expired", "EXPIRED_AUTHENTICATION", TRACE],
    },
  ],
  "403": [
    {
      status: 403,
      body: hubspotBody("MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call.", {
        errors: [
          { message: "One or more of the following scopes are required.", context: { requiredScopes: ["crm.objects.deals.write"] } },
        ],
      }),
      code: "connector.unauthorised",
      says: ["This app hasn't been granted all required scopes", "crm.objects.deals.write", TRACE],
    },
  ],
  "404": [
    {
      status: 404,
      body: hubspotBody("OBJECT_NOT_FOUND", "Object not found. objectId are usually numeric."),
      code: "connector.not_found",
      says: ["Object not found", TRACE],
    },
  ],
  "409/412": [
    {
      status: 409,
      body: hubspotBody("CONFLICT", "Contact already exists. Existing ID: 51"),
      code: "connector.conflict",
      says: ["Contact already exists. Existing ID: 51", TRACE],
    },
  ],
  // HubSpot says 400 of what others say 422.
  "422": [
    {
      status: 400,
      body: hubspotBody(
        "VALIDATION_ERROR",
        'Property values were not valid: [{"isValid":false,"error":"PROPERTY_DOESNT_EXIST","name":"nope"}]',
      ),
      code: "connector.rejected",
      says: ["PROPERTY_DOESNT_EXIST", "VALIDATION_ERROR", TRACE],
      field: "nope",
    },
  ],
  "429": [
    hubspotLimit("TEN_SECONDLY_ROLLING", 10_000, {
      "x-hubspot-ratelimit-max": "110",
      "x-hubspot-ratelimit-remaining": "0",
      "x-hubspot-ratelimit-interval-milliseconds": "10000",
    }),
    hubspotLimit("SECONDLY", 1_000),
    hubspotLimit("DAILY", 60 * 60_000),
  ],
};

const salesforceRefusal = (
  status: number,
  errorCode: string,
  message: string,
  rest: Pick<VendorRefusal, "code" | "field" | "waitMs">,
): VendorRefusal => ({
  status,
  headers: { "x-sfdc-request-id": "07c0e9c2" },
  body: [{ message, errorCode }],
  says: [errorCode, message.replace(` ${QUOTED}`, ""), "request 07c0e9c2"],
  ...rest,
});

// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
const salesforce: VendorRefusals = {
  "401": [salesforceRefusal(401, "INVALID_SESSION_ID", `Session expired or invalid ${QUOTED}`, { code: "connector.unauthorised" })],
  "403": [
    salesforceRefusal(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", {
      code: "connector.unauthorised",
    }),
  ],
  "404": [salesforceRefusal(404, "NOT_FOUND", "The requested resource does not exist", { code: "connector.not_found" })],
  "409/412": [
    // Its body is not documented.
    { status: 412, body: "", code: "connector.conflict", says: ["412"] },
    salesforceRefusal(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", { code: "connector.conflict" }),
  ],
  "422": [
    salesforceRefusal(400, "INVALID_FIELD", "No such column 'Nope__c' on sobject of type Case", {
      code: "connector.rejected",
      field: "Nope__c",
    }),
  ],
  // Salesforce says 403 of what others say 429, and names no time.
  "429": [
    salesforceRefusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", {
      code: "connector.rate_limited",
      waitMs: 15 * 60_000,
    }),
    salesforceRefusal(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", {
      code: "connector.rate_limited",
      waitMs: 30_000,
    }),
  ],
};

const REQUEST = { "x-request-id": "b6f1-1700000000" };
const graphqlError = (message: string, code: string, extensions?: object): Pick<VendorRefusal, "status" | "headers" | "body"> => ({
  status: 200,
  headers: REQUEST,
  body: { errors: [{ message, extensions: { code } }], ...(extensions ? { extensions } : {}) },
});
const userError = (message: string, code?: string): Pick<VendorRefusal, "status" | "headers" | "body" | "field"> => ({
  status: 200,
  headers: REQUEST,
  body: { data: { payload: { userErrors: [{ field: ["input", "id"], message, ...(code ? { code } : {}) }] } } },
  field: "input.id",
});
const throttleStatus = { maximumAvailable: 2000, currentlyAvailable: 20, restoreRate: 100 };

// https://shopify.dev/docs/api/usage/response-codes and /api/admin-graphql#status_and_error_codes
const shopify: VendorRefusals = {
  "401": [
    {
      status: 401,
      headers: REQUEST,
      body: { errors: `[API] Invalid API key or access token (unrecognized login or wrong password). ${QUOTED}` },
      code: "connector.unauthorised",
      says: ["[API] Invalid API key or access token", "request b6f1-1700000000"],
    },
  ],
  "403": [
    {
      status: 403,
      headers: REQUEST,
      body: { errors: "[API] This action requires merchant approval for write_orders scope." },
      code: "connector.unauthorised",
      says: ["requires merchant approval for write_orders scope", "request b6f1-1700000000"],
    },
    {
      ...graphqlError("Access denied for order field.", "ACCESS_DENIED"),
      code: "connector.unauthorised",
      says: ["ACCESS_DENIED", "Access denied for order field.", "request b6f1-1700000000"],
    },
  ],
  "404": [
    // Of the shop, or of the version: records that are not there are told otherwise.
    {
      status: 404,
      headers: REQUEST,
      body: { errors: "Not Found" },
      code: "connector.unauthorised",
      says: ["Not Found", "there is no such shop", "request b6f1-1700000000"],
    },
    { ...userError("Order does not exist", "NOT_FOUND"), code: "connector.not_found", says: ["NOT_FOUND: Order does not exist"] },
  ],
  "409/412": [
    {
      ...userError("The resource has been updated since it was loaded.", "STALE_OBJECT"),
      code: "connector.conflict",
      says: ["STALE_OBJECT: The resource has been updated since it was loaded.", "request b6f1-1700000000"],
    },
  ],
  "422": [
    {
      ...userError("Order cannot be changed"),
      code: "connector.rejected",
      says: ["Order cannot be changed", "request b6f1-1700000000"],
    },
    {
      ...graphqlError("Query cost is 2003, which exceeds the single query max cost limit (1000).", "MAX_COST_EXCEEDED"),
      code: "connector.rejected",
      says: ["MAX_COST_EXCEEDED", "Query cost is 2003", "request b6f1-1700000000"],
    },
  ],
  "429": [
    {
      ...graphqlError("Throttled", "THROTTLED", { cost: { requestedQueryCost: 502, actualQueryCost: null, throttleStatus } }),
      code: "connector.rate_limited",
      says: ["THROTTLED"],
      // (502 - 20) points at 100 in a second.
      waitMs: 4_820,
    },
    {
      status: 429,
      headers: { ...REQUEST, "retry-after": "2.0" },
      body: { errors: "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service." },
      code: "connector.rate_limited",
      says: ["Exceeded 2 calls per second"],
      waitMs: 2_000,
    },
  ],
};

const slackNo = (error: string, more: object = {}): Pick<VendorRefusal, "status" | "body"> => ({
  status: 200,
  body: { ok: false, error, ...more },
});

// https://docs.slack.dev/reference/methods/chat.postMessage/#errors: 200 with the word, except where it limits.
const slack: VendorRefusals = {
  "401": [
    {
      ...slackNo("invalid_auth", { response_metadata: { messages: [QUOTED] } }),
      code: "connector.unauthorised",
      says: ["invalid_auth"],
    },
    { ...slackNo("token_revoked"), code: "connector.unauthorised", says: ["token_revoked"] },
  ],
  "403": [
    {
      ...slackNo("missing_scope", { needed: "chat:write", provided: "commands" }),
      code: "connector.unauthorised",
      says: ["missing_scope", "needs the scope chat:write"],
    },
  ],
  "404": [
    { ...slackNo("message_not_found"), code: "connector.not_found", says: ["message_not_found"] },
    { ...slackNo("channel_not_found"), code: "connector.rejected", says: ["channel_not_found"], field: "channel" },
  ],
  // Slack has no such answer.
  "409/412": [
    { status: 409, body: "<html><h1>Conflict at the proxy</h1></html>", code: "connector.conflict", says: ["Conflict at the proxy"] },
  ],
  "422": [
    {
      ...slackNo("invalid_blocks", {
        response_metadata: { messages: ["[ERROR] missing required field: type [json-pointer:/blocks/0/type]"] },
      }),
      code: "connector.rejected",
      says: ["invalid_blocks", "missing required field: type"],
    },
  ],
  "429": [
    {
      status: 429,
      headers: { "retry-after": "30" },
      body: { ok: false, error: "ratelimited" },
      code: "connector.rate_limited",
      says: ["ratelimited"],
      waitMs: 30_000,
    },
  ],
};

const teamsNo = (status: number, code: string, message: string, headers: Record<string, string> = {}) => ({
  status,
  headers: { "ms-cv": "cv.1", ...headers },
  body: { error: { code, message } },
  says: [`${code}: ${message}`, "ms-cv cv.1"],
});

// https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference#error-object, and Teams' page on rate limits
const teams: VendorRefusals = {
  "401": [
    {
      status: 401,
      body: { message: `Authorization has been denied for this request. ${QUOTED}` },
      code: "connector.unauthorised",
      says: ["Authorization has been denied for this request."],
    },
  ],
  "403": [
    { ...teamsNo(403, "Forbidden", "The bot may not do this."), code: "connector.unauthorised" },
    {
      ...teamsNo(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster."),
      code: "connector.rejected",
      field: "channel",
    },
  ],
  "404": [{ ...teamsNo(404, "ActivityNotFoundInConversation", "Activity not found."), code: "connector.not_found" }],
  "409/412": [
    { ...teamsNo(412, "PreconditionFailed", "The conversation is changing."), code: "connector.conflict" },
    { ...teamsNo(409, "Conflict", "The conversation is changing."), code: "connector.conflict" },
  ],
  "422": [{ ...teamsNo(400, "BadSyntax", "The activity cannot be sent."), code: "connector.rejected" }],
  "429": [
    { ...teamsNo(429, "Throttled", "Too many requests"), code: "connector.rate_limited", waitMs: 2_000 },
    { ...teamsNo(429, "Throttled", "Too many requests", { "retry-after": "10" }), code: "connector.rate_limited", waitMs: 10_000 },
  ],
};

// https://developers.freshdesk.com/api/#error
const freshdesk: VendorRefusals = {
  "401": [
    {
      status: 401,
      body: { code: "invalid_credentials", message: `You have to be logged in to perform this action. ${QUOTED}` },
      code: "connector.unauthorised",
      says: ["You have to be logged in to perform this action."],
    },
  ],
  "403": [
    {
      status: 403,
      body: { code: "access_denied", message: "You are not authorized to perform this action." },
      code: "connector.unauthorised",
      says: ["You are not authorized to perform this action."],
    },
  ],
  // Without a body.
  "404": [{ status: 404, body: "", code: "connector.not_found", says: ["404"] }],
  "409/412": [
    {
      status: 409,
      body: {
        description: "Validation failed",
        errors: [{ field: "email", message: "It should be a unique value", code: "duplicate_value" }],
      },
      code: "connector.conflict",
      says: ["It should be a unique value"],
      field: "email",
    },
  ],
  // Freshdesk says 400 of what others say 422.
  "422": [
    {
      status: 400,
      body: {
        description: "Validation failed",
        errors: [{ field: "priority", message: "It should be one of these values: '1,2,3,4'", code: "invalid_value" }],
      },
      code: "connector.rejected",
      says: ["It should be one of these values"],
      field: "priority",
    },
  ],
  "429": [
    {
      status: 429,
      headers: { "retry-after": "49", "x-ratelimit-total": "200", "x-ratelimit-remaining": "0" },
      body: { message: "You have exceeded the limit of requests per hour" },
      code: "connector.rate_limited",
      says: ["You have exceeded the limit"],
      waitMs: 49_000,
    },
  ],
};

// https://developer.adobe.com/commerce/webapi/get-started/web-api-response/
const magento: VendorRefusals = {
  "401": [
    {
      status: 401,
      body: {
        message: `The consumer isn't authorized to access %resources. ${QUOTED}`,
        parameters: { resources: "Magento_Sales::actions_view" },
      },
      code: "connector.unauthorised",
      says: ["The consumer isn't authorized to access Magento_Sales::actions_view"],
    },
  ],
  "403": [
    {
      status: 403,
      body: { message: "You are not allowed to do this." },
      code: "connector.unauthorised",
      says: ["You are not allowed to do this."],
    },
  ],
  "404": [
    {
      status: 404,
      body: {
        message: "No such entity with %fieldName = %fieldValue",
        parameters: { fieldName: "orderId", fieldValue: "99" },
        trace: "#0 /var/www/secret.php",
      },
      code: "connector.not_found",
      says: ["No such entity with orderId = 99"],
      field: "orderId",
    },
  ],
  "409/412": [
    {
      status: 409,
      body: { message: "The record is locked by another process." },
      code: "connector.conflict",
      says: ["The record is locked"],
    },
  ],
  // Magento says 400 of what others say 422.
  "422": [
    {
      status: 400,
      body: { message: '"%fieldName" is required. Enter and try again.', parameters: { fieldName: "comment" } },
      code: "connector.rejected",
      says: ['"comment" is required.'],
      field: "comment",
    },
  ],
  "429": [
    {
      status: 429,
      headers: { "retry-after": "5" },
      body: { message: "Too Many Requests" },
      code: "connector.rate_limited",
      says: ["Too Many Requests"],
      waitMs: 5_000,
    },
  ],
};

/** By the connector's name. */
export const VENDOR_REFUSALS: Readonly<Record<string, VendorRefusals>> = {
  zendesk,
  hubspot,
  slack,
  salesforce,
  shopify,
  teams,
  freshdesk,
  magento,
};
