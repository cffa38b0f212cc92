// Users: the seeded ones, and people who wrote in and were not known. Few and read often, so they are held in memory.
import * as z from "zod";
import { numberOf } from "../storage.ts";
import { FIRST_NEW_USER, SEEDED_USERS, type User, user } from "./directory.ts";

export const Requester = z.union([z.int(), z.email(), z.object({ name: z.string().optional(), email: z.email() })]);
export type Requester = z.infer<typeof Requester>;

export class People {
  readonly #sql: SqlStorage;
  #byId = new Map<number, User>();
  #byEmail = new Map<string, User>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.load();
  }

  load(): void {
    this.#byId.clear();
    this.#byEmail.clear();
    const added = [...this.#sql.exec<{ doc: string }>("SELECT doc FROM users")].map((row) => JSON.parse(row.doc) as User);
    for (const person of [...SEEDED_USERS, ...added]) this.#remember(person);
  }

  get(id: number): User | undefined {
    return this.#byId.get(id);
  }

  withEmail(email: string): User | undefined {
    return this.#byEmail.get(email.toLowerCase());
  }

  /** The person a new ticket comes from; someone unknown is added, as Zendesk does. Null: a number that is nobody's. */
  requester(from: Requester, at: string): User | null {
    if (typeof from === "number") return this.#byId.get(from) ?? null;
    const { email, name } = typeof from === "string" ? { email: from, name: undefined } : from;
    const known = this.withEmail(email);
    if (known) return known;
    const id = Math.max(FIRST_NEW_USER, numberOf(this.#sql, "SELECT MAX(id) FROM users") + 1);
    const added = user(id, name ?? email.split("@")[0] ?? email, email, "end-user", at);
    this.#sql.exec("INSERT INTO users (id, doc) VALUES (?, ?)", id, JSON.stringify(added));
    this.#remember(added);
    return added;
  }

  #remember(person: User): void {
    this.#byId.set(person.id, person);
    this.#byEmail.set(person.email.toLowerCase(), person);
  }
}
