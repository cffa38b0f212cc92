// A fault that is planted at a stand-in is said in its vendor's own shape: the connector of that vendor reads it as what was meant. And the made-up values that a local
// deployment is given fit src/config.ts: each connection is set up whole.
import { describe, expect, it } from "vitest";
import { connectedTo } from "../../../sandbox/connected.ts";
import { saying } from "../../../sandbox/fault-gate.ts";
import { slackWords } from "../../../sandbox/slack/door.ts";
import { type DoorStatus, type DoorWords, memoryTable } from "../../../sandbox/stand-in.ts";
import { STAND_INS } from "../../../sandbox/stand-ins.ts";
import { deployment } from "../../../src/config.ts";
import { configured } from "../../../src/connections.ts";
import { connect } from "../../../src/connectors/connect.ts";
import { failureOf } from "../../../src/core/errors.ts";
import { connectionSetups, startComplaints } from "../../../src/operations/connection-setup.ts";
import { accountOf } from "../connectors/worlds/action-world.ts";

const vars = connectedTo("http://sandbox.test");

const wordsOf = (system: string): DoorWords | undefined =>
  system === "slack"
    ? slackWords
    : STAND_INS[system]?.({
        table: () => memoryTable(),
        now: () => 0,
        address: () => "http://interlock.test",
        post: async () => ({ status: null, text: "" }),
        applied: () => undefined,
      }).doorWords;

/** Zendesk's are looked at over HTTP (test/http/sandbox-faults.test.ts): a limit there tells of the request as well. */
const systems = Object.keys(deployment.connections).filter((name) => name !== "zendesk");

describe.each(systems)("%s", (name) => {
  const words = wordsOf(name) ?? (() => expect.fail("the stand-in has no words of its own"));
  const connection = deployment.connections[name] ?? expect.fail(name);

  it.each([
    [401, "connector.unauthorised"],
    [429, "connector.rate_limited"],
    [500, "connector.unavailable"],
  ] as const)("says %d so that its connector reads %s", async (status: DoorStatus, code) => {
    const http = connect({
      ...configured(vars, connection),
      account: accountOf("token"),
      fetch: (async () => saying(words)(undefined as never, status, 2)) as typeof fetch,
    });
    const thrown = await http.send({ method: "GET", path: "/anything" }).catch((thrown: unknown) => thrown);
    expect(failureOf(thrown)).toMatchObject({ code });
  });
});

it("the sandbox's values set each connection up, and nothing is complained of", () => {
  expect(connectionSetups(vars, deployment).map(({ connection, standing, missing }) => ({ connection, standing, missing }))).toEqual(
    Object.keys(deployment.connections).map((connection) => ({ connection, standing: "complete", missing: [] })),
  );
  expect(startComplaints(vars, deployment)).toEqual([]);
});

it("a deployment that has none of their secrets complains of none of them", () => {
  const addresses = Object.fromEntries(Object.entries(vars).filter(([name]) => name.endsWith("_URL")));
  expect(connectionSetups(addresses, deployment).map(({ standing }) => standing)).toEqual(systems.concat("zendesk").map(() => "absent"));
  expect(startComplaints({ ...addresses, SHOPIFY_TOKEN: "shpat_x" }, deployment)).toEqual([
    expect.stringMatching(/^connection shopify: No signing secret is set.*SHOPIFY_CLIENT_SECRET$/),
    expect.stringMatching(/^connection shopify: The setting shop is not set.*SHOPIFY_SHOP/),
  ]);
});
