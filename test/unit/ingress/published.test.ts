import { describe, expect, it } from "vitest";
import { createPublications } from "../../../src/ingress/published.ts";

const URL_OF_KEYS = "https://keys.example/jwks";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A server whose answers the test sets. */
function server() {
  const state: { answer: { status: number; text: string } | null; asked: string[] } = { answer: { status: 200, text: "first" }, asked: [] };
  const get = createPublications(async (url) => {
    state.asked.push(url);
    return state.answer;
  });
  return { state, get };
}

describe("published keys", () => {
  it("are asked for once a day", async () => {
    const { state, get } = server();
    expect(await get(URL_OF_KEYS, 0)).toEqual({ kind: "found", text: "first" });
    state.answer = { status: 200, text: "second" };
    expect(await get(URL_OF_KEYS, 24 * HOUR - 1)).toEqual({ kind: "found", text: "first" });
    expect(state.asked).toHaveLength(1);
    expect(await get(URL_OF_KEYS, 24 * HOUR)).toEqual({ kind: "found", text: "second" });
  });

  it("are asked for anew where a key is not among them, once a minute at most", async () => {
    const { state, get } = server();
    await get(URL_OF_KEYS, 0);
    state.answer = { status: 200, text: "second" };
    expect(await get(URL_OF_KEYS, MINUTE - 1, true)).toEqual({ kind: "found", text: "first" });
    expect(await get(URL_OF_KEYS, MINUTE, true)).toEqual({ kind: "found", text: "second" });
    expect(await get(URL_OF_KEYS, 2 * MINUTE - 1, true)).toEqual({ kind: "found", text: "second" });
    expect(state.asked).toHaveLength(2);
  });

  it("that were had before count while the server does not answer, for their day", async () => {
    const { state, get } = server();
    await get(URL_OF_KEYS, 0);
    for (const answer of [null, { status: 503, text: "" }, { status: 429, text: "" }]) {
      state.answer = answer;
      expect(await get(URL_OF_KEYS, HOUR, true)).toEqual({ kind: "found", text: "first" });
    }
    expect(await get(URL_OF_KEYS, 24 * HOUR)).toEqual({ kind: "unavailable" });
  });

  it("that could not be had are asked for again after ten seconds, that are not there after a minute", async () => {
    const { state, get } = server();
    state.answer = null;
    expect(await get(URL_OF_KEYS, 0)).toEqual({ kind: "unavailable" });
    expect(await get(URL_OF_KEYS, 9_999)).toEqual({ kind: "unavailable" });
    expect(state.asked).toHaveLength(1);
    state.answer = { status: 404, text: "gone" };
    expect(await get(URL_OF_KEYS, 10_000)).toEqual({ kind: "absent" });
    state.answer = { status: 200, text: "back" };
    expect(await get(URL_OF_KEYS, 10_000 + MINUTE - 1)).toEqual({ kind: "absent" });
    expect(await get(URL_OF_KEYS, 10_000 + MINUTE)).toEqual({ kind: "found", text: "back" });
  });

  it("are not asked for where nobody can vouch for them", async () => {
    const { state, get } = server();
    for (const url of ["http://keys.example/jwks", "file:///etc/passwd", "https://user:word@keys.example/", "keys", "data:text/plain,x"])
      expect(await get(url, 0), url).toEqual({ kind: "absent" });
    // A redirect is not followed, and is no document.
    state.answer = { status: 302, text: "" };
    expect(await get(URL_OF_KEYS, 0)).toEqual({ kind: "absent" });
    expect(state.asked).toEqual([URL_OF_KEYS]);
    state.answer = { status: 200, text: "sandbox" };
    expect(await get("http://127.0.0.1:8788/keys", 0)).toEqual({ kind: "found", text: "sandbox" });
  });

  it("at many addresses do not fill the memory", async () => {
    const { state, get } = server();
    for (let index = 0; index <= 100; index++) await get(`${URL_OF_KEYS}/${index}`, 0);
    await get(`${URL_OF_KEYS}/100`, 1);
    expect(state.asked).toHaveLength(101);
    await get(`${URL_OF_KEYS}/0`, 1);
    expect(state.asked).toHaveLength(102);
  });
});
