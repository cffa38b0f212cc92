// Charts over weeks, drawn on the server: a line with marks, and shares stacked to a whole. Each says in words what it shows and has its numbers in a table behind a
// disclosure; nothing in them hangs on colour alone. Pure.
import { day } from "./words.ts";

export interface WeekPoint {
  readonly week: number;
  /** Null: too little to say anything. */
  readonly value: number | null;
}

export interface WeekChartProps {
  readonly id: string;
  readonly title: string;
  /** What is to be seen, as a sentence. */
  readonly summary: string;
  readonly points: readonly WeekPoint[];
  readonly format: (value: number) => string;
  /** Lines across: customary marks, limits. */
  readonly marks?: readonly { readonly value: number; readonly label: string }[];
  /** The top of the scale is at least this. */
  readonly least?: number;
}

/** Down in pixels and across in percent of the picture, so that texts keep their size at every width. */
const HEIGHT = 180;
const TOP = 14;
const BOTTOM = 26;
const LEFT = 11;
const RIGHT = 2;
const ACROSS = 100 - LEFT - RIGHT;
/** Two scale texts nearer than this would run into each other. */
const TEXT_HEIGHT = 14;

const place = (index: number, count: number): number => (count < 2 ? LEFT + ACROSS / 2 : LEFT + (index * ACROSS) / (count - 1));
const short = (at: number): string => day(at).replace(/ \d{4}$/, "");
const two = (value: number): string => value.toFixed(1);

