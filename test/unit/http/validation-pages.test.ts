// Validations before their report is there, in the console and over the API: a file is sent, its rows are shown, it is started, watched, stopped and let go on.
import { describe, expect, it } from "vitest";
import { readValidationRow } from "../../../src/db/validations.ts";
import type { Console } from "./console.ts";
import { openStories } from "./route-samples.ts";
import { CHECKED, FILE, RUNNING, STOPPED, UPLOAD } from "./validations-begun.ts";

const AS = (role: "author" | "auditor" | "process_owner") => ({
  grants: [{ principal: "ada@example.com", role, workflow: "ticket-triage" }] as const,
});
const open = (role: "author" | "auditor" | "process_owner" = "author") => openStories({ ...AS(role) });

function upload(console: Console, fields: Readonly<Record<string, string>>, file: File | null): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (file) form.set("file", file);
  return console.get("/validations", { method: "POST", body: form, headers: { origin: "http://localhost" } });
}
const csv = (text: string | Uint8Array<ArrayBuffer>, name = "tickets.csv") => new File([text], name, { type: "text/csv" });
const FIELDS = { workflow: "ticket-triage", limit: "0.05", confidence: "", text: "", label: "", id: "", columns: "" };
const pageOf = async (console: Console, path: string) => (await console.get(path)).text();

describe("a file", () => {
  it("that is sent shows what became of its rows, and asks nothing until it is started", async () => {
    const console = await open();
    const sent = await upload(console, FIELDS, csv(FILE));
    expect(sent.status).toBe(303);
    const address = sent.headers.get("location") as string;
    const page = await pageOf(console, address);
    expect(page).toContain("240 records can be used");
    expect(page).toContain("240 are used, 1 were refused");
    expect(page).toContain("ticket.description from “text”, team from “team”");
    expect(page).toMatch(/Line 242: The label of (?:"|&quot;)team(?:"|&quot;) is empty/);
    expect(console.asked).toEqual([]);

    expect((await console.form(`${address}/start`, {})).status).toBe(303);
    const [{ what, args } = { what: "", args: [] }] = console.asked;
    expect(what).toBe("validate");
    expect(args).toHaveLength(24);
    expect(args[0]).toMatchObject({ kind: "validation", from: 1, to: 10 });
    const running = await pageOf(console, address);
    expect(running).toContain("0 of 240 records answered");
    expect(running).toContain('http-equiv="refresh"');
    // Twice is once.
    expect((await console.form(`${address}/start`, {})).status).toBe(409);
    expect(console.asked).toHaveLength(1);
  });

  it("may say which column is what", async () => {
    const console = await open();
    const renamed = FILE.replace("id,text,team", "nr,Words,Queue");
    const fields = { ...FIELDS, id: "nr", columns: "ticket.subject=Words, team=Queue" };
    const sent = await upload(console, fields, csv(renamed));
    expect(await pageOf(console, sent.headers.get("location") as string)).toContain(
      "id from “nr”, ticket.subject from “Words”, team from “Queue”",
    );
  });

  it.each([
    ["none", null, FIELDS, 400, "Choose a file"],
    [
      "too few rows",
      csv(FILE.split("\n").slice(0, 101).join("\n")),
      FIELDS,
      422,
      "The file has 100 usable records, and 200 are needed: 100 are missing",
    ],
    ["not UTF-8", csv(new Uint8Array([0x69, 0x64, 0x2c, 0xe9, 0x0a])), FIELDS, 422, "The file is not UTF-8"],
    ["no column of labels", csv(FILE.replace(",team", ",teem")), FIELDS, 422, "No column holds labels"],
    ["a limit of 5", csv(FILE), { ...FIELDS, limit: "5" }, 400, "The limit is a share below 1"],
    ["columns that are none", csv(FILE), { ...FIELDS, columns: "team" }, 400, "is not name=column"],
  ])("with %s is refused above the form, with what was entered", async (_, file, fields, status, message) => {
    const console = await open();
    const refused = await upload(console, fields, file);
    const page = (await refused.text()).replaceAll("&quot;", '"');
    expect(refused.status).toBe(status);
    expect(page).toContain(message);
    expect(page).toContain(`value="${fields.limit}"`);
    expect(
      (await console.get("/api/validations").then((answer) => answer.json() as Promise<{ validations: unknown[] }>)).validations,
    ).toHaveLength(4);
  });

  it("with fewer rows goes on for whoever wants it, with a warning", async () => {
    const console = await open();
    const sent = await upload(console, { ...FIELDS, anyway: "yes" }, csv(FILE.split("\n").slice(0, 101).join("\n")));
    expect(await pageOf(console, sent.headers.get("location") as string)).toContain("this validation can prove nothing");
  });

  it("larger than other bodies may be is taken, up to its own limit", async () => {
    const console = await open();
    const padded = FILE.replaceAll("labelled ticket", `${"long ".repeat(2_000)}ticket`);
    expect(padded.length).toBeGreaterThan(2 * 1024 * 1024);
    expect((await upload(console, FIELDS, csv(padded))).status).toBe(303);
    expect((await console.json("/api/grants", { text: padded })).status).toBe(400);
  });
});

