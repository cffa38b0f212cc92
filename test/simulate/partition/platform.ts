// The platform under a partition: one object per name, built when somebody calls it, lost whenever the schedule says so, woken by its one alarm.
// It knows nothing of runs. What it promises is what the real one promises: transactions are whole, an alarm is kept until its handler has ended well, an
// instance that another has replaced reaches no storage any more.
import type { Random } from "../random.ts";
import { Database, sqlStorage } from "./sqlite.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What can happen at a commit. */
export type CommitFault = "commit fails" | "lost after commit" | null;

export interface Host {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly commitFault: () => CommitFault;
  /** An entry row has become durable. */
  readonly kept: (object: SimulatedObject, id: number, body: string) => void;
  /** A throttled workflow's run has begun. */
  readonly counted: (at: number) => void;
  readonly build: (object: SimulatedObject, instance: Instance, ctx: DurableObjectState) => unknown;
}

const hang = () => new Promise<never>(() => {});
/** An alarm whose handler fails comes again, a little later each time, and six times at most. */
const ALARM_TRIES = 6;

export class Instance {
  readonly number: number;
  /** Whether its storage is within reach. */
  alive = true;
  /** Whether what it sends leaves the machine. */
  mute = false;
  object: unknown = null;
  ready: Promise<unknown> = Promise.resolve();
  readonly lost: Promise<never>;
  lose: () => void = () => {};

  constructor(number: number) {
    this.number = number;
    this.lost = new Promise((_, reject) => {
      this.lose = () => {
        this.alive = false;
        this.mute = true;
        reject(new Error("the object was lost"));
      };
    });
    this.lost.catch(() => {});
  }

  /** For everything that leaves the machine. */
  gate<T>(work: () => Promise<T>): Promise<T> {
    return this.mute ? hang() : work();
  }
}

export class SimulatedObject {
  readonly name: string;
  readonly database = new Database();
  readonly #host: Host;
  #instance: Instance | null = null;
  #alarm: { readonly at: number; readonly tries: number; readonly timer: number } | null = null;
  static #instances = 0;

  constructor(name: string, host: Host) {
    this.name = name;
    this.#host = host;
  }

  isBuilt = false;

  /** A call from outside. It rejects when the object is lost before it has answered; then nobody knows what became of it. */
  async call<T>(use: (object: never) => Promise<T>): Promise<T> {
    const instance = this.#current();
    await Promise.race([instance.ready, instance.lost]);
    const answer = await Promise.race([use(instance.object as never), instance.lost]);
    return instance.mute ? Promise.reject(new Error("the object was lost")) : answer;
  }

  lose(): void {
    this.#instance?.lose();
    this.#instance = null;
  }

  /** Another instance takes over while this one still goes on: it reaches no storage any more. */
  replace(): void {
    if (this.#instance) this.#instance.alive = false;
    this.#instance = null;
  }

  /** The alarm once more, at any time. */
  async wake(): Promise<void> {
    await this.call((object: { alarm(): Promise<void> }) => object.alarm()).catch(() => {});
  }

  #current(): Instance {
    if (this.#instance) return this.#instance;
    const instance = new Instance(++SimulatedObject.#instances);
    this.#instance = instance;
    this.isBuilt = true;
    instance.object = this.#host.build(this, instance, this.#context(instance));
    return instance;
  }

  #setAlarm(at: number, tries = 0): void {
    if (this.#alarm) this.#host.time.drop(this.#alarm.timer);
    const { time } = this.#host;
    this.#alarm = { at, tries, timer: time.later(at - time.now, () => this.#fire(tries)) };
  }

  async #fire(tries: number): Promise<void> {
    this.#alarm = null;
    try {
      await this.call((object: { alarm(): Promise<void> }) => object.alarm());
    } catch {
      if (this.#alarm === null && tries < ALARM_TRIES) this.#setAlarm(this.#host.time.now + 2_000 * 2 ** tries, tries + 1);
    }
  }

  #context(instance: Instance): DurableObjectState {
    const { database } = this;
    const host = this.#host;
    let pending: (() => void)[] | null = null;
    const check = () => {
      if (!instance.alive) throw new Error("this object has been replaced");
    };
    const storage = {
      sql: sqlStorage(database, check, (table, given) => {
        const tell =
          table === "entry" ? () => host.kept(this, given[0] as number, given[2] as string) : () => host.counted(given[2] as number);
        if (pending) pending.push(tell);
        else tell();
      }),
      transactionSync: <T>(work: () => T): T => {
        check();
        const fault = instance.object === null ? null : host.commitFault();
        const inserted: (() => void)[] = [];
        pending = inserted;
        try {
          const result = database.transaction(() => {
            const done = work();
            // Rolled back after all of it ran, as storage does: what the work changed in memory stays changed.
            if (fault === "commit fails") throw new Error("the storage failed");
            return done;
          });
          for (const tell of inserted) tell();
          if (fault === "lost after commit") {
            // Durable, and nobody is told: neither a caller nor a business system hears from this instance again.
            instance.mute = true;
            host.time.later(0, () => this.#instance === instance && this.lose());
          }
          return result;
        } finally {
          pending = null;
        }
      },
      getAlarm: async () => this.#alarm?.at ?? null,
      setAlarm: async (at: number) => {
        if (instance.alive) this.#setAlarm(at);
      },
    };
    return {
      id: { name: this.name },
      storage,
      waitUntil: (work: Promise<unknown>) => void work.catch(() => {}),
      blockConcurrencyWhile: (work: () => Promise<unknown>) => {
        instance.ready = work();
        return instance.ready;
      },
      abort: () => {
        instance.lose();
        if (this.#instance === instance) this.#instance = null;
      },
    } as unknown as DurableObjectState;
  }
}
