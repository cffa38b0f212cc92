// Certificates and breakers over HTTP: what the pages say of a proof and whether it still fits, what an approval of a spec that names one needs, and who closes a breaker.
import { beforeEach, describe, expect, it } from "vitest";
import { canonical } from "../../../src/core/json.ts";
import { openBreakerOf, tripBreaker } from "../../../src/db/breakers.ts";
import { insertCertificate } from "../../../src/db/certificates.ts";
import type { Certificate } from "../../../src/governance/certificate.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { dryRunSpec } from "../../../src/operations/dry-run-spec.ts";
import type { ValidatedRecord, ValidationFacts } from "../../../src/validation/record.ts";
import { certificateFor } from "./certified.ts";
import { type Console, openConsole } from "./console.ts";
import { approveSpec, NOW, SPEC, tell } from "./stories.ts";
import { codeOf, FACTS, finished, labelledRecords, underWay } from "./validations.ts";

const text = (html: string): string =>
  html
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replace(/\s+/g, " ");

const CERTIFICATE = certificateFor("ticket-triage");
let open: Console;
const record = (certificate: Certificate) => insertCertificate(open.db, { certificate, issuedBy: "ann@example.com" });
const page = async (path: string) => text(await (await open.get(path)).text());
const draftOf = (thresholds: GovernanceSpec["thresholds"]): GovernanceSpec => ({ ...SPEC, version: 4, thresholds });

beforeEach(async () => {
  open = await openConsole([tell({ ending: "asked", ticket: 1 })]);
});

describe("a certificate's page", () => {
  it("says what is proved, on how many records, for which answers, and that it fits the latest one", async () => {
    await record(CERTIFICATE);
    const said = await page(`/certificates/${CERTIFICATE.id}`);
    for (const words of [
      "At most 5.0 % of what is written from a confidence of 80.0 % on is wrong, with 95.0 % confidence.",
      "Of 400 labelled records 158 reached it, and 3 of these were wrong.",
      "the exact bound of what was seen is 4.84 %",
      "builtin/ticket-triage@3f2a91c0",
      "the provider’s probabilities of the label’s tokens",
      CERTIFICATE.report.digest,
      "Fits what is answered now",
      "is of this kind",
      "issued by ann@example.com",
    ])
      expect(said).toContain(words);
  });

  it.each<[string, Partial<Certificate>, string]>([
    [
      "model",
      { model: "builtin/ticket-triage@0000" },
      "The model is another: proved for builtin/ticket-triage@0000, and builtin/ticket-triage@3f2a91c0 now.",
    ],
    [
      "prompt",
      { basis: { prompt: "p".repeat(64), schema: "schema" } },
      "The prompt is another: proved for pppppppppppp…, and prompt… now.",
    ],
    ["measure", { source: "builtin" }, "The measure of confidence is another: proved for the built-in model’s distribution"],
  ])("says what has changed since: the %s", async (_, more, words) => {
    const certificate = certificateFor("ticket-triage", more);
    await record(certificate);
    const said = await page(`/certificates/${certificate.id}`);
    expect(said).toContain("Does not fit any more");
    expect(said).toContain(words);
  });

  it("does not say that it fits where nothing was answered", async () => {
    const certificate = certificateFor("ticket-triage", { decision: "tone" });
    await record(certificate);
    expect(await page(`/certificates/${certificate.id}`)).toContain("Nothing answered yet");
  });

  it("is one for one proof, however often it is issued", async () => {
    expect(await record(CERTIFICATE)).toBe(true);
    expect(await record({ ...CERTIFICATE, issuedAt: NOW + 1 })).toBe(false);
    expect(await page("/certificates")).toContain("triage: team and priority, all of them right");
    expect(await (await open.get("/api/certificates")).json()).toMatchObject({
      certificates: [{ certificate: { id: CERTIFICATE.id, issuedAt: NOW }, issuedBy: "ann@example.com", changes: [] }],
    });
  });

  it("is not there for an id that nobody issued", async () => {
    expect((await open.get("/certificates/crt_0")).status).toBe(404);
    expect(await (await open.get("/api/certificates/crt_0")).json()).toMatchObject({ code: "certificate.not_found" });
  });
});

