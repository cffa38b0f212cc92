// The business system of the simulated partition (the ledger of the engine's tests) at the end of a network that loses, delays and repeats. It sees each write
// leave and arrive. An instance is known by the first part of its base URL, so that one that is lost sends nothing more.
import { SETTLE_MS } from "../../../src/engine/effect-decision.ts";
import { createLedger, type Ledger } from "../../unit/engine/ledger.ts";
import type { Random } from "../random.ts";
import type { PartitionChaos, PartitionFault } from "./faults.ts";
import type { Instance } from "./platform.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface Write {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Network {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly chaos: PartitionChaos;
  readonly instanceOf: (number: number) => Instance | undefined;
  /** Something else may happen here. */
  readonly boundary: () => void;
  readonly leaves: (write: Write) => void;
}

/** Well inside the settle window, counted from when the write was announced. */
const LATEST_MS = SETTLE_MS - 1_500;
const hang = () => new Promise<never>(() => {});

export interface Systems {
  readonly ledger: Ledger;
  readonly fetch: typeof fetch;
  /** How often the ledger holds the effect of this key; of a letter, which has no key, how often it was posted. */
  readonly held: (key: string, letter: string | null) => number;
  readonly edit: () => void;
}

export function createSystems(network: Network, subjects: readonly string[]): Systems {
  const { time, random, chaos } = network;
  const ledger = createLedger(() => time.now);
  for (const subject of [...subjects, "another"]) ledger.add(subject, { owner: "nobody", grade: "c" });

  const broken = () => new TypeError("fetch failed", { cause: { code: "ECONNRESET" } });
  const says = (status: number, headers: Record<string, string> = {}) => new Response("<h1>Sorry</h1>", { status, headers });

  async function answer(path: string, init: RequestInit, fault: PartitionFault | null): Promise<Response> {
    const deliver = () => ledger.fetch(`https://ledger.test${path}`, { method: init.method, body: init.body } as RequestInit);
    const untilAborted = () =>
      new Promise<never>((_, reject) => init.signal?.addEventListener("abort", () => reject(init.signal?.reason), { once: true }));
    await time.pause(2 + random.int(80));
    if (fault?.endsWith("after") || fault === "not JSON") await deliver();
    switch (fault) {
      case null:
        return deliver();
      case "lost before":
      case "lost after":
        throw broken();
      case "arrives late":
        time.later(random.int(LATEST_MS), deliver);
        throw broken();
      case "500 before":
      case "500 after":
        return says(500);
      case "429":
        return says(429, { "retry-after": "7" });
      case "503":
        return says(503, { "retry-after": "30" });
      case "401":
        return says(401);
      case "refused":
        return says(422);
      case "not JSON":
        return says(200);
      case "hang before":
      case "hang after":
        return untilAborted();
      default:
        throw new Error(`no such fault of a request: ${fault}`);
    }
  }

  async function fetch(input: string, init: RequestInit = {}): Promise<Response> {
    const [, number, path] = /^https:\/\/ledger\.test\/i(\d+)(\/.*)$/.exec(input) ?? [];
    const instance = network.instanceOf(Number(number));
    if (!instance || instance.mute || path === undefined) return hang();
    network.boundary();
    const method = init.method ?? "GET";
    if (method !== "GET") network.leaves({ method, path, body: JSON.parse(String(init.body ?? "{}")) as Write["body"] });
    const answered = await answer(path, init, chaos.strike(method === "GET" ? "read" : "send"));
    await time.pause(2 + random.int(40));
    network.boundary();
    return instance.mute ? hang() : answered;
  }

  return {
    ledger,
    fetch: fetch as typeof globalThis.fetch,
    held: (key, letter) => {
      let count = ledger.lines.filter((line) => line.key === key).length + (ledger.payments.has(key) ? 1 : 0);
      for (const { history } of ledger.records.values()) count += history.filter((one) => one === key).length;
      return count + (letter === null ? 0 : ledger.letters.filter((text) => text === letter).length);
    },
    edit: () => ledger.edit(random.pick(subjects), { [random.pick(["owner", "grade"])]: `somebody ${random.int(3)}` }),
  };
}
