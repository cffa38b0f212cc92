// /specs: the rules of every workflow, one version and what is done with it, the text of a draft. A step forward leads back to the version with a notice; a refusal is
// shown where it was asked, with what was entered.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, fail, failureOf, InterlockError, ok, type Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { dryRunSpec } from "../../operations/dry-run-spec.ts";
import {
  ApproveSpecInput,
  approveSpec,
  EndSpecInput,
  newDraft,
  rejectSpec,
  retireSpec,
  type SpecName,
  SubmitInput,
  saveDraft,
  specPowers,
  submitSpec,
} from "../../operations/govern-spec.ts";
import { draftBasis, readSpecs, readSpecVersion, type SpecDetail } from "../../operations/read-specs.ts";
import { permit } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse, withinOf } from "../console-env.ts";
import { filledIn, parseInput, readForm, SpecVersionInput } from "../input.ts";
import { SpecDryRunPage } from "../pages/spec-dry-run-page.tsx";
import { SpecEditPage } from "../pages/spec-edit-page.tsx";
import type { SpecAsked } from "../pages/spec-forms.tsx";
import { SpecPage } from "../pages/spec-page.tsx";
import { SpecsPage, specAddress } from "../pages/specs-page.tsx";
import { frameFor, renderPage } from "./page.ts";

type Call = HonoContext<ConsoleEnv>;

const NOTICES = {
  saved: "The draft is saved.",
  submitted: "It is submitted: somebody else approves it now.",
  approved: "Your approval of exactly this text is recorded.",
  rejected: "It is rejected.",
  retired: "It is retired.",
} as const;
const Query = z.object({ done: z.enum(["saved", "submitted", "approved", "rejected", "retired"]).optional() });