describe("the report of a validation", () => {
  const proving = async (facts: Partial<ValidationFacts> = {}, records = labelledRecords(300)) =>
    finished(open.env, { facts: { ...FACTS, ...facts }, records });
  const issue = (digest: string) => open.json("/api/certificates", { validation: FACTS.id, digest });

  it("that proves a threshold becomes a certificate, which says what the report says", async () => {
    const { report, digest } = await proving();
    if (report.certification.kind !== "certified") throw new Error("the records of this test prove a threshold");
    const form = await (await open.get(`/validations/${FACTS.id}/report`)).text();
    expect(form).toContain("Issue the certificate");
    const answer = await open.form("/certificates", { validation: FACTS.id, digest });
    expect(answer.status).toBe(303);
    const address = answer.headers.get("location") ?? "";
    const { certificate, issuedBy } = (await (await open.get(`/api${address}`)).json()) as { certificate: Certificate; issuedBy: string };
    const { threshold, accepted, errors, upper } = report.certification.certified;
    expect(certificate).toMatchObject({
      workflow: "ticket-triage",
      decision: "triage",
      fields: ["team"],
      threshold,
      accepted,
      errors,
      upper,
      limit: FACTS.limit,
      confidence: FACTS.confidence,
      records: 300,
      report: { id: FACTS.id, digest },
      provider: "builtin",
      source: "builtin",
    });
    expect(issuedBy).toBe("ada@example.com");
    const again = await issue(digest);
    expect([again.status, await again.json()]).toMatchObject([
      201,
      { certificate: { id: certificate.id, issuedAt: certificate.issuedAt } },
    ]);
    expect(await page(address)).toContain("Does not fit any more");
  });

  it("is not issued from unless it is the one that was read", async () => {
    await proving();
    const answer = await issue("0".repeat(64));
    expect([answer.status, await codeOf(answer)]).toEqual([409, "validation.report_moved"]);
    expect(await codeOf(await issue("short"))).toBe("request.invalid");
  });

  it("that proves nothing offers no certificate, and none is issued", async () => {
    const { digest } = await proving({ limit: 0.01 });
    expect(await page(`/validations/${FACTS.id}/report`)).not.toContain("Issue the certificate");
    const answer = await open.form("/certificates", { validation: FACTS.id, digest });
    expect(answer.status).toBe(409);
    expect(text(await answer.text())).toContain("This validation proves no threshold");
    expect(await (await open.get("/api/certificates")).json()).toEqual({ certificates: [] });
  });

  it("of records that two models answered is refused, and says which", async () => {
    const [first, ...rest] = labelledRecords(300);
    const mixed = { ...first, answer: { ...first?.answer, model: "builtin/ticket-triage@00000000" } } as ValidatedRecord;
    const { digest } = await proving({}, [mixed, ...rest]);
    const report = text(await page(`/validations/${FACTS.id}/report`));
    expect(report).toContain("Not proved: the records were answered by several models");
    expect(report).not.toContain("Issue the certificate");
    const answer = await issue(digest);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      code: "certificate.mixed",
      detail: expect.stringContaining("by several models (builtin/ticket-triage@00000000 and builtin/ticket-triage@3f2a91c0)"),
    });
  });

  it("is not there before every record is answered", async () => {
    await underWay(open.db, { facts: FACTS, records: labelledRecords(10) }, 5);
    expect(await codeOf(await issue("0".repeat(64)))).toBe("validation.wrong_state");
  });
});

