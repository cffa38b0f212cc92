// /validations: the list with the form that sends a file, and each validation until its report is there. A refusal is shown where it happened with what was entered.
import { Hono, type Context as HonoContext } from "hono";
import { errorFacts, type Failure, failureOf, InterlockError, type Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { may } from "../../operations/access.ts";
import { findValidation, type ValidationRow } from "../../operations/read-validation.ts";
import { permit } from "../../operations/require-role.ts";
import {
  cancelValidation,
  checkValidation,
  keptImport,
  resumeValidation,
  startCheckedValidation,
  ValidationInput,
  validationsNow,
} from "../../operations/validations.ts";
import { type ConsoleEnv, operationContext, orRefuse, refuse } from "../console-env.ts";
import { filledIn, parseInput } from "../input.ts";
import { validationAddress } from "../pages/report-page.tsx";
import { ValidationPage } from "../pages/validation-page.tsx";
import { ValidationsPage } from "../pages/validations-page.tsx";
import { frameFor, renderPage } from "./page.ts";

type Call = HonoContext<ConsoleEnv>;

const SHOWN = 100;

export const validationPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", (c) => showList(c, deployment))
    .post("/", async (c) => {
      const { fields, file } = await readUpload(c);
      // Before anything is said about the file.
      orRefuse(permit(c.get("principal"), "run validations", fields.workflow ?? null));
      const checked = await check(c, deployment, fields, file);
      return checked.ok
        ? c.redirect(validationAddress(checked.value.id), 303)
        : showList(c, deployment, { refused: checked.error, draft: fields });
    })
    .get("/:id", (c) => showOne(c, deployment, null))
    .post("/:id/start", (c) => act(c, deployment, startCheckedValidation))
    .post("/:id/cancel", (c) => act(c, deployment, cancelValidation))
    .post("/:id/resume", (c) => act(c, deployment, resumeValidation));

async function act(c: Call, deployment: Deployment, operation: typeof startCheckedValidation): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const done = await operation(operationContext(c, deployment), c.get("principal"), id, Date.now());
  if (done.ok) return c.redirect(validationAddress(id), 303);
  return done.error.code === "validation.not_found" || done.error.code === "access.denied"
    ? refuse(done.error)
    : showOne(c, deployment, done.error);
}

interface Upload {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: { readonly name: string; readonly data: string } | null;
}

async function readUpload(c: Call): Promise<Upload> {
  let form: FormData;
  try {
    form = await c.req.formData();
  } catch {
    throw new InterlockError("request.invalid", "The form could not be read: send it as multipart/form-data");
  }
  const fields: Record<string, string> = {};
  let file: Upload["file"] = null;
  for (const [name, value] of form) {
    if (typeof value === "string") fields[name] = value;
    // A form without a chosen file sends an empty one without a name.
    else if (name === "file" && value.name !== "") file = { name: value.name, data: await value.text() };
  }
  return { fields, file };
}

async function check(c: Call, deployment: Deployment, fields: Upload["fields"], file: Upload["file"]): Promise<Result<ValidationRow>> {
  try {
    const { columns = "", anyway, ...entered } = filledIn(fields);
    const input = parseInput(ValidationInput, {
      ...entered,
      name: file?.name ?? "",
      data: file?.data ?? "",
      columns: columnsOf(columns),
      anyway: anyway === "yes",
    });
    return await checkValidation(operationContext(c, deployment), c.get("principal"), input, Date.now());
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

/** "a=b, c=d" */
function columnsOf(text: string): Record<string, string> {
  const pairs = text
    .split(",")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new InterlockError("request.invalid", `columns: "${pair}" is not name=column`, { field: "columns" });
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}

async function showList(
  c: Call,
  deployment: Deployment,
  { refused, draft }: { readonly refused: Failure | null; readonly draft: Upload["fields"] } = { refused: null, draft: {} },
): Promise<Response> {
  const principal = c.get("principal");
  const [listed, frame] = await Promise.all([
    validationsNow(operationContext(c, deployment), principal, SHOWN),
    frameFor(c.env.DB, principal),
  ]);
  if (!listed.ok) return refuse(listed.error);
  const workflows = [...new Set(deployment.workflows.filter(({ rehearsal }) => rehearsal).map(({ name }) => name))];
  const mine = workflows.filter((name) => may(principal, "run validations", name));
  const page = (
    <ValidationsPage frame={frame} validations={listed.value} workflows={mine} now={Date.now()} refused={refused} draft={draft} />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}

async function showOne(c: Call, deployment: Deployment, refused: Failure | null): Promise<Response> {
  const principal = c.get("principal");
  const found = await findValidation(operationContext(c, deployment), principal, c.req.param("id") ?? "");
  if (!found.ok) return refuse(found.error);
  const frame = await frameFor(c.env.DB, principal);
  const mayRun = may(principal, "run validations", found.value.workflow);
  const page = (
    <ValidationPage
      frame={frame}
      validation={found.value}
      kept={keptImport(found.value)}
      mayRun={mayRun}
      now={Date.now()}
      refused={refused}
    />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