export const WeekChart = ({ id, title, summary, points, format, marks = [], least = 0 }: WeekChartProps) => {
  const peak = Math.max(least, ...points.map(({ value }) => value ?? 0));
  const top = Math.max(peak, ...marks.map(({ value }) => value)) * 1.1 || 1;
  const y = (value: number): number => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const x = (index: number): string => `${two(place(index, points.length))}%`;
  const isClear = [0, ...marks.map(({ value }) => value)].every((value) => Math.abs(y(value) - y(peak)) >= TEXT_HEIGHT);
  const scale = [0, ...marks.map(({ value }) => value), ...(isClear ? [peak] : [])];
  return (
    <figure class="weeks">
      <h3 id={`${id}-title`}>{title}</h3>
      <svg width="100%" height={HEIGHT} role="img" aria-label={`${title}. ${summary}`}>
        <line class="axis" x1={`${LEFT}%`} x2={`${100 - RIGHT}%`} y1={y(0)} y2={y(0)} />
        {scale.map((value) => (
          <text class="scale" x={`${LEFT}%`} y={two(y(value))} dx="-6">
            {format(value)}
          </text>
        ))}
        {marks.map(({ value, label }) => (
          <g>
            <line class="limit" x1={`${LEFT}%`} x2={`${100 - RIGHT}%`} y1={two(y(value))} y2={two(y(value))} />
            <text class="name" x={`${LEFT}%`} y={two(y(value) - 4)} dx="4">
              {label}
            </text>
          </g>
        ))}
        {steps(points).map(([from, to]) => (
          <line class="line" x1={x(from.index)} y1={two(y(from.value))} x2={x(to.index)} y2={two(y(to.value))} />
        ))}
        {points.map(({ week, value }, index) =>
          value === null ? null : (
            <circle class="dot" cx={x(index)} cy={two(y(value))} r="3.5">
              <title>{`Week of ${day(week)}: ${format(value)}`}</title>
            </circle>
          ),
        )}
        <Weeks weeks={points.map(({ week }) => week)} />
      </svg>
      <figcaption>{summary}</figcaption>
      <details>
        <summary class="small">The numbers</summary>
        <table class="numbers">
          <caption class="unseen">{`${title}, by week`}</caption>
          <thead>
            <tr>
              <th scope="col">Week of</th>
              <th scope="col">{title}</th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ week, value }) => (
              <tr>
                <th scope="row">{day(week)}</th>
                <td>{value === null ? "too few to say" : format(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
};

interface Placed {
  readonly index: number;
  readonly value: number;
}

/** From each week to the next. A week of which nothing can be said breaks the line. */
function steps(points: readonly WeekPoint[]): (readonly [from: Placed, to: Placed])[] {
  return points.flatMap(({ value: to }, index) => {
    const from = points[index - 1]?.value ?? null;
    return from === null || to === null
      ? []
      : [
          [
            { index: index - 1, value: from },
            { index, value: to },
          ] as const,
        ];
  });
}

const Weeks = ({ weeks }: { weeks: readonly number[] }) => (
  <>
    {weeks.map((week, index) =>
      index === 0 || index === weeks.length - 1 || (weeks.length > 8 && index === Math.floor(weeks.length / 2)) ? (
        <text
          class={index === 0 ? "week first" : index === weeks.length - 1 ? "week last" : "week"}
          x={`${two(place(index, weeks.length))}%`}
          y={HEIGHT - 8}
        >
          {short(week)}
        </text>
      ) : null,
    )}
  </>
);

export interface MixWeek {
  readonly week: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** More labels than this are shown as one. */
const SHOWN = 7;
const REST = "all others";

/** Shares of labels by week, each week a bar. */
export const MixChart = ({ id, title, weeks }: { id: string; title: string; weeks: readonly MixWeek[] }) => {
  const totals = new Map<string, number>();
  for (const { counts } of weeks) for (const [label, n] of Object.entries(counts)) totals.set(label, (totals.get(label) ?? 0) + n);
  const sorted = [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([label]) => label);
  const names = sorted.length > SHOWN + 1 ? [...sorted.slice(0, SHOWN), REST] : sorted;
  const all = [...totals.values()].reduce((sum, n) => sum + n, 0);
  const countOf = (counts: MixWeek["counts"], name: string): number =>
    name === REST ? Object.entries(counts).reduce((sum, [label, n]) => sum + (names.includes(label) ? 0 : n), 0) : (counts[name] ?? 0);
  const width = Math.min(6, (ACROSS / Math.max(1, weeks.length)) * 0.7);
  const summary = `${names
    .slice(0, 3)
    .map(
      (name) =>
        `${name} ${percentOf(
          weeks.reduce((sum, { counts }) => sum + countOf(counts, name), 0),
          all,
        )}`,
    )
    .join(", ")} over all these weeks.`;
  return (
    <figure class="weeks">
      <h3 id={`${id}-title`}>{title}</h3>
      <svg width="100%" height={HEIGHT} role="img" aria-label={`${title}: ${summary}`}>
        {weeks.map(({ week, counts }, index) => {
          const n = Object.values(counts).reduce((sum, count) => sum + count, 0);
          const middle = weeks.length < 2 ? place(index, 1) : LEFT + width / 2 + (index * (ACROSS - width)) / (weeks.length - 1);
          let base = HEIGHT - BOTTOM;
          return names.map((name, shade) => {
            const count = countOf(counts, name);
            const height = n === 0 ? 0 : (count / n) * (HEIGHT - TOP - BOTTOM);
            base -= height;
            return height === 0 ? null : (
              <rect
                class={`mix mix-${shade}`}
                x={`${two(middle - width / 2)}%`}
                y={two(base)}
                width={`${two(width)}%`}
                height={two(height)}
              >
                <title>{`Week of ${day(week)}, ${name}: ${percentOf(count, n)}`}</title>
              </rect>
            );
          });
        })}
        <Weeks weeks={weeks.map(({ week }) => week)} />
      </svg>
      <figcaption>{summary}</figcaption>
      <ul class="legend">
        {names.map((name, shade) => (
          <li>
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
              <rect class={`mix mix-${shade}`} x="0" y="0" width="12" height="12" />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      <details>
        <summary class="small">The numbers</summary>
        <table class="numbers">
          <caption class="unseen">{`${title}, by week`}</caption>
          <thead>
            <tr>
              <th scope="col">Week of</th>
              {names.map((name) => (
                <th scope="col">{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map(({ week, counts }) => (
              <tr>
                <th scope="row">{day(week)}</th>
                {names.map((name) => (
                  <td>{countOf(counts, name)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
};

const percentOf = (k: number, n: number): string => (n === 0 ? "none" : `${((k / n) * 100).toFixed(0)} %`);
