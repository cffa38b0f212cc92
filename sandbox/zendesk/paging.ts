// The two ways in which Zendesk pages a list: by offset (page, per_page) and by cursor (page[size], page[after]). Pure.

export interface Page {
  kind: "offset" | "cursor";
  size: number;
  /** offset: how many to leave out. cursor: the id after which to begin. */
  from: number;
}

export function pageOf(query: (name: string) => string | undefined): Page {
  const cursor = query("page[size]") ?? query("page[after]");
  if (cursor !== undefined) return { kind: "cursor", size: sizeOf(query("page[size]")), from: Number(query("page[after]") ?? 0) || 0 };
  const size = sizeOf(query("per_page"));
  return { kind: "offset", size, from: (Math.max(1, Number(query("page")) || 1) - 1) * size };
}

/** The envelope of one page. `items` has one more than `size` when there is more to come. */
export function envelope<T extends { id: number }>(name: string, items: T[], page: Page, url: URL, total: number): object {
  const shown = items.slice(0, page.size);
  const more = items.length > page.size;
  if (page.kind === "cursor") {
    const after = shown.at(-1)?.id ?? null;
    const next = more ? link(url, { "page[size]": page.size, "page[after]": after }) : null;
    return {
      [name]: shown,
      meta: { has_more: more, after_cursor: after === null ? null : String(after), before_cursor: null },
      links: { next, prev: null },
    };
  }
  const number = page.from / page.size + 1;
  const next_page = more ? link(url, { page: number + 1, per_page: page.size }) : null;
  const previous_page = number > 1 ? link(url, { page: number - 1, per_page: page.size }) : null;
  return { [name]: shown, next_page, previous_page, count: total };
}

/** A page out of a list that is held whole: a ticket's comments, its audits. */
export function paged<T extends { id: number }>(name: string, all: T[], page: Page, url: URL): object {
  const begin = page.kind === "offset" ? page.from : page.from === 0 ? 0 : all.findIndex(({ id }) => id === page.from) + 1;
  return envelope(name, all.slice(begin, begin + page.size + 1), page, url, all.length);
}

function sizeOf(text: string | undefined): number {
  return Math.min(100, Math.max(1, Number(text ?? 100) || 100));
}

function link(url: URL, values: Record<string, string | number | null>): string {
  const next = new URL(url);
  for (const [name, value] of Object.entries(values)) next.searchParams.set(name, String(value));
  return next.toString();
}
