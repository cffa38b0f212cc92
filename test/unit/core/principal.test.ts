import { describe, expect, it } from "vitest";
import { DECIDING, everywhere, type Grant, hasRole, type Principal, ROLES, workflowsWith } from "../../../src/core/principal.ts";

const person = (...grants: Grant[]): Principal => ({ kind: "person", id: "ada@example.com", name: "Ada", grants });
const of = (role: Grant["role"], workflow: string): Grant => ({ role, workflow });

describe("a grant", () => {
  it("for one workflow counts for that one only, and for nothing of the whole deployment", () => {
    const ada = person(of("reviewer", "ticket-triage"));
    expect(hasRole(ada, "reviewer", "ticket-triage")).toBe(true);
    expect(hasRole(ada, "reviewer", "invoices")).toBe(false);
    expect(hasRole(ada, "reviewer", null)).toBe(false);
    expect(hasRole(ada, "operator", "ticket-triage")).toBe(false);
  });

  it("for all workflows counts for each, and for the whole deployment", () => {
    const ada = person(...everywhere("operator"));
    for (const workflow of ["ticket-triage", "invoices", null]) expect(hasRole(ada, "operator", workflow)).toBe(true);
  });

  it("of a workflow that is called * by somebody is one for all, and no name is matched in part", () => {
    expect(hasRole(person(of("operator", "ticket")), "operator", "ticket-triage")).toBe(false);
    expect(hasRole(person(of("operator", "ticket-triage")), "operator", "ticket")).toBe(false);
  });
});

describe("separation of duties", () => {
  it.each(DECIDING)("an admin is no %s, whatever was granted for whichever workflow", (role) => {
    for (const admin of [of("admin", "*"), of("admin", "ticket-triage")]) {
      const alan = person(admin, of(role, "*"), of(role, "ticket-triage"), of("auditor", "*"));
      expect(hasRole(alan, role, "ticket-triage")).toBe(false);
      expect(hasRole(alan, role, null)).toBe(false);
      expect(workflowsWith(alan, [role])).toEqual([]);
      expect(hasRole(alan, "auditor", null)).toBe(true);
    }
  });

  it("a token neither approves, decides nor administers, and may be the rest", () => {
    const token: Principal = { ...person(...everywhere(...ROLES.filter((role) => role !== "admin"))), kind: "token" };
    expect(ROLES.filter((role) => hasRole(token, role, "ticket-triage"))).toEqual(["author", "operator", "auditor"]);
    expect(hasRole({ ...token, grants: everywhere("admin") }, "admin", null)).toBe(false);
  });
});

describe("the workflows that a list may show", () => {
  it("are those of the grants for any of the roles, each once", () => {
    const ada = person(of("reviewer", "b"), of("operator", "a"), of("operator", "b"), of("author", "c"));
    expect(workflowsWith(ada, ["reviewer", "operator"])).toEqual(["a", "b"]);
    expect(workflowsWith(ada, ["auditor"])).toEqual([]);
  });

  it("are all with one grant for all", () => {
    expect(workflowsWith(person(of("reviewer", "b"), of("operator", "*")), ["reviewer", "operator"])).toBe("*");
  });
});
