// What a connector is: one system's webhook, triggers and actions, declared. Everything that governance, the console and the docs need is on the declaration.
// An action's functions speak HTTP through the port they are given; they hold no state, no credential, no clock and no retry.
import type * as z from "zod";
import type { ErrorCode } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Auth } from "./auth.ts";
import type { Budget, Usage } from "./budget.ts";
import type { Chat } from "./chat.ts";
import type { Check } from "./check.ts";
import type { Poll } from "./poll.ts";
import type { WebhookDeclaration } from "./webhook.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query, appended to the connection's base URL. Ids inside are encoded by the caller. */
  readonly path: string;
  readonly body?: Json;
  /** A body that is not JSON: a form, XML. */
  readonly content?: { readonly type: string; readonly text: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** What comes back is no JSON (XML, CSV): it is in `text`, and `json` is null. */
  readonly answer?: "text";
  /** A request that only reads although its method does not say so (a search, a query in GraphQL): a shadow run may send it. */
  readonly reads?: true;
  /** Of the system's own budget, in its units (Shopify's points); 1 where it counts calls. */
  readonly cost?: number;
  /** The part of the system that counts this call apart from the others, as the connector's `budgetsApart` names it. */
  readonly countedAs?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
  /** The body as it came. */
  readonly text: string;
}

/** What an answer's failure means in our words. What is left out is read from the status, the usual headers and the usual shapes of error bodies. */
export interface Refusal {
  readonly code?: ErrorCode;
  /** The vendor's words, with its correlation id. */
  readonly message?: string;
  readonly field?: string;
  readonly retryAfterMs?: number;
}

/** What the deployment says about a connection beside its address and its secret, by the names that the connector declares. */
export type Settings = Readonly<Record<string, string>>;

export interface Setting {
  /** What it is and where the vendor shows it. */
  readonly summary: string;
  readonly required?: true;
}

/** The one door to a business system. Throws InterlockError with a `connector.*` code for everything that is not a 2xx with the promised content. */
export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Reference data (a list of groups, say) that may be a little old: loaded once per connection and kept `ttlMs`. */
  remember<T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T>;
  readonly settings: Settings;
}

export interface ReadAction<Input, Output> {
  readonly effect: "read";
  readonly summary: string;
  readonly docs: string;
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
  readonly run: (input: Input, http: Http) => Promise<Output>;
}

/** What a record holds now, restricted to the fields that the action would write, and the system's version of it where it has one. */
export interface Look {
  readonly fields: JsonObject;
  readonly version: string | null;
}

export interface ApplyContext {
  readonly http: Http;
  /** Idempotency key: run + step (+ "/undo"). Sent where the system has such a thing, otherwise written as a marker that `find` looks for. */
  readonly key: string;
  /** The version that `look` saw; a precondition where the system has one. */
  readonly version: string | null;
  /** Epoch ms of the effect's intent: nothing with this key is older. It spares `find` the rest of a long history. */
  readonly since?: number;
}

/**
 * How an applied write is taken back.
 * restore: the engine computes which fields still hold our value, and this writes their old values.
 * withdraw: the written thing is removed; `gone` proves it.
 * irreversible: it cannot be; the catalogue, the spec and the approval page say so beforehand.
 */
export type Undo<Input, Output> =
  | { readonly kind: "restore"; readonly restore: (input: Input, values: JsonObject, context: ApplyContext) => Promise<void> }
  | {
      readonly kind: "withdraw";
      readonly withdraw: (input: Input, output: Output, context: ApplyContext) => Promise<void>;
      readonly gone: (input: Input, output: Output, http: Http) => Promise<boolean>;
    }
  | { readonly kind: "irreversible"; readonly because: string };

