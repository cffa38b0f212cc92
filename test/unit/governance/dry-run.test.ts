// A dry run: what a draft would have done with what was recorded, from the recorded facts alone; and the whole way through the API and D1.

import { describe, expect, it } from "vitest";
import { everywhere } from "../../../src/core/principal.ts";
import { dryRun, effectsOf, type RecordedEffect, type RecordedEntry } from "../../../src/governance/dry-run.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { dryRunSpec } from "../../../src/operations/dry-run-spec.ts";
import { certificateFor } from "../http/certified.ts";
import { openConsole } from "../http/console.ts";
import { SPEC, tell } from "../http/stories.ts";

const ACTION = "zendesk.updateTicket";
const withAction = (more: Partial<GovernanceSpec["actions"][string]>): GovernanceSpec => ({
  ...SPEC,
  actions: { ...SPEC.actions, [ACTION]: { ...(SPEC.actions[ACTION] as GovernanceSpec["actions"][string]), ...more } },
});
const effect = (more: Partial<RecordedEffect> = {}): RecordedEffect => ({
  run: "r1",
  step: "route ticket",
  action: ACTION,
  target: "ticket/1",
  values: { group: "billing", priority: "high" },
  before: { group: "support", priority: "normal" },
  basedOn: { name: "triage", value: { team: "billing" }, confidence: 0.99 },
  event: null,
  tainted: [],
  counts: null,
  breaker: null,
  at: Date.parse("2026-01-05T09:00:00Z"),
  was: { outcome: "allow", rule: "confidence_reached" },
  ...more,
});

describe("a dry run", () => {
  it("of the same spec finds no difference", () => {
    expect(dryRun(SPEC, [effect()])).toMatchObject({ considered: 1, differences: { none: 1, other_rule: 0, stricter: 0, looser: 0 } });
    expect(dryRun(SPEC, [])).toMatchObject({ considered: 0, effects: [] });
  });

  it("rules by the certificates that there are, and asks again for a breaker that was open then", () => {
    const certificate = certificateFor(SPEC.workflow);
    const draft = { ...SPEC, thresholds: { triage: { certificate: certificate.id } } };
    const { provider, model, source, basis } = certificate;
    const fields = { team: 0.99, priority: 0.99 };
    const proved = effect({
      basedOn: { name: "triage", value: { team: "billing" }, confidence: 0.99, fields, provider, model, source, basis },
    });
    const rule = (...given: Parameters<typeof dryRun>) => dryRun(...given).effects.map(({ would }) => `${would.outcome} ${would.rule}`);
    expect(rule(draft, [proved])).toEqual(["require_approval certificate_unknown"]);
    expect(rule(draft, [proved], [certificate])).toEqual(["allow confidence_proved"]);
    expect(rule(draft, [effect()], [certificate])).toEqual(["require_approval certificate_void"]);
    const breaker = { openedAt: 1, reason: "Too many wrong" };
    expect(rule(draft, [{ ...proved, breaker }], [certificate])).toEqual(["require_approval breaker_open"]);
  });

  it("says per write what was and what would be, by which rule, and whether that is stricter", () => {
    const draft = withAction({
      rules: [
        { name: "from_support", when: "before.group == 'support'", outcome: "ask", ask: ["ada@example.com"], reason: "Support asks" },
      ],
    });
    const ran = dryRun(draft, [
      effect(),
      effect({ run: "r2", before: { group: "sales" } }),
      effect({ run: "r3", was: { outcome: "deny", rule: "field_value" } }),
    ]);
    expect(ran).toMatchObject({
      considered: 3,
      differences: { none: 1, other_rule: 0, stricter: 1, looser: 1 },
      was: { allow: 2, require_approval: 0, deny: 1 },
      would: { allow: 1, require_approval: 2, deny: 0 },
    });
    expect(ran.effects[0]).toMatchObject({
      run: "r1",
      was: { outcome: "allow", rule: "confidence_reached" },
      would: { outcome: "require_approval", rule: "from_support", reason: "Support asks", ask: ["ada@example.com"] },
      difference: "stricter",
    });
  });

  it("sees what was counted then, and says of how many writes nobody had counted", () => {
    const draft: GovernanceSpec = { ...SPEC, limits: { writesPerHour: 2 } };
    const action = { writesThisHour: 2, writesToday: 2, sumsToday: {} };
    const ran = dryRun(draft, [effect({ counts: { writesThisHour: 2, writesToday: 2, action } }), effect({ run: "r2" })]);
    expect(ran).toMatchObject({ considered: 2, uncounted: 1, differences: { none: 1, stricter: 1 } });
    expect(ran.effects.map(({ would }) => would.rule)).toEqual(["limit_reached", "confidence_reached"]);
    expect(dryRun(SPEC, [effect()])).toMatchObject({ uncounted: 0 });
  });

  it("tells another reason for the same outcome apart", () => {
    const draft = withAction({ rules: [{ name: "known", when: "true", outcome: "allow", reason: "A known case" }] });
    expect(dryRun(draft, [effect()]).differences).toMatchObject({ other_rule: 1 });
  });

  it("sees the time of the ruling, not of the dry run", () => {
    const night = withAction({ rules: [{ name: "night", when: "time.hour < 6", outcome: "deny", reason: "At night nobody writes" }] });
    const ran = dryRun(night, [effect(), effect({ at: Date.parse("2026-01-05T03:00:00Z") })]);
    expect(ran.effects.map(({ would }) => would.outcome)).toEqual(["allow", "deny"]);
  });
});

