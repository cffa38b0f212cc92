// Who acts: a person or an API token, with roles. The engine itself acts as `system`, so that an audit row always names somebody.
export type Role = "author" | "process_owner" | "data_protection_officer" | "reviewer" | "operator" | "auditor" | "admin";

export interface Principal {
  readonly kind: "person" | "token" | "system";
  /** Stable id: a person's e-mail address in lower case, a token's name, or "interlock". */
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

export const SYSTEM: Principal = { kind: "system", id: "interlock", name: "Interlock", roles: [] };