export interface WriteAction<Input, Output> {
  readonly effect: "write" | "send";
  readonly summary: string;
  readonly docs: string;
  /** key: the system refuses a repeat by itself. lookup: `find` can tell. none: neither; an unanswered send becomes `unknown`. */
  readonly idempotency: "key" | "lookup" | "none";
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
  /** The record, as a person would name it: "ticket/42". */
  readonly target: (input: Input) => string;
  /** The values this input would write, field by field: what rules are checked on and what the approval page shows. */
  readonly values: (input: Input) => JsonObject;
  /** The same input with values that a reviewer edited. */
  readonly withValues: (input: Input, values: JsonObject) => Input;
  /** Absent where the system has nothing to read beforehand (a message). */
  readonly look?: (input: Input, http: Http) => Promise<Look>;
  readonly apply: (input: Input, context: ApplyContext) => Promise<Output>;
  /** Was this key applied already? Its output, or null for a certain no; it throws when it cannot tell. Required when idempotency is "lookup". */
  readonly find?: (input: Input, context: ApplyContext) => Promise<Output | null>;
  /** Reads back what was written, as `values` names it. Absent where `apply`'s answer is all the proof there is. */
  readonly prove?: (input: Input, output: Output, http: Http) => Promise<JsonObject>;
  readonly undo: Undo<Input, Output>;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds actions of every input and output; each is typed where it is used
export type AnyAction = ReadAction<any, any> | WriteAction<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: AnyAction without the reads, of every input and output too
export type AnyWriteAction = WriteAction<any, any>;
export type Actions = Readonly<Record<string, AnyAction>>;

/** What starts a run: events of `type` that arrive on a connection of `connector`. */
export interface Trigger {
  readonly connector: string;
  readonly type: string;
}

/** The part of a connector that a workflow may use; nothing else of it is reachable from the workflow's body. */
export interface Use<A extends Actions = Actions> {
  readonly kind: "connector";
  readonly connector: string;
  readonly actions: A;
}

export interface Connector<A extends Actions = Actions, T extends string = string> {
  readonly name: string;
  readonly title: string;
  /** How calls prove who we are, with what this secret holds: a token, or JSON with the parts that the vendor issued. Throws `connector.unauthorised` naming the part. */
  readonly auth: (secret: string) => Auth;
  /** What the secret may hold, for whoever sets it: one line per form. */
  readonly credentials: readonly string[];
  readonly settings?: Readonly<Record<string, Setting>>;
  /** How it posts to us, by name: a connection has one, the first unless it says which. Empty for a system that only receives. */
  readonly webhooks: Readonly<Record<string, WebhookDeclaration>>;
  /** For a system or plan without webhooks: how changes are asked for. */
  readonly polls?: Readonly<Record<string, Poll>>;
  /** What the system lets all callers of one account do; absent where it says so only when it turns a call away. */
  readonly budget?: Budget;
  /** The same for parts that the system counts by themselves (HubSpot's searches), by name. */
  readonly budgetsApart?: Readonly<Record<string, Budget>>;
  /** How much of it is left, as an answer tells. */
  readonly usage?: (answer: HttpAnswer) => Usage | null;
  /** Reads a failure out of an answer: of every one that is not 2xx, and of a 2xx, where null means that it is none. */
  readonly refusal?: (answer: HttpAnswer, now: number) => Refusal | null;
  /** What the integration assessment asks of a connection (npm run assess). */
  readonly checks?: readonly Check[];
  readonly triggers: Readonly<Record<T, string>>;
  readonly actions: A;
  on(trigger: T): Trigger;
  only<K extends keyof A & string>(...names: K[]): Use<Pick<A, K>>;
  /** Where people talk: what an approval's notice looks like there, and what a press of its button says. Absent for every other system. */
  readonly chat?: Chat;
}

type ConnectorDeclaration<A extends Actions, T extends string> = Omit<Connector<A, T>, "on" | "only">;

export function defineConnector<const A extends Actions, T extends string>(declaration: ConnectorDeclaration<A, T>): Connector<A, T> {
  return {
    ...declaration,
    on: (trigger) => ({ connector: declaration.name, type: trigger }),
    only: (...names) => ({
      kind: "connector",
      connector: declaration.name,
      actions: Object.fromEntries(names.map((name) => [name, declaration.actions[name]])) as Pick<A, (typeof names)[number]>,
    }),
  };
}

/** Types one action's functions from its schemas, so that a connector file states each shape once. */
export const readAction = <Input, Output>(action: Omit<ReadAction<Input, Output>, "effect">): ReadAction<Input, Output> => ({
  effect: "read",
  ...action,
});
export const writeAction = <Input, Output>(action: WriteAction<Input, Output>): WriteAction<Input, Output> => action;
