// Who may do what: each grant with since when and by whom, for admins the forms that grant and revoke, what was revoked, and what each role allows. That last
// table is the one that operations ask.
import type { Failure } from "../../core/errors.ts";
import { EVERY_WORKFLOW, type Principal, ROLES, type Role } from "../../core/principal.ts";
import { MAY, may, type Operation } from "../../operations/access.ts";
import type { GrantRow, GrantsNow } from "../../operations/grants.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { When } from "./marks.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import { capital } from "./words.ts";

export interface GrantDraft {
  readonly principal: string;
  readonly role: string;
  readonly workflow: string;
}

export interface PeoplePageProps {
  readonly frame: Frame;
  readonly grants: GrantsNow;
  /** Names of the deployed workflows. */
  readonly workflows: readonly string[];
  readonly now: number;
  readonly done?: "granted" | "revoked" | null;
  readonly refused?: Failure | null;
  /** What was entered in the form that was refused. */
  readonly draft?: GrantDraft | null;
}

const ROLE_WORDS: Record<Role, string> = {
  author: "Author",
  process_owner: "Process owner",
  data_protection_officer: "Data-protection officer",
  reviewer: "Reviewer",
  operator: "Operator",
  auditor: "Auditor",
  admin: "Admin",
};

const NOTICES = { granted: "It is granted.", revoked: "It is revoked, and stays in the list below." };

export const PeoplePage = ({ frame, grants, workflows, now, done, refused, draft }: PeoplePageProps) => {
  const { principal } = frame;
  const mayChange = principal !== null && may(principal, "change grants", null);
  const { inForce, revoked, firstAdmin } = grants;
  return (
    <Layout frame={frame} title="People" section="people">
      <div class="page-head">
        <h1>People</h1>
        <p class="lead">
          Who may do what, since when, and by whose word. A grant is for one workflow or for all. Whoever administers grants can neither
          approve nor decide, and nobody grants to themselves.
        </p>
      </div>
      {refused ? <Refusal failure={refused} /> : null}
      {done ? <Notice>{NOTICES[done]}</Notice> : null}
      {firstAdmin === null ? null : (
        <p class="note">{`${firstAdmin} is admin because this deployment names them (FIRST_ADMIN). That ends when somebody is granted the role.`}</p>
      )}
      {mayChange ? <GrantForm workflows={workflows} draft={draft ?? null} refused={refused ?? null} /> : null}
      <h2 class="between">Granted</h2>
      {inForce.length === 0 ? (
        <Empty title="Nobody has a role yet">Grant an admin first, then a process owner, a reviewer and an operator.</Empty>
      ) : (
        <InForce grants={inForce} principal={mayChange ? principal : null} now={now} />
      )}
      <h2 class="between">Revoked</h2>
      {revoked.length === 0 ? <p class="quiet">Nothing was ever revoked.</p> : <Revoked grants={revoked} now={now} />}
      <h2 class="between">What each role allows</h2>
      <Allowed />
    </Layout>
  );
};

const where = (workflow: string): string => (workflow === EVERY_WORKFLOW ? "every workflow" : workflow);
const what = ({ role, workflow }: Pick<GrantRow, "role" | "workflow">): string => `${ROLE_WORDS[role]} of ${where(workflow)}`;

const GrantForm = ({ workflows, draft, refused }: { workflows: readonly string[]; draft: GrantDraft | null; refused: Failure | null }) => {
  const invalid = (field: keyof GrantDraft) => (draft !== null && refused?.field === field ? "true" : undefined);
  return (
    <section class="panel" aria-labelledby="grant-role">
      <h2 id="grant-role">Grant a role</h2>
      <form method="post" action="/people/grant" class="filter">
        <div class="field">
          <label for="principal">E-mail address or token</label>
          <input
            type="text"
            id="principal"
            name="principal"
            required
            maxlength={320}
            autocomplete="off"
            spellcheck={false}
            value={draft?.principal ?? ""}
            aria-invalid={invalid("principal")}
          />
        </div>
        <div class="field">
          <label for="role">Role</label>
          <select id="role" name="role" aria-invalid={invalid("role")}>
            {ROLES.map((role) => (
              <option value={role} selected={draft?.role === role}>
                {ROLE_WORDS[role]}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="workflow">Workflow</label>
          <select id="workflow" name="workflow" aria-invalid={invalid("workflow")}>
            {[...workflows, EVERY_WORKFLOW].map((workflow) => (
              <option value={workflow} selected={draft?.workflow === workflow}>
                {capital(where(workflow))}
              </option>
            ))}
          </select>
        </div>
        <button type="submit" class="button primary">
          Grant
        </button>
      </form>
    </section>
  );
};

/** `principal`: who may revoke; null where nobody who looks may. */
const InForce = ({ grants, principal, now }: { grants: readonly GrantRow[]; principal: Principal | null; now: number }) => (
  <table class="list">
    <caption class="unseen">Grants in force, by name</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          Who
        </th>
        <th scope="col">Role, since when and by whom</th>
        {principal === null ? null : (
          <th scope="col" class="button-only">
            <span class="unseen">Revoke</span>
          </th>
        )}
      </tr>
    </thead>
    <tbody>
      {grants.map((grant) => (
        <tr>
          <th scope="row">{grant.principal}</th>
          <td>
            {what(grant)}
            <span class="meta">
              <When at={grant.grantedAt} now={now} /> by {grant.grantedBy}
            </span>
          </td>
          {principal === null ? null : (
            <td>
              <form method="post" action="/people/revoke">
                <input type="hidden" name="principal" value={grant.principal} />
                <input type="hidden" name="role" value={grant.role} />
                <input type="hidden" name="workflow" value={grant.workflow} />
                <button type="submit" class="button">
                  Revoke
                  <span class="unseen">{` ${what(grant)} from ${grant.principal}`}</span>
                </button>
              </form>
            </td>
          )}
        </tr>
      ))}
    </tbody>
  </table>
);

const Revoked = ({ grants, now }: { grants: readonly GrantRow[]; now: number }) => (
  <table class="list">
    <caption class="unseen">Revoked grants, the latest first</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          Who
        </th>
        <th scope="col">Role, from when until when, and by whom</th>
      </tr>
    </thead>
    <tbody>
      {grants.map((grant) => (
        <tr>
          <th scope="row">{grant.principal}</th>
          <td>
            {what(grant)}
            <span class="meta">
              <When at={grant.grantedAt} now={now} /> by {grant.grantedBy}
            </span>
            {grant.revokedAt === null ? null : (
              <span class="meta">
                Revoked <When at={grant.revokedAt} now={now} /> by {grant.revokedBy}
              </span>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Allowed = () => (
  <table class="list">
    <caption class="unseen">What each role allows</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          Role
        </th>
        <th scope="col">May</th>
      </tr>
    </thead>
    <tbody>
      {ROLES.map((role) => (
        <tr>
          <th scope="row">{ROLE_WORDS[role]}</th>
          <td>{capital(operationsOf(role).join(", "))}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const operationsOf = (role: Role): Operation[] =>
  (Object.keys(MAY) as Operation[]).filter((operation) => (MAY[operation] as readonly Role[]).includes(role));