describe("a spec that names a certificate", () => {
  const NAMED = draftOf({ triage: { certificate: CERTIFICATE.id }, "triage.team": 0.7 });
  const digestOf = async () =>
    (await open.db.prepare("select digest from governance_spec where version = 4").first<{ digest: string }>())?.digest ?? "";
  /** Written by somebody else than Ada, who asks here. */
  const submitted = async (spec: GovernanceSpec) => {
    const body = canonical(spec);
    const { sha256Hex } = await import("../../../src/core/crypto.ts");
    const { insertDraft, submitDraft } = await import("../../../src/db/specs.ts");
    await insertDraft(open.db, { workflow: spec.workflow, version: 4, body, digest: sha256Hex(body), author: "ann@example.com" }, NOW);
    await submitDraft(open.db, { workflow: spec.workflow, version: 4, digest: sha256Hex(body), note: null, emergency: null }, NOW);
  };
  const approve = async () => open.json("/api/specs/ticket-triage/4/approve", { digest: await digestOf() });

  it("shows the proof and the unproved number beside it, and is approved with both named", async () => {
    await record(CERTIFICATE);
    await submitted(NAMED);
    const said = await page("/specs/ticket-triage/4");
    expect(said).toContain("At most 5.0 % of what is written from a confidence of 80.0 % on is wrong, with 95.0 % confidence.");
    expect(said).toContain("Of 400 labelled records 158 reached it, and 3 of these were wrong.");
    expect(said).toContain("triage.team Not proved From 70.0 % on. Somebody wrote this number");
    expect(said).toContain(`Your approval is of these proofs as well: triage (certificate ${CERTIFICATE.id}).`);
    expect(said).toContain("Not proved, on your word alone: triage.team (70.0 %).");
    expect(await page("/certificates")).toContain("No rules that count now name it.");
    expect((await approve()).status).toBe(200);
    expect(await page(`/certificates/${CERTIFICATE.id}`)).toContain("Version 4 , which counts now");
    expect(await page(`/certificates/${CERTIFICATE.id}`)).toContain("in force by version 4 of the rules");
    expect(await page("/certificates")).toContain("triage from 80.0 % on, at most 5.0 % wrong");
    expect(await page("/certificates")).toContain("Named by version 4 , which counts now.");
    await open.db.prepare("update audit_content set body = replace(body, '3f2a91c0', '77777777')").run();
    expect(await page("/certificates")).toContain("Named by version 4 , which counts now: such writes are asked.");
    expect(await page("/specs/ticket-triage/4/document")).toContain(
      "At most 5.0 % of what is written from a confidence of 80.0 % on is wrong",
    );
  });

  it("says of a certificate that the rules name no more which one they name instead", async () => {
    const later = certificateFor("ticket-triage", { threshold: 0.9 });
    await record(CERTIFICATE);
    await record(later);
    await approveSpec(open.db, { ...draftOf({ triage: { certificate: CERTIFICATE.id } }), version: 5 });
    await approveSpec(open.db, { ...draftOf({ triage: { certificate: later.id } }), version: 6 });
    const said = await page(`/certificates/${CERTIFICATE.id}`);
    expect(said).toContain("not in force");
    expect(said).toContain(`The rules that count now name another certificate for triage: ${later.id} .`);
    expect(await page(`/certificates/${later.id}`)).not.toContain("name another certificate");
    expect(await (await open.get("/api/certificates")).json()).toMatchObject({
      certificates: expect.arrayContaining([
        expect.objectContaining({ certificate: expect.objectContaining({ id: CERTIFICATE.id }), inForce: null }),
        expect.objectContaining({ certificate: expect.objectContaining({ id: later.id }), inForce: 6 }),
      ]),
    });
  });

  it("binds the proof with the text: a certificate that proves anything else has another id", () => {
    expect(certificateFor("ticket-triage", { threshold: 0.79 }).id).not.toBe(CERTIFICATE.id);
    expect(canonical(NAMED)).toContain(CERTIFICATE.id);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ["that is not on record", async () => null, `thresholds.triage: certificate ${CERTIFICATE.id} is not on record`],
    [
      "of another workflow",
      () => record({ ...certificateFor("invoices"), id: CERTIFICATE.id }),
      `thresholds.triage: certificate ${CERTIFICATE.id} is about triage of invoices`,
    ],
    [
      "of another decision",
      () => record({ ...certificateFor("ticket-triage", { decision: "tone" }), id: CERTIFICATE.id }),
      `thresholds.triage: certificate ${CERTIFICATE.id} is about tone of ticket-triage`,
    ],
  ])("is not approved with one %s", async (_, prepare, detail) => {
    await prepare();
    await submitted(NAMED);
    expect(await page("/specs/ticket-triage/4")).toContain("No such proof");
    const answer = await approve();
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: "spec.invalid", field: "thresholds.triage", detail });
    expect(await page("/specs/ticket-triage/4")).toContain("Waits for approval");
  });

  it("is tried on recorded writes by the certificates that there are", async () => {
    const owner = { kind: "person", id: "olga@example.com", name: "Olga", grants: [{ role: "process_owner", workflow: "*" }] } as const;
    const rules = async () => {
      const ran = await dryRunSpec(open.db, owner, { spec: NAMED, last: 10 });
      return ran.ok ? ran.value.changed.map(({ would }) => would.rule) : ran.error;
    };
    expect(await rules()).toEqual(["certificate_unknown"]);
    await record(CERTIFICATE);
    // The stories' journals are from before it was recorded what a decision rests on.
    expect(await rules()).toEqual(["certificate_void"]);
  });
});

