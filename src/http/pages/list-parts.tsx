// What all lists share: tabs that are links, the place where nothing is yet, the way to the next page.
import type { Child } from "hono/jsx";

export const Tabs = ({ label, tabs }: { label: string; tabs: readonly { text: string; href: string; current: boolean }[] }) => (
  <nav class="tabs" aria-label={label}>
    <ul>
      {tabs.map(({ text, href, current }) => (
        <li>
          <a href={href} aria-current={current ? "page" : undefined}>
            {text}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

export const Empty = ({ title, children }: { title: string; children: Child }) => (
  <div class="empty">
    <h2>{title}</h2>
    <p>{children}</p>
  </div>
);

export const NextPage = ({ href, text = "Older" }: { href: string | null; text?: string }) =>
  href === null ? null : (
    <p class="paging">
      <a class="button" href={href} rel="next">
        {text}
      </a>
    </p>
  );
