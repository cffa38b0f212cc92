// Opens the door to one of a deployment's connections, for whoever calls its system: the runs of a partition, notices in a chat, the integration assessment.
// It reads bindings and says by name which one is missing; tokens and budgets are the connection's object's.
import { type Account, type ConnectOptions, connect } from "./connectors/connect.ts";
import type { Http } from "./connectors/define.ts";
import { randomHex } from "./core/crypto.ts";
import { InterlockError } from "./core/errors.ts";
import { bindingOf, type Connection, type Deployment, settingsOf } from "./deployment.ts";

/** The name of a connection's object. */
export const accountName = (connection: string): string => `connection ${connection}`;

type Bindings = Pick<Env, "CONNECTION">;

/** Throws `connector.unauthorised` naming the binding that is not set. */
export function openConnection(
  env: Bindings,
  { connections }: Pick<Deployment, "connections">,
  name: string,
  door?: ConnectOptions["fetch"],
): Http {
  const connection = connections[name];
  if (!connection) throw new InterlockError("workflow.undeclared", `This deployment has no connection "${name}"`);
  return connect({ ...configured(env, connection), account: accountOf(env, name), ...(door === undefined ? {} : { fetch: door }) });
}

/** All of it but the object. */
export function configured(env: object, connection: Connection): Omit<ConnectOptions, "account"> {
  const { connector } = connection;
  const baseUrl = bindingOf(env, connection.baseUrl);
  if (!baseUrl)
    throw new InterlockError("connector.unauthorised", `The binding ${connection.baseUrl} (the address of ${connector.title}) is not set`);
  const secret = connection.credential ? bindingOf(env, connection.credential) : null;
  if (secret === undefined)
    throw new InterlockError(
      "connector.unauthorised",
      `The secret ${connection.credential} is not set: wrangler secret put ${connection.credential}`,
    );
  return { connector, baseUrl, secret, settings: settingsOf(connection, env), now: () => Date.now(), nonce: () => randomHex(16) };
}

const accountOf = (env: Bindings, name: string): Account => {
  const stub = () =>
    env.CONNECTION.getByName(accountName(name)) as unknown as {
      [Method in keyof Account]: (connection: string, ...rest: Parameters<Account[Method]>) => ReturnType<Account[Method]>;
    };
  return {
    token: (refused) => stub().token(name, refused),
    lease: (ask) => stub().lease(name, ask),
    note: (...told) => stub().note(name, ...told),
  };
};
