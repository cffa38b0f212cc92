// The token and the budget of a connection, in workerd: asked for once however many wait, kept sealed, and shared by callers that know nothing of each other.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ConnectionPort } from "../../durable-objects/connection.ts";
import { accountName, openConnection } from "../../src/connections.ts";
import { failureOf } from "../../src/core/errors.ts";
import { deployment } from "./worker.ts";

const stub = () => env.CONNECTION.getByName(accountName("tokens"));
const port = () => stub() as unknown as ConnectionPort;
const door = () => openConnection(env, deployment, "tokens");
const GET = { method: "GET", path: "/things" } as const;
const HOUR = 3_600_000;
const start = Math.floor(Date.now() / 1000) * 1000;
let day = 0;

/** The system behind the fetch: it gives tokens for the refresh token that it gave last, and takes only the newest token. */
function system() {
  const state = { tokens: 0, calls: 0, valid: "", refresh: "xoxb-sandbox" };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { pathname } = new URL(String(input));
    if (pathname === "/token") {
      const { refresh } = JSON.parse(String(init?.body)) as { refresh: string };
      // Slow enough that everybody who will ask has asked.
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (refresh !== state.refresh)
        return Response.json({ error: "invalid_grant", error_description: "The token was revoked" }, { status: 400 });
      state.tokens++;
      state.valid = `token-${state.tokens}`;
      state.refresh = `refresh-${state.tokens}`;
      return Response.json({ value: state.valid, refresh: state.refresh });
    }
    state.calls++;
    const headers = new Headers(init?.headers as Record<string, string>);
    return headers.get("authorization") === `Bearer ${state.valid}` ? Response.json({ ok: true }) : new Response("", { status: 401 });
  });
  return state;
}

beforeEach(async () => {
  // Each test on a day of its own, on which the bucket is full.
  vi.useFakeTimers({ now: start + ++day * 24 * HOUR, toFake: ["Date"] });
  await runInDurableObject(stub(), (_, { storage }) => void storage.sql.exec("delete from token"));
  await evictDurableObject(stub());
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});
const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

describe("a token that expires", () => {
  it("is asked for once by two hundred callers at the same time, at first and when its time is over", async () => {
    const seen = system();
    const ask = () => Promise.all(Array.from({ length: 200 }, () => port().token("tokens", null)));
    for (const round of [1, 2]) {
      const answers = await ask();
      expect(new Set(answers.map((answer) => (answer.ok ? answer.value.value : answer.error.message)))).toEqual(
        new Set([`token-${round}`]),
      );
      expect(seen.tokens).toBe(round);
      later(HOUR);
    }
  });

  it("is replaced once when two hundred callers are refused with it, and each call is sent once more", async () => {
    const seen = system();
    const token = await port().token("tokens", null);
    seen.valid = "another, since the administrator ended all sessions";
    const refused = token.ok ? token.value.value : "";
    const answers = await Promise.all(Array.from({ length: 200 }, () => port().token("tokens", refused)));
    expect(new Set(answers.map((answer) => answer.ok && answer.value.value))).toEqual(new Set(["token-2"]));
    expect(seen.tokens).toBe(2);
    seen.valid = "and again";
    const http = door();
    seen.calls = 0;
    expect((await http.send(GET)).json).toEqual({ ok: true });
    expect([seen.calls, seen.tokens]).toEqual([2, 3]);
  });

  it("outlives its object, sealed: nothing readable lies in storage", async () => {
    const seen = system();
    expect(await port().token("tokens", null)).toMatchObject({ ok: true, value: { value: "token-1" } });
    const rows = await runInDurableObject(stub(), (_, { storage }) => storage.sql.exec("select sealed from token").toArray());
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/token-1|refresh-1|xoxb/);
    await evictDurableObject(stub());
    expect(await port().token("tokens", null)).toMatchObject({ ok: true, value: { value: "token-1" } });
    expect(seen.tokens).toBe(1);
    later(HOUR);
    await evictDurableObject(stub());
    // The credential's own refresh token is void since the first use: the kept one is what counts.
    expect(await port().token("tokens", null)).toMatchObject({ ok: true, value: { value: "token-2" } });
  });

  it("is asked for with the credential's own refresh token when the kept one has ended", async () => {
    const seen = system();
    await port().token("tokens", null);
    later(HOUR);
    seen.refresh = "xoxb-sandbox";
    expect(await port().token("tokens", null)).toMatchObject({ ok: true, value: { value: "token-2" } });
  });

  it("that is not given says why, and what was tried with is not in the message", async () => {
    const seen = system();
    seen.refresh = "nobody has this";
    const failure = await door()
      .send(GET)
      .then(() => null, failureOf);
    expect(failure).toMatchObject({ code: "connector.unauthorised", message: expect.stringContaining("The token was revoked") });
    expect(failure?.message).not.toContain("xoxb-sandbox");
  });
});

describe("a shared budget", () => {
  it("lets callers spend together what the system allows, and says when there is more", async () => {
    const seen = system();
    const doors = [door(), door(), door()];
    const outcomes: string[] = [];
    for (let call = 0; call < 12; call++) {
      const http = doors[call % 3] as (typeof doors)[number];
      outcomes.push(
        await http.send(GET).then(
          () => "sent",
          (thrown) => failureOf(thrown).code,
        ),
      );
    }
    expect(outcomes.filter((outcome) => outcome === "sent")).toHaveLength(seen.calls);
    expect(seen.calls).toBeLessThanOrEqual(8);
    expect(seen.calls).toBeGreaterThanOrEqual(6);
    expect(outcomes.at(-1)).toBe("connector.held_back");
    later(60_000);
    expect(await door().send(GET)).toMatchObject({ status: 200 });
  });

  it("is paused for all when one was told to wait", async () => {
    system();
    await port().note("tokens", null, 30_000);
    const failure = await door()
      .send(GET)
      .then(() => null, failureOf);
    expect(failure).toMatchObject({ code: "connector.held_back", retryAfterMs: 30_000 });
    later(30_000);
    expect(await door().send(GET)).toMatchObject({ status: 200 });
  });
});