describe("a validation", () => {
  it("is in the list with how far it is", async () => {
    const page = await pageOf(await open("auditor"), "/validations");
    expect(page).toContain("tickets-july.csv");
    for (const words of ["Not started", "Running", "Stopped", "0 of 240"]) expect(page).toContain(words);
    expect(page).not.toContain("Validate a workflow");
  });

  it("that stopped says why, and goes on when somebody says that it is put right", async () => {
    const console = await open("process_owner");
    const page = await pageOf(console, `/validations/${STOPPED}`);
    expect(page).toContain("No card is on record");
    expect(page).toContain("It is put right: go on");
    expect((await console.form(`/validations/${STOPPED}/resume`, {})).status).toBe(303);
    expect(console.asked).toMatchObject([{ what: "validate" }]);
    expect(await pageOf(console, `/validations/${STOPPED}`)).not.toContain("No card is on record");
  });

  it("is cancelled once and for good", async () => {
    const console = await open();
    expect((await console.form(`/validations/${RUNNING}/cancel`, {})).status).toBe(303);
    const page = await pageOf(console, `/validations/${RUNNING}`);
    expect(page).toContain("Cancelled by ada@example.com");
    expect(page).not.toContain("<form");
    const again = await console.form(`/validations/${RUNNING}/cancel`, {});
    expect(again.status).toBe(409);
    expect(await again.text()).toContain("The validation is cancelled");
  });

  it("is read and not touched by an auditor", async () => {
    const console = await open("auditor");
    expect(await pageOf(console, `/validations/${CHECKED}`)).not.toContain("<form");
    for (const what of ["start", "cancel"]) expect((await console.form(`/validations/${CHECKED}/${what}`, {})).status).toBe(403);
    expect((await upload(console, FIELDS, csv(FILE))).status).toBe(403);
    expect(console.asked).toEqual([]);
  });

  it("over the API says the same", async () => {
    const console = await open();
    const sent = await console.json("/api/validations", UPLOAD);
    expect(sent.status).toBe(201);
    const { id, ...made } = (await sent.json()) as { id: string; status: string; imported: { rejections: unknown[] } };
    expect(made).toMatchObject({ status: "checked", imported: { rejections: [{ line: 242 }] } });
    // As long as the contents of the workflow's runs.
    expect((await readValidationRow(console.db, id))?.keepDays).toBe(30);
    const started = await console.json(`/api/validations/${id}/start`, {});
    expect(started.status).toBe(202);
    expect(await started.json()).toMatchObject({ status: "running", answered: 0, total: 240 });
    const unusable = await console.json("/api/validations", { ...UPLOAD, label: "queue" });
    expect(unusable.status).toBe(422);
    expect(await unusable.json()).toMatchObject({ code: "validation.data_unusable", detail: expect.stringContaining('no column "queue"') });
    expect((await console.get("/api/validations/val_nothing")).status).toBe(404);
  });
});
