// The frame of every page: head, skip link, navigation, who is signed in, what is stopped, the page itself. No script anywhere; a list may ask the browser to load it again.
import type { Child } from "hono/jsx";
import type { Principal } from "../../core/principal.ts";
import type { HaltRow } from "../../operations/halt-runs.ts";
import { STYLE_URL } from "../style.ts";
import { groupsFor, SECTIONS, type Section } from "./sections.ts";
import { Stopped } from "./stopped.tsx";

/** What the frame shows around a page. Without a principal (an error before anybody was known) there is no navigation. */
export interface Frame {
  readonly principal: Principal | null;
  /** How many approvals wait; null when that could not be read. */
  readonly pending: number | null;
  /** The kill switches that are on. */
  readonly stopped: readonly HaltRow[];
}

export interface LayoutProps {
  readonly frame: Frame;
  readonly title: string;
  readonly section?: Section | undefined;
  /** Seconds after which the browser loads the page again: for lists only, never under a form. */
  readonly refresh?: number | undefined;
  readonly children: Child;
}

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 20'%3E%3Cg fill='none' stroke='%230b6470' stroke-width='2.6'%3E%3Crect x='2' y='6' width='10' height='8' rx='4'/%3E%3Crect x='8' y='6' width='10' height='8' rx='4'/%3E%3C/g%3E%3C/svg%3E";

export const Layout = ({ frame: { principal, pending, stopped }, title, section, refresh, children }: LayoutProps) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="robots" content="noindex" />
      {refresh === undefined ? null : <meta http-equiv="refresh" content={String(refresh)} />}
      <title>{`${title} · Interlock`}</title>
      <link rel="icon" href={ICON} />
      <link rel="stylesheet" href={STYLE_URL} />
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <div class="bounds">
          <a class="brand" href="/">
            <svg viewBox="0 0 20 20" width="22" height="22" aria-hidden="true" focusable="false">
              <g fill="none" stroke="currentColor" stroke-width="2.2">
                <rect x="2" y="6" width="10" height="8" rx="4" />
                <rect x="8" y="6" width="10" height="8" rx="4" />
              </g>
            </svg>
            Interlock
          </a>
          {principal === null ? null : (
            <>
              <Navigation principal={principal} section={section} pending={pending} />
              <p class="who" title={principal.id}>
                <span class="unseen">Signed in as </span>
                {principal.name}
              </p>
            </>
          )}
        </div>
        {principal === null ? null : <Beside principal={principal} section={section} pending={pending} />}
        <Stopped stopped={stopped} />
      </header>
      <main id="main" class="bounds" tabindex={-1}>
        {children}
      </main>
      <footer class="bounds">
        <p>Times are UTC.{refresh === undefined ? "" : ` This list loads again every ${refresh} seconds.`}</p>
      </footer>
    </body>
  </html>
);

interface NavigationProps {
  readonly principal: Principal;
  readonly section: Section | undefined;
  readonly pending: number | null;
}

const Navigation = ({ principal, section, pending }: NavigationProps) => {
  const groups = groupsFor(principal);
  if (groups.length === 0) return null;
  return (
    <nav aria-label="Main">
      <ul>
        {groups.map(({ group, sections: [first] }) => (
          <NavItem href={SECTIONS[first as Section].href} current={section && SECTIONS[section].group === group && "true"}>
            {group}
            {group === "Work" && pending !== null ? <Waiting pending={pending} /> : null}
          </NavItem>
        ))}
      </ul>
    </nav>
  );
};

/** The pages beside this one. Nothing where there is only this one. */
const Beside = ({ principal, section, pending }: NavigationProps) => {
  const group = section && groupsFor(principal).find(({ sections }) => sections.includes(section));
  if (!group || group.sections.length < 2) return null;
  return (
    <nav class="beside" aria-label={group.group}>
      <ul class="bounds">
        {group.sections.map((name) => (
          <NavItem href={SECTIONS[name].href} current={section === name && "page"}>
            {SECTIONS[name].title}
            {name === "approvals" && pending !== null ? <Waiting pending={pending} /> : null}
          </NavItem>
        ))}
      </ul>
    </nav>
  );
};

const NavItem = ({ href, current, children }: { href: string; current: "page" | "true" | false | undefined; children: Child }) => (
  <li>
    <a href={href} aria-current={current || undefined}>
      {children}
    </a>
  </li>
);

const Waiting = ({ pending }: { pending: number }) => (
  <>
    {" "}
    <span class={pending > 0 ? "count some" : "count"}>{pending}</span>
    <span class="unseen"> waiting</span>
  </>
);