export const specPages = (deployment: Deployment) => {
  const context = (c: Call) => operationContext(c, deployment);
  const workflowOf = (c: Call) => {
    const workflow = c.req.param("workflow") ?? "";
    orRefuse(permit(c.get("principal"), "read specs", workflow));
    return workflow;
  };
  const named = (c: Call): SpecName => ({ workflow: workflowOf(c), version: parseInput(SpecVersionInput, c.req.param("version")) });

  async function detailOf(c: Call): Promise<SpecDetail> {
    const read = await readSpecVersion(context(c), named(c), Date.now());
    if (!read.ok) throw new InterlockError(read.error.code, read.error.message, read.error);
    return read.value;
  }

  async function basisOf(c: Call) {
    const basis = await draftBasis(context(c), workflowOf(c), Date.now());
    if (!basis.ok) throw new InterlockError(basis.error.code, basis.error.message, basis.error);
    return basis.value;
  }

  async function showVersion(c: Call, shown: { notice?: string | null; refused?: Failure; asked?: SpecAsked } = {}): Promise<Response> {
    const [detail, frame] = await Promise.all([detailOf(c), frameFor(c.env.DB, c.get("principal"))]);
    const powers = specPowers(c.get("principal"), detail.version.workflow);
    const page = <SpecPage frame={frame} detail={detail} powers={powers} now={Date.now()} {...shown} />;
    return renderPage(c, page, shown.refused ? errorFacts(shown.refused.code).status : 200);
  }

  /** A form of a version's page: done, and back to the page; or refused, and shown on it. */
  async function answer<T>(
    c: Call,
    form: string,
    done: keyof typeof NOTICES,
    schema: z.ZodType<T>,
    act: (input: T) => Promise<Result<SpecName>>,
  ): Promise<Response> {
    const name = named(c);
    const fields = Object.fromEntries(await readForm(c.req));
    const result = await attempt(() => act(parseInput(schema, filledIn(fields))));
    return result.ok
      ? c.redirect(`${specAddress(name.workflow, name.version)}?done=${done}`, 303)
      : showVersion(c, { refused: result.error, asked: { form, fields } });
  }

  async function showText(c: Call, name: SpecName, isNew: boolean, text: string, refused: Failure | null = null): Promise<Response> {
    const frame = await frameFor(c.env.DB, c.get("principal"));
    const page = <SpecEditPage frame={frame} {...name} isNew={isNew} text={text} refused={refused} />;
    return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
  }

  async function saveText(c: Call, isNew: boolean, save: (text: unknown) => Promise<Result<SpecName>>): Promise<Response> {
    const text = (await readForm(c.req)).get("text") ?? "";
    const json = jsonOf(text);
    const saved = json.ok ? await save(json.value) : json;
    if (saved.ok) return c.redirect(`${specAddress(saved.value.workflow, saved.value.version)}?done=saved`, 303);
    const name = isNew ? { workflow: workflowOf(c), version: (await basisOf(c)).version } : named(c);
    return showText(c, name, isNew, text, saved.error);
  }

  return new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const [workflows, frame] = await Promise.all([
        readSpecs(context(c), withinOf(c, "read specs"), Date.now()),
        frameFor(c.env.DB, c.get("principal")),
      ]);
      const mayWrite = workflows.flatMap(({ workflow }) => (specPowers(c.get("principal"), workflow).write ? [workflow] : []));
      return renderPage(c, <SpecsPage frame={frame} workflows={workflows} mayWrite={mayWrite} now={Date.now()} />);
    })
    .get("/:workflow/new", async (c) => {
      orRefuse(permit(c.get("principal"), "write specs", workflowOf(c)));
      const basis = await basisOf(c);
      return showText(c, { workflow: workflowOf(c), version: basis.version }, true, JSON.stringify(basis.text, null, 2));
    })
    .post("/:workflow/new", (c) => saveText(c, true, (text) => newDraft(context(c), c.get("principal"), workflowOf(c), text, Date.now())))
    .get("/:workflow/:version", async (c) => {
      const { done } = Query.catch({}).parse(c.req.query());
      return showVersion(c, { notice: done ? NOTICES[done] : null });
    })
    .get("/:workflow/:version/edit", async (c) => {
      orRefuse(permit(c.get("principal"), "write specs", workflowOf(c)));
      const { version } = await detailOf(c);
      const json = jsonOf(version.body);
      return showText(c, named(c), false, json.ok ? JSON.stringify(json.value, null, 2) : version.body);
    })
    .post("/:workflow/:version/edit", (c) =>
      saveText(c, false, (text) => saveDraft(context(c), c.get("principal"), named(c), text, Date.now())),
    )
    .post("/:workflow/:version/submit", (c) =>
      answer(c, "submit", "submitted", SubmitInput, (input) => submitSpec(context(c), c.get("principal"), named(c), input, Date.now())),
    )
    .post("/:workflow/:version/approve", (c) =>
      answer(c, "approve", "approved", ApproveSpecInput, (input) =>
        approveSpec(context(c), c.get("principal"), named(c), input, Date.now()),
      ),
    )
    .post("/:workflow/:version/reject", (c) =>
      answer(c, "reject", "rejected", EndSpecInput, (input) => rejectSpec(context(c), c.get("principal"), named(c), input, Date.now())),
    )
    .post("/:workflow/:version/retire", (c) =>
      answer(c, "retire", "retired", EndSpecInput, (input) => retireSpec(context(c), c.get("principal"), named(c), input, Date.now())),
    )
    .post("/:workflow/:version/dry-run", async (c) => {
      const { version, spec } = await detailOf(c);
      const ran = spec
        ? await dryRunSpec(c.env.DB, c.get("principal"), { spec, last: LAST })
        : fail("spec.invalid", `Version ${version.version} is of an older form, which this release does not read`);
      if (!ran.ok) return showVersion(c, { refused: ran.error });
      const frame = await frameFor(c.env.DB, c.get("principal"));
      return renderPage(c, <SpecDryRunPage frame={frame} {...named(c)} answer={ran.value} now={Date.now()} />);
    });
};

/** Writes that a page tries a version on. */
const LAST = 100;

/** A refusal of what was entered is data, too. */
async function attempt<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

function jsonOf(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch (thrown) {
    return fail("spec.invalid", `The text is not JSON: ${failureOf(thrown).message}`);
  }
}
