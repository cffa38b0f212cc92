// The parts of a document that is printed: its head with what identifies it, numbered sections, tables of facts and of rows. One look on screen and on paper; what is
// only for the screen carries the class "screen-only".
import type { Child } from "hono/jsx";
import { type Frame, Layout } from "./layout.tsx";
import type { Section } from "./sections.ts";
import { utc } from "./words.ts";

export interface PaperProps {
  readonly frame: Frame;
  readonly title: string;
  /** What it is of: "ticket-triage, version 3". */
  readonly of: string;
  readonly back: { readonly href: string; readonly text: string };
  readonly now: number;
  /** Where it is found in the navigation. */
  readonly section?: Section;
  readonly children: Child;
}

export const Paper = ({ frame, title, of, back, now, section = "workflows", children }: PaperProps) => (
  <Layout frame={frame} title={`${title}: ${of}`} section={section}>
    <p class="crumb screen-only">
      <a href={back.href}>{back.text}</a>
    </p>
    <p class="note screen-only">To print it or save it as PDF, use your browser’s print command. The navigation is left out.</p>
    <article class="paper">
      <header>
        <p class="paper-kind">{title}</p>
        <h1>{of}</h1>
        <p class="meta">{`Made by Interlock from what is stored and enforced, ${utc(now)}`}</p>
      </header>
      {children}
    </article>
  </Layout>
);

export const Part = ({ title, children }: { title: string; children: Child }) => (
  <section>
    <h2>{title}</h2>
    {children}
  </section>
);

export type Row = readonly [name: string, value: Child];

export const Facts = ({ rows }: { rows: readonly Row[] }) => (
  <dl class="paper-facts">
    {rows.map(([name, value]) => (
      <div>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

interface SheetProps {
  readonly label: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Child[])[];
  /** Columns are equally wide, unless they are those of this. */
  readonly columns?: "elements";
}

export const Sheet = ({ label, head, rows, columns }: SheetProps) => (
  <table class={columns}>
    <caption class="unseen">{label}</caption>
    <thead>
      <tr>
        {head.map((name) => (
          <th scope="col">{name}</th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map((cells) => (
        <tr>
          {cells.map((cell, index) => (
            <td data-head={head[index]}>{cell}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);

export const Sentences = ({ of }: { of: readonly string[] }) => (
  <ul class="dots">
    {of.map((one) => (
      <li>{one}</li>
    ))}
  </ul>
);

/** What somebody signs, or has to notice. */
export const Loud = ({ children }: { children: Child }) => <p class="loud">{children}</p>;
