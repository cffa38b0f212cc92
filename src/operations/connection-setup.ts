// What is set up of a connection and what is missing, from the deployment and its bindings alone: nothing is called. Secrets are there or not; none is shown.
import type { Finding } from "../connectors/check.ts";
import { failureOf } from "../core/errors.ts";
import { bindingOf, type Connection, type Deployment, settingsOf, webhookOf } from "../deployment.ts";

export interface ConnectionSetup {
  readonly connection: string;
  readonly connector: string;
  readonly title: string;
  /** Scheme and host; null where the address is not set or is none. */
  readonly address: string | null;
  /** Where the system posts to, as far as this deployment knows its own address: "https://interlock.example/hooks/zendesk", or the path alone. Null: nothing is posted. */
  readonly hook: string | null;
  /** Workflows that use it. */
  readonly workflows: readonly string[];
  /** Absent: none of its secrets is set, so nobody has begun with it, and that is no fault. */
  readonly standing: "complete" | "incomplete" | "absent";
  /** Empty when everything is set that the declaration asks for. */
  readonly missing: readonly Finding[];
}

export function connectionSetups(env: object, { connections, workflows, notices }: Deployment): ConnectionSetup[] {
  return Object.entries(connections).map(([name, connection]) => {
    const { connector } = connection;
    const using = workflows.filter(
      ({ trigger, uses }) =>
        trigger.connector === connector.name ||
        Object.values(uses).some((use) => use.kind === "connector" && use.connector === connector.name),
    );
    const missing = missingOf(env, connection);
    return {
      connection: name,
      connector: connector.name,
      title: connector.title,
      address: hostOf(bindingOf(env, connection.baseUrl)),
      hook: webhookOf(connection) ? `${(notices && bindingOf(env, notices.console)?.replace(/\/+$/, "")) || ""}/hooks/${name}` : null,
      workflows: [...new Set(using.map((workflow) => workflow.name))],
      standing: missing.length === 0 ? "complete" : isBegun(env, connection) ? "incomplete" : "absent",
      missing,
    };
  });
}

/** Addresses and settings may stand in wrangler.toml for everybody: a secret is what somebody of this deployment has set. */
const isBegun = (env: object, { credential, webhookSecrets }: Connection): boolean =>
  [...(credential === undefined ? [] : [credential]), ...webhookSecrets].some((name) => bindingOf(env, name) !== undefined);

/** What is missing of the connections that somebody has begun with, a line each, for the log of a deployment that starts. */
export const startComplaints = (env: object, deployment: Deployment): readonly string[] =>
  connectionSetups(env, deployment).flatMap(({ connection, standing, missing }) =>
    standing === "incomplete" ? missing.map(({ said, fix }) => `connection ${connection}: ${said}${fix ? `. ${fix}` : ""}`) : [],
  );

function missingOf(env: object, connection: Connection): Finding[] {
  const { connector, credential, baseUrl, webhookSecrets } = connection;
  const missing: Finding[] = [];
  const lacks = (said: string, fix: string) => missing.push({ outcome: "missing", said, fix });
  if (hostOf(bindingOf(env, baseUrl)) === null)
    lacks(`The address of ${connector.title} (${baseUrl}) is not set, or is no address`, `Set ${baseUrl} in wrangler.toml's [vars]`);
  const secret = credential && bindingOf(env, credential);
  if (credential && !secret) lacks(`The credential (${credential}) is not set`, `Set it with wrangler secret put ${credential}`);
  if (secret) {
    try {
      connector.auth(secret);
    } catch (thrown) {
      lacks(
        `The credential (${credential}) cannot be used: ${failureOf(thrown).message}`,
        `It may be ${connector.credentials.join("; or ")}`,
      );
    }
  }
  const declaration = webhookOf(connection);
  if (declaration && declaration.scheme.kind !== "proof" && !webhookSecrets.some((name) => bindingOf(env, name)))
    lacks(
      "No signing secret is set: every delivery is refused",
      webhookSecrets[0] ? `Set it with wrangler secret put ${webhookSecrets[0]}` : "Name a binding for it in src/config.ts: webhookSecrets",
    );
  const settings = settingsOf(connection, env);
  for (const [name, { summary, required }] of Object.entries(connector.settings ?? {})) {
    if (!required || settings[name] !== undefined) continue;
    const binding = connection.settings?.[name];
    lacks(
      `The setting ${name} is not set: ${summary}`,
      binding ? `Set ${binding} in wrangler.toml's [vars]` : `Name a binding for it in src/config.ts: settings: { ${name}: "…" }`,
    );
  }
  return missing;
}

function hostOf(address: string | undefined): string | null {
  try {
    return address === undefined ? null : new URL(address).origin;
  } catch {
    return null;
  }
}
