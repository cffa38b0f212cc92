// Uses Interlock's console as a person's browser would: opens a page, fills in one of its forms, sends it. And its API for reading. It knows no shortcut
// around the forms: what the check approves, it approves where a reviewer would.
import type { AuditRow, EffectRow, ListedApproval, Overview, RunRow } from "../../src/db/reads.ts";

export interface RunDetail {
  readonly run: RunRow;
  readonly audit: readonly AuditRow[];
  readonly effects: readonly EffectRow[];
}

interface Form {
  readonly action: string;
  readonly fields: Map<string, string>;
  /** Choices of each select. */
  readonly options: Map<string, string[]>;
}

export function consoleClient(url: string) {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(url + path);
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    return (await response.json()) as T;
  };
  const page = async (path: string): Promise<Form[]> => {
    const response = await fetch(url + path);
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
    return formsIn(await response.text());
  };
  const submit = async (
    form: Form,
    values: Record<string, string> = {},
  ): Promise<{ status: number; location: string | null; text: string }> => {
    const response = await fetch(url + form.action, {
      method: "POST",
      redirect: "manual",
      // What a browser says of a form on its own page; without it the console takes the post for another site's.
      headers: { "content-type": "application/x-www-form-urlencoded", origin: url, "sec-fetch-site": "same-origin" },
      body: new URLSearchParams({ ...Object.fromEntries(form.fields), ...values }),
    });
    return { status: response.status, location: response.headers.get("location"), text: await response.text() };
  };
  return {
    runs: async () => (await get<{ runs: RunRow[] }>("/api/runs?limit=200")).runs,
    /** All of them, page by page. */
    everyRun: async () => {
      const runs: RunRow[] = [];
      for (let before = ""; ; ) {
        const page = await get<{ runs: RunRow[]; next: string | null }>(`/api/runs?limit=200${before}`);
        runs.push(...page.runs);
        if (page.next === null) return runs;
        before = `&before=${encodeURIComponent(page.next)}`;
      }
    },
    overview: () => get<Overview>("/api/overview"),
    run: (id: string) => get<RunDetail>(`/api/runs/${encodeURIComponent(id)}`),
    pending: async () => (await get<{ approvals: ListedApproval[] }>("/api/approvals?status=pending&limit=200")).approvals,
    page,
    submit,
    /** Answers an approval through its page. Throws when the console does not accept it. */
    decide: async (approvalId: string, kind: "approved" | "edited" | "rejected", values: Record<string, string> = {}) => {
      const form = (await page(`/approvals/${approvalId}`)).find((one) => one.fields.get("kind") === kind);
      if (!form) throw new Error(`The page of ${approvalId} has no form to answer "${kind}"`);
      const answer = await submit(form, values);
      if (answer.status !== 303) throw new Error(`"${kind}" on ${approvalId} was answered ${answer.status}`);
    },
    undo: async (runId: string, step: string) => {
      const form = (await page(`/runs/${encodeURIComponent(runId)}`)).find(
        (one) => one.action.endsWith("/undo") && one.fields.get("step") === step,
      );
      if (!form) throw new Error(`The page of ${runId} has no form to undo "${step}"`);
      const answer = await submit(form);
      if (answer.status !== 303) throw new Error(`The undo of "${step}" was answered ${answer.status}`);
    },
  };
}
export type ConsoleClient = ReturnType<typeof consoleClient>;

function formsIn(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head = "", inner = ""]) => {
    const fields = new Map<string, string>();
    const options = new Map<string, string[]>();
    for (const [, attributes = ""] of inner.matchAll(/<input\b([^>]*)>/g))
      fields.set(attribute(attributes, "name"), attribute(attributes, "value"));
    for (const [, attributes = "", text = ""] of inner.matchAll(/<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g)) {
      fields.set(attribute(attributes, "name"), decodeEntities(text));
    }
    for (const [, attributes = "", list = ""] of inner.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
      const all = [...list.matchAll(/<option\b([^>]*)>/g)].map(([, option = ""]) => option);
      const name = attribute(attributes, "name");
      options.set(
        name,
        all.map((option) => attribute(option, "value")),
      );
      fields.set(name, attribute(all.find((option) => /\bselected\b/.test(option)) ?? all[0] ?? "", "value"));
    }
    return { action: attribute(head, "action"), fields, options };
  });
}

const attribute = (text: string, name: string): string => decodeEntities(new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? "");

const decodeEntities = (text: string): string =>
  text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&");