describe("what is compared", () => {
  const says = (type: string, body: object, step: string | null = "route"): RecordedEntry => ({
    at: 5,
    type,
    step,
    body: body as RecordedEntry["body"],
  });
  const intended = says("effect.intended", { action: ACTION, target: "t", basedOn: null, values: { group: "a" } });
  const looked = (group: string) => says("effect.looked", { before: { group } });
  const tainted = [{ kind: "hint", field: "record", text: "speaks" }];
  const counts = { writesThisHour: 1, writesToday: 1, action: { writesThisHour: 1, writesToday: 1, sumsToday: {} } };
  const breaker = { openedAt: 1, reason: "Too many wrong" };
  const ruling = (rule: string, values: object = { group: "a" }) =>
    says("effect.ruled", { ruling: { outcome: "allow", rule }, values, tainted, counts, breaker });

  it("is the last ruling before a person decided, on the record as it was then", () => {
    const event = { id: "e", type: "t", subject: "s", connection: "c" };
    const entries = [says("run.started", { event }, null), intended, looked("x"), ruling("first"), looked("y"), ruling("second")];
    const decided = [says("approval.decided", {}), looked("z"), ruling("person_decided", { group: "b" })];
    expect(effectsOf("r", [...entries, ...decided])).toEqual([
      {
        run: "r",
        step: "route",
        action: ACTION,
        target: "t",
        values: { group: "a" },
        before: { group: "y" },
        basedOn: null,
        event,
        tainted,
        counts,
        breaker,
        at: 5,
        was: { outcome: "allow", rule: "second" },
      },
    ]);
  });

  it("is the ruling anew, once the approval was void", () => {
    const entries = [
      intended,
      looked("x"),
      ruling("first"),
      says("approval.decided", {}),
      looked("y"),
      says("approval.voided", {}),
      ruling("anew"),
    ];
    expect(effectsOf("r", entries)).toMatchObject([{ before: { group: "y" }, was: { rule: "anew" } }]);
  });

  it("is nothing where nothing was ruled on", () => {
    expect(effectsOf("r", [])).toEqual([]);
    expect(effectsOf("r", [intended, looked("x")])).toEqual([]);
    expect(effectsOf("r", [ruling("lost")])).toEqual([]);
  });
});

describe("over D1", () => {
  const owner = { kind: "person", id: "olga@example.com", name: "Olga", grants: everywhere("process_owner") } as const;
  const stories = () => [
    tell({ ending: "asked", ticket: 1 }),
    tell({ ending: "approved", ticket: 2 }),
    tell({ ending: "unknown", ticket: 3 }),
  ];
  const draft = { ...SPEC, version: 9, thresholds: { triage: 0.5 } };

  it("a draft is answered with counts and the writes that would end otherwise", async () => {
    const open = await openConsole(stories());
    const answer = await dryRunSpec(open.db, owner, { spec: draft, last: 50 });
    const said = answer.ok ? answer.value : expect.unreachable();
    expect(said.considered).toBeGreaterThanOrEqual(3);
    expect(said.differences.looser).toBeGreaterThan(0);
    expect(said.changed).toHaveLength(said.considered - said.differences.none);
    expect(said.changed).toContainEqual(
      expect.objectContaining({
        difference: "looser",
        was: { outcome: "require_approval", rule: "confidence_below" },
        would: expect.objectContaining({ outcome: "allow" }),
      }),
    );
    expect(open.asked).toEqual([]);
  });

  it("as many are considered as were asked for, and none of another workflow or of a run whose contents are gone", async () => {
    const open = await openConsole(stories());
    const ask = (spec: GovernanceSpec, last: number) => dryRunSpec(open.db, { ...owner, grants: everywhere("author") }, { spec, last });
    expect(await ask(SPEC, 1)).toMatchObject({ value: { considered: 1 } });
    expect(await ask({ ...SPEC, workflow: "other" }, 50)).toMatchObject({ value: { considered: 0, changed: [] } });
    await open.db.prepare("update run set erased_at = 1").run();
    expect(await ask(SPEC, 50)).toMatchObject({ value: { considered: 0 } });
  });

  it("nobody is answered who neither writes nor approves specs", async () => {
    const open = await openConsole(stories());
    const grants = everywhere("reviewer", "operator", "auditor", "admin");
    expect(await dryRunSpec(open.db, { ...owner, grants }, { spec: SPEC, last: 1 })).toMatchObject({
      ok: false,
      error: { code: "access.denied" },
    });
    Object.assign(open.env, { DEV_IDENTITY: "Alan <alan@example.com>" });
    expect((await open.json("/api/specs/dry-run", { spec: SPEC })).status).toBe(403);
  });

  it("a broken spec is refused, and the place named", async () => {
    const open = await openConsole([]);
    const spec = withAction({ rules: [{ name: "broken", when: "tiem.hour > 5", outcome: "ask", reason: "x" }] });
    const answer = await open.json("/api/specs/dry-run", { spec });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { field: `spec.actions.${ACTION}.rules.0.when`, detail: expect.stringMatching(/rule broken, character 1: Unknown variable: tiem/) },
    ]);
    expect((await open.json("/api/specs/dry-run", { spec: SPEC, last: 201 })).status).toBe(400);
  });
});