describe("an approval under a certificate", () => {
  const story = tell({ ending: "asked", ticket: 7 });
  const TICK = '<rect class="tick"';
  const shown = async (thresholds: GovernanceSpec["thresholds"], certificates: readonly Certificate[]) => {
    open = await openConsole([story], { spec: { ...SPEC, thresholds } });
    for (const one of certificates) await record(one);
    const html = await (await open.get(`/approvals/${story.approvalId}`)).text();
    return {
      said: text(html),
      ticks: html
        .split(TICK)
        .slice(1)
        .map((rest) => / x="([\d.]+)"/.exec(rest)?.[1]),
    };
  };

  it("marks the proved threshold on the bars of the fields that it is about, and links to the proof", async () => {
    const { said, ticks } = await shown({ triage: { certificate: CERTIFICATE.id } }, [CERTIFICATE]);
    expect(said).toContain("triage acts alone from 80.0 %, as is proved");
    expect(ticks).toEqual(["80", "80"]);
    const teamOnly = certificateFor("ticket-triage", { fields: ["team"] });
    expect((await shown({ triage: { certificate: teamOnly.id } }, [teamOnly])).ticks).toEqual(["80"]);
  });

  it("marks the stricter of a proof and of a number for a field, and a number for a field alone", async () => {
    expect((await shown({ triage: { certificate: CERTIFICATE.id }, "triage.team": 0.9 }, [CERTIFICATE])).ticks).toEqual(["90", "80"]);
    expect((await shown({ triage: 0.5, "triage.priority": 0.7 }, [])).ticks).toEqual(["50", "70"]);
    expect((await shown({ "triage.priority": 0.7 }, [])).ticks).toEqual(["70"]);
  });

  it("marks none where the certificate is not about such an answer, or is not on record, and says so", async () => {
    const other = certificateFor("ticket-triage", { model: "builtin/ticket-triage@0000" });
    for (const certificates of [[other], []]) {
      const { said, ticks } = await shown({ triage: { certificate: other.id } }, certificates);
      expect(said).toContain("triage is asked: its certificate is not about such an answer");
      expect(ticks).toEqual([]);
    }
  });
});

describe("an open breaker", () => {
  const trip = () =>
    tripBreaker(open.db, {
      workflow: "ticket-triage",
      at: NOW,
      by: "interlock",
      reason: "9 of 60 were wrong",
      evidence: { audited: 60, wrong: 9 },
    });
  const close = (fields: Record<string, string>) => open.form("/stops/breakers/ticket-triage/close", fields);

  it("stands above every page, with its numbers on the page that closes it", async () => {
    const { id } = tell({ ending: "asked", ticket: 1 });
    expect(await page("/workflows")).not.toContain("asks about every write");
    expect(await page("/stops")).toContain("None is open.");
    await trip();
    for (const path of ["/workflows", "/specs/ticket-triage/3", `/runs/${id}`, "/stops"])
      expect(await page(path), path).toContain("ticket-triage asks about every write");
    expect(await page("/stops")).toContain('"audited": 60');
    expect(await (await open.get("/api/breakers")).json()).toMatchObject({ breakers: [{ workflow: "ticket-triage", closed: null }] });
  });

  it("is closed with a reason, and stays on record", async () => {
    await trip();
    const unsaid = await close({ openedAt: String(NOW), reason: " " });
    expect(unsaid.status).toBe(400);
    expect(await unsaid.text()).toMatch(/<details class="more" open="">.*Say in a few words why/s);
    expect((await close({ openedAt: String(NOW - 1), reason: "mended" })).status).toBe(409);
    expect(await openBreakerOf(open.db, "ticket-triage")).not.toBeNull();
    const closed = await close({ openedAt: String(NOW), reason: "The prompt is mended" });
    expect(closed.headers.get("location")).toBe("/stops?closed=ticket-triage#breakers");
    const said = await page("/stops?closed=ticket-triage");
    expect(said).toContain("The breaker of ticket-triage is closed.");
    expect(said).toMatch(/by interlock: 9 of 60 were wrong\. Closed by ada@example\.com, .*: The prompt is mended\./);
    const again = await open.json("/api/breakers/ticket-triage/close", { openedAt: NOW, reason: "again" });
    expect(await again.json()).toMatchObject({ code: "breaker.not_open" });
  });
});
